package filtertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
	"usher/milter/message"
)

// recorder is a test that keeps what it is told instead of failing.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Error(args ...any) { r.said = append(r.said, fmt.Sprint(args...)) }

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

// module does what its function says.
type module struct {
	plan func(tx *filter.Tx) filter.Plan
}

func (module) Match(*filter.Envelope, message.Header) filter.Interest { return filter.Header }

func (m module) Plan(_ context.Context, tx *filter.Tx) (filter.Plan, error) { return m.plan(tx), nil }

const example = `A case to try the checks on.
-- envelope --
from: john.doe@example.org
rcpt: room@example.org
-- mail --
From: john.doe@example.org
Subject: x

hello
-- want --
accepted
`

// TestChecksHaveTeeth: each promise is broken by a module, and the check for it says so.
func TestChecksHaveTeeth(t *testing.T) {
	n := 0
	send := func(id string) filter.Send {
		to := address.Address("john.doe@example.org")
		return filter.Send{ID: id, To: []filter.Recipient{{Address: to, Arg: to.String()}},
			Mail: message.Compose(message.Header{message.NewField("Subject", "x")}, message.Alternative{MediaType: "text/plain", Content: []byte("x\r\n")})}
	}
	tests := []struct {
		name string
		plan func(tx *filter.Tx) filter.Plan
		want string // what is said; "" nothing
	}{
		{"a good module", func(*filter.Tx) filter.Plan { return filter.Plan{} }, ""},
		{"an outcome nobody wanted", func(*filter.Tx) filter.Plan {
			return filter.Plan{Edits: []filter.Edit{filter.DropRcpt{Addr: "room@example.org"}}}
		}, "discarded"},
		{"a plan that differs each time", func(*filter.Tx) filter.Plan {
			n++
			return filter.Plan{Why: fmt.Sprint(n)}
		}, "and then"},
		{"an answer that is another one on the retry", func(*filter.Tx) filter.Plan {
			n++
			return filter.Plan{Effects: []filter.Effect{send(fmt.Sprint(n))}}
		}, "was sent; want"},
		{"a module that changes the mail it is shown", func(tx *filter.Tx) filter.Plan {
			tx.Message.Header[0].Raw = " somebody else"
			return filter.Plan{}
		}, "changed the mail"},
		{"a module that changes what the directory said", func(tx *filter.Tx) filter.Plan {
			tx.Rcpts[0].Entry.Name += "!"
			return filter.Plan{}
		}, "changed the envelope"},
		{"an answer that is another one an hour later", func(tx *filter.Tx) filter.Plan {
			return filter.Plan{Effects: []filter.Effect{send(tx.Time.String())}}
		}, "was sent; want"},
		{"a booking that a retry does not know again", func(tx *filter.Tx) filter.Plan {
			n++
			o := event(t, fmt.Sprintf("uid-%d", n))
			return filter.Plan{Effects: []filter.Effect{filter.PutEvent{Calendar: "blue", UID: o.UID(), Object: o}}}
		}, "the calendars are"},
	}
	for _, tt := range tests {
		def := filter.Define(filter.Definition{Name: "try", OnError: filter.Defer}, struct{}{},
			func(filter.Host, struct{}) (filter.Module, error) { return module{tt.plan}, nil })
		rec := &recorder{TB: t}
		r := runner{c: &Case{file: "try.txtar", archive: txtar.Parse([]byte(example))},
			directory: "../../../examples/office/office.ldif", defs: []filter.Definition{def}}
		s := r.check(rec)
		r.twice(rec)
		r.crashes(rec, s)
		said := strings.Join(rec.said, "\n")
		if tt.want == "" && said != "" || !strings.Contains(said, tt.want) {
			t.Errorf("%s: the checks said %q; want %q", tt.name, said, tt.want)
		}
	}
}

func event(t *testing.T, uid string) *itip.Object {
	t.Helper()
	objects, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20260301T120000Z\r\nDTSTART:20260309T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return objects[0]
}

// TestEnvelopeMistakes are told with their key.
func TestEnvelopeMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"rcpt: nobody":     "envelope: rcpt",
		"time: yesterday":  "envelope: time",
		"client: mx":       "envelope: client",
		"colour: blue":     "envelope: colour",
		"from: @":          "envelope: from",
		"role: submission": "",
	} {
		c := &Case{archive: txtar.Parse([]byte("x\n-- envelope --\n" + text + "\n"))}
		_, _, err := c.envelope()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}
