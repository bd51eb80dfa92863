package imip

import (
	"net/mail"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/milter/message"
)

// Draft is an automatic mail in the words of whoever sends it.
type Draft struct {
	From, To Mailbox
	Subject  string
	Text     string         // what Object says, for people
	Object   *itip.Object   // the message of its METHOD
	Answers  message.Header // the header of the mail that this one answers
}

// Mailbox is somebody in From or To. The name may be anybody's words.
type Mailbox struct {
	Name    string
	Address address.Address
}

// maxName is how much of a name is written, in characters.
const maxName = 100

// String is the mailbox as it stands in a header field.
func (m Mailbox) String() string {
	return (&mail.Address{Name: Line(m.Name, maxName), Address: m.Address.String()}).String()
}

// Compose makes the mail: text first, the same facts as a calendar part last (S6047-14).
func Compose(d Draft) *message.Message {
	return message.Compose(d.header(), plainText(d.Text), calendarPart(d.Object))
}

func (d Draft) header() message.Header {
	h := message.Header{
		message.NewField("From", d.From.String()),
		message.NewField("To", d.To.String()),
		message.NewField("Subject", d.Subject),
		message.NewField("Auto-Submitted", "auto-replied"),
	}
	if id := messageID(d.Answers.Get("Message-ID")); id != "" {
		h = append(h, message.NewField("In-Reply-To", id), message.NewField("References", id))
	}
	return h
}

func plainText(text string) message.Alternative {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	return message.Alternative{MediaType: "text/plain", Params: map[string]string{"charset": "utf-8"}, Content: []byte(text + "\r\n")}
}

// calendarPart states method and charset (S6047-09).
func calendarPart(o *itip.Object) message.Alternative {
	return message.Alternative{MediaType: "text/calendar", Params: map[string]string{"method": o.Method(), "charset": "UTF-8"}, Content: o.Encode()}
}
