package imapcal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip"
	"usher/itip/calendar"
)

// letter is an object as it is written: all of it, before it is a mail.
type letter struct {
	object *itip.Object
	fields []string // header fields of ours, "Name: value" each, folded
	date   time.Time
	old    []byte // the mail that it replaces, or nil: what is attached there stays
}

// The reasons why a message is not read.
var (
	errTooLarge = errors.New("mail too large")
	errSeveral  = errors.New("several objects in one mail")
	errKolab2   = errors.New("in the Kolab format version 2")
)

// write makes the mail of an object.
func (f Format) write(l letter) ([]byte, error) {
	var mail []byte
	var err error
	if f == Kolab {
		mail, err = writeKolab(l)
	} else {
		mail = writeICal(l)
	}
	return canonical(mail), err
}

// kinds of mail, as far as their header tells.
const (
	kolabType    = "x-kolab-type"
	kolabVersion = "x-kolab-mime-version"
	kolabPrefix  = "application/x-vnd.kolab."
)

// readMail gives the object in a mail; nil if there is none and was not meant to be one.
func readMail(mail []byte, h header) (*itip.Object, error) {
	kind := strings.ToLower(h[kolabType])
	name, isKolab := strings.CutPrefix(kind, kolabPrefix)
	switch {
	case isKolab && name != "event" && name != "task":
		return nil, nil
	case isKolab && h[kolabVersion] == "":
		return nil, errKolab2
	case isKolab:
		return readKolab(mail)
	case bytes.Contains(bytes.ToLower(mail), []byte("application/calendar+xml")):
		return readKolab(mail)
	}
	return readICal(mail, h)
}

// meant tells whether a mail that cannot be read, or not to its end, looks as if it was meant to hold an object.
func meant(mail []byte, h header) bool {
	if kind, ok := strings.CutPrefix(strings.ToLower(h[kolabType]), kolabPrefix); ok {
		return kind == "event" || kind == "task"
	}
	text := bytes.ToLower(mail)
	for _, sign := range []string{"text/calendar", "calendar+xml", "begin:vcalendar"} {
		if bytes.Contains(text, []byte(sign)) {
			return true
		}
	}
	return false
}

// enter makes the index entry of a message, and the object that it holds, if any.
func (s *Store) enter(m message) (*entry, *itip.Object) {
	e := &entry{uid: m.uid}
	h := readHeader(m.body)
	object, err := s.open(m, h)
	if err != nil {
		e.err, e.subject = err, h["subject"]
		return e, nil
	}
	if object == nil {
		return e, nil
	}
	e.describe(object, s.options.Local)
	if field, ours := h[strings.ToLower(holdField)]; ours {
		mark, err := readHold(field, h[strings.ToLower(claimField)])
		if err != nil { // whoever wrote that, it is an object and stays one
			return e, object
		}
		mark.received, mark.seen = m.received, time.Now()
		e.replaces, e.hold, e.pending = mark.base, mark, hasFlag(m.flags, keyword)
		if !e.pending {
			mark.claim = calendar.Claim{}
		}
	}
	return e, object
}

// open reads the object of a message.
func (s *Store) open(m message, h header) (*itip.Object, error) {
	if m.size > int64(s.config.MaxMessage) || len(m.body) > s.config.MaxMessage {
		if meant(m.body, h) {
			return nil, fmt.Errorf("%w: %d bytes", errTooLarge, m.size)
		}
		return nil, nil
	}
	return readMail(m.body, h)
}

// messageID names a message: what it is about, and which attempt it is.
func messageID(p calendar.Put, version calendar.Version, owner string) string {
	sum := sha256.Sum256([]byte(p.Key + "\x00" + p.UID + "\x00" + string(version)))
	return "<" + hex.EncodeToString(sum[:16]) + "." + owner + "@usher.invalid>"
}

// uidsOf lists the UIDs of messages.
func uidsOf(es []*entry) []imap.UID {
	var uids []imap.UID
	for _, e := range es {
		uids = append(uids, e.uid)
	}
	return uids
}
