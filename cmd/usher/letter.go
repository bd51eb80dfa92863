package main

import (
	"bytes"
	"fmt"
	"text/template"
	"time"

	"usher/examples/office"
	"usher/milter/message"
	"usher/milter/world"
)

// letter fills a template of the example office's mails.
type letter struct {
	Name, From, Organizer, Title, UID, Method string
	Sequence                                  int
	Day                                       time.Time
	Hour, Hours                               int
}

// Start is a local time in the zone the template names.
func (l letter) Start() string { return l.at(l.Hour) }

// End is the end of the event.
func (l letter) End() string { return l.at(l.Hour + l.Hours) }

func (l letter) at(hour int) string {
	return l.Day.Add(time.Duration(hour) * time.Hour).Format("20060102T150405")
}

// Stamp is the DTSTAMP: later for every sequence.
func (l letter) Stamp() string {
	return l.Day.AddDate(0, 0, -7).Add(time.Duration(l.Sequence) * time.Minute).Format("20060102T150405Z")
}

// Date is the mail's.
func (l letter) Date() string { return l.Day.AddDate(0, 0, -7).Format(time.RFC1123Z) }

func (l letter) render(file string) ([]byte, error) {
	t, err := template.ParseFS(office.Files, "mails/"+file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, l); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("\n"), []byte("\r\n")), nil
}

// asRead is a mail as its reader sees it: to, subject, then every part.
func asRead(m world.Mail) string {
	mail, err := message.Read(bytes.NewReader(m.Data), maxOffline)
	if err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("To: %s\nSubject: %s\n", mail.Header.Get("To"), subject(mail.Header))
	mail.Walk(func(p *message.Part) bool {
		if p.IsLeaf() {
			text += partText(p)
		}
		return true
	})
	return text
}

func partText(p *message.Part) string {
	text, err := p.Text(maxOffline)
	if err != nil {
		return err.Error()
	}
	return text
}

func subject(h message.Header) string {
	for _, f := range h {
		if f.Is("Subject") {
			return f.Decoded()
		}
	}
	return ""
}
