package integration

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"usher/integration/smtptest"
	"usher/itip"
)

// letter is a mail as Postfix delivered it, read without Usher's own reader of mail.
type letter struct {
	smtptest.Message
	header   mail.Header
	author   string   // the address in From
	subject  string   // decoded
	types    []string // of the parts, with their parameters as written
	text     string   // the first part
	calendar string   // the text/calendar part, unfolded; "" without one
	object   *itip.Object
	found    bool   // an expectation was met by it
	purged   bool   // its mailbox was emptied
	broken   string // why it cannot be read, or ""
}

func readLetter(m smtptest.Message) *letter {
	l := &letter{Message: m}
	if err := l.open(); err != nil {
		l.broken = err.Error()
	}
	return l
}

func (l *letter) open() error {
	m, err := mail.ReadMessage(bytes.NewReader(l.Data))
	if err != nil {
		return err
	}
	l.header = m.Header
	from, err := mail.ParseAddress(m.Header.Get("From"))
	if err != nil {
		return fmt.Errorf("From: %w", err)
	}
	l.author = from.Address
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	return l.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

// part takes one part in, and those inside it.
func (l *letter) part(kind, encoding string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(cmp.Or(kind, "text/plain"))
	if err != nil {
		return fmt.Errorf("Content-Type: %w", err)
	}
	l.types = append(l.types, kind)
	if strings.HasPrefix(media, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := l.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
				return err
			}
		}
	}
	content, err := decoded(encoding, body)
	if err != nil {
		return err
	}
	if l.text == "" {
		l.text = content
	}
	if media != "text/calendar" {
		return nil
	}
	l.calendar = strings.NewReplacer("\r\n ", "", "\r\n\t", "").Replace(content)
	objects, err := itip.Parse([]byte(content))
	if err == nil && len(objects) == 1 {
		l.object = objects[0]
	}
	return nil
}

func decoded(encoding string, body io.Reader) (string, error) {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	return string(content), err
}

// reply tells whether the letter is an iTIP answer, and what the one who wrote it says.
func (l *letter) reply() (partstat string, ok bool) {
	if l.object == nil || l.object.Method() != "REPLY" || len(l.object.Scheduled()) == 0 {
		return "", false
	}
	for _, p := range l.object.Scheduled()[0].All("ATTENDEE") {
		if addressIn(p.Value) == l.author {
			return p.Param("PARTSTAT"), true
		}
	}
	return "", true
}

// confirmation tells whether an owner is asked by it.
func (l *letter) confirmation() bool {
	return l.object != nil && l.object.Method() == "REQUEST" && strings.Contains(l.calendar, "\nX-KOLAB-INVITATIONTYPE:CONFIRMATION\r")
}

// queued is Postfix's name of the mail where it was first taken, which is a time: names are in the order of entry
// (enable_long_queue_ids).
func (l *letter) queued() string {
	received := l.header["Received"]
	if len(received) == 0 {
		return ""
	}
	_, id, _ := strings.Cut(received[len(received)-1], " id ")
	id, _, _ = strings.Cut(strings.TrimSpace(id), ";")
	id, _, _ = strings.Cut(id, " ")
	return id
}

// addressIn is the address of a calendar user, in lower case.
func addressIn(uri string) string {
	_, addr, _ := strings.Cut(uri, ":")
	return strings.ToLower(addr)
}

func (l *letter) String() string {
	what := fmt.Sprintf("%q", l.subject)
	if partstat, ok := l.reply(); ok {
		what = partstat + " " + l.object.UID()
	} else if l.confirmation() {
		what = "a confirmation request"
	}
	return fmt.Sprintf("%s from %s to %s", what, l.author, strings.Join(l.To(), ","))
}
