// Package kolab translates between objects in the Kolab v3 format, which are mails with an xCal document (RFC 6321)
// in them, and iCalendar objects. It is pure: bytes and objects in, objects and bytes out. It knows neither folders
// nor servers, decides nothing about scheduling and reads no clock.
//
// What Kolab's schema has a place for is written there, so that Kolab's clients show and edit it. What it has no
// place for, or not exactly as it was, is kept in x-custom properties named X-USHER-KEPT beside it; see kept.go.
// Written and read again an object is the same, and what a Kolab client edited in between wins over what was kept.
package kolab

import (
	"errors"
	"fmt"
	"time"

	"usher/itip"
)

// What is read is bounded; the object itself is bounded as package itip bounds what it parses.
const (
	MaxMail     = 64 << 20 // bytes of a mail, attachments included
	MaxDocument = 8 << 20  // bytes of the xCal document, decoded
	MaxParts    = 1000     // MIME parts of a mail
	maxDepth    = 8        // multiparts in multiparts
)

// The reasons why something is no object of ours.
var (
	ErrFormat  = errors.New("not a Kolab object")
	ErrVersion = errors.New("not in the Kolab format version 3")
	ErrKind    = errors.New("neither event nor task")
	ErrZone    = errors.New("unsupported time zone") // Kolab has IANA zones only, and none agrees
)

// Message is a Kolab object as a folder holds it: one mail, one UID.
type Message struct {
	Object *itip.Object
	From   string    // value of the header field, encoded as it is there; "" on writing is the organizer, else nobody
	To     string    // the same; may be ""
	Date   time.Time // of the mail; the zero time is 1970
	Fields []string  // header fields that are nobody's business here but have to stay, "X-Name: value" each
	Parts  []Part    // attachments, to which ATTACH;…:cid:… of the object refers, in order
}

// Part is a MIME part of an object's mail, kept as it is.
type Part struct {
	ContentID string // without the angle brackets
	Raw       []byte // header and body
}

// Read takes an object's mail apart. The error wraps ErrVersion for a mail of the older format, ErrKind for one with
// something else than an event or a task, ErrFormat for what cannot be read, itip.ErrTooLarge for what is beyond the
// limits, and itip.ErrSyntax if the object is one that package itip does not take.
func Read(mail []byte) (*Message, error) {
	if len(mail) > MaxMail {
		return nil, fmt.Errorf("%w: mail of %d bytes", itip.ErrTooLarge, len(mail))
	}
	m, document, err := takeApart(mail)
	if err != nil {
		return nil, err
	}
	if m.Object, err = readDocument(document); err != nil {
		return nil, err
	}
	return m, nil
}

// Write makes the mail. It is the same for the same Message. METHOD is not written: what is stored is no message.
// The error wraps ErrKind, or ErrZone if the object hangs in a zone that cannot be said in Kolab's words.
func Write(m *Message) ([]byte, error) {
	document, err := writeDocument(m.Object, m.Date)
	if err != nil {
		return nil, err
	}
	return m.assemble(document), nil
}
