package resource_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/itip/calendar"
	"usher/milter/filter"
	"usher/milter/message"
)

// TestPeopleWithOtherSettings holds that a mail to a room and to somebody in a domain with other settings reaches that
// one: the room is left out, its sender is told, and nothing is refused.
func TestPeopleWithOtherSettings(t *testing.T) {
	const text = "From: john.doe@example.org\r\nTo: room@example.org\r\nSubject: hi\r\nMessage-ID: <m@x>\r\n\r\nhello\r\n"
	for name, user := range map[string]string{"logged in": "doe", "from outside": ""} {
		for _, off := range []bool{false, true} {
			p, outbox := site(t, "", calendar.NewMemory(calendar.Options{}))
			other := filter.Variant{Domain: "school.example", Setting: p.Steps[0].Setting}
			if off {
				other.Module = nil
			}
			p.Steps[0].Variants = []filter.Variant{other}
			mail, err := message.Read(strings.NewReader(text), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			env := filter.Envelope{Role: filter.Submission, User: user, From: "john.doe@example.org", Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
			p.Mail(t.Context(), &env)
			for _, a := range []address.Address{"room@example.org", "ann@school.example"} {
				p.Rcpt(t.Context(), &env, filter.Recipient{Address: a, Arg: a.String()})
			}
			o := p.Run(t.Context(), &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
			dropped := slices.ContainsFunc(o.Drop, func(r filter.Recipient) bool { return r.Address == "room@example.org" })
			if told := len(outbox.Mails()); o.Refuse != nil || o.Discard || dropped != (user != "") || len(o.Drop) > 1 || (told == 1) != (user != "") {
				t.Errorf("%s, off %v: %+v, %d notices", name, off, o, told)
			}
		}
	}
}
