package filter

import (
	"context"
	"testing"
	"time"

	"usher/address"
	"usher/itip"
	"usher/milter/message"
)

// scribe is a World that remembers what it was to do.
type scribe struct{ did []Effect }

func (s *scribe) Apply(_ context.Context, es []Effect) error {
	s.did = append(s.did, es...)
	return nil
}

func (s *scribe) Reserve(ctx context.Context, _ []string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

func (s *scribe) Dress(m Send) *message.Message {
	return m.Mail.WithHeader(m.Mail.Header.With(message.NewField("X-Dressed", "yes")))
}

// using is a module that uses every mail up and has effects.
type using []Effect

func (using) Match(*Envelope, message.Header) Interest { return Header }

func (u using) Plan(_ context.Context, tx *Tx) (Plan, error) {
	p := Plan{Effects: u}
	for _, r := range tx.Rcpts {
		if r.Address != "max@example.net" {
			p.Edits = append(p.Edits, DropRcpt{Addr: r.Address})
		}
	}
	return p, nil
}

// TestInPlace: what a mail of ours leads to leaves in its place, and only then is nothing submitted for it.
func TestInPlace(t *testing.T) {
	john := Recipient{Address: "john@example.org", Arg: "John@example.org", Args: []string{"NOTIFY=NEVER"}}
	mail := func(subject string) *message.Message {
		return message.Compose(message.Header{message.NewField("Subject", subject)}, message.Alternative{MediaType: "text/plain", Content: []byte("x\r\n")})
	}
	notice := Send{ID: "notice", To: []Recipient{{Address: "john@example.org"}}, Mail: mail("notice")}
	second := Send{ID: "second", To: []Recipient{{Address: "jane@example.org"}}, Mail: mail("second")}
	put := PutEvent{Calendar: "john", UID: "u", Object: itip.New("")}
	for _, tt := range []struct {
		name    string
		role    Role
		from    address.Address
		rcpts   []Recipient
		effects using
		place   string // the subject of what leaves; "" nothing
		done    int    // effects that are performed
	}{
		{"own mail that is used up", Own, "", []Recipient{john}, using{put, notice}, "notice", 1},
		{"to another one", Own, "", []Recipient{john}, using{put, second}, "second", 1},
		{"only the first of several", Own, "", []Recipient{john}, using{notice, second}, "notice", 1},
		{"mail of people", Submission, "", []Recipient{john}, using{put, notice}, "", 2},
		{"own mail that somebody still gets", Own, "", []Recipient{john, {Address: "max@example.net"}}, using{put, notice}, "", 2},
		{"with a deletion, that comes last", Own, "", []Recipient{john}, using{DeleteEvent{Calendar: "john", UID: "u"}, notice}, "", 2},
		{"a mail with a sender", Own, "max@example.net", []Recipient{john}, using{put, notice}, "", 2},
		{"nothing to send", Own, "", []Recipient{john}, using{put}, "", 1},
	} {
		w := new(scribe)
		p := &Pipeline{World: w, Steps: []Step{{Name: "using", Own: true, Setting: Setting{Module: tt.effects, OnError: Defer}}}}
		env := Envelope{Role: tt.role, From: tt.from, Rcpts: tt.rcpts, Time: time.Unix(0, 0)}
		o := p.Run(t.Context(), &Tx{Envelope: env, Message: mail("answer")})
		place := ""
		if o.Message != nil {
			place = o.Message.Header.Get("Subject")
		}
		if place != tt.place || len(w.did) != tt.done || o.Refuse != nil || place != "" && o.Message.Header.Get("X-Dressed") == "" {
			t.Errorf("%s: %q leaves and %d effects are performed, %v; want %q and %d", tt.name, place, len(w.did), o.Refuse, tt.place, tt.done)
		}
		if place == "notice" && (o.Discard || len(o.Drop)+len(o.Add) > 0) || place == "second" && (len(o.Drop) != 1 || len(o.Add) != 1) {
			t.Errorf("%s: %+v", tt.name, o)
		}
	}
}
