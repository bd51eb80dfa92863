package integration

import (
	"context"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/filter"
	"usher/milter/message"
)

const editable = "Received: from elsewhere\r\nX-Dup: 1\r\nFrom: <alice@example.org>\r\nX-Dup: 2\r\nSubject: old\r\n" +
	"Date: Fri, 2 Jan 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nX-Dup: 3\r\nX-Tab:\tkept\r\n\r\nold body\r\n"

// What a pipeline makes of a mail is what arrives, byte for byte.
func TestEditsOfTheMail(t *testing.T) {
	big := strings.Repeat(strings.Repeat("b", 70)+"\r\n", 50_000) // many chunks
	tests := []struct {
		name string
		edit func(*message.Message) *message.Message
		want func(string) string // from the mail as it was
	}{
		{
			"field at the end",
			func(m *message.Message) *message.Message {
				return m.WithHeader(m.Header.With(message.NewField("X-New", "end")))
			},
			replacing("X-Tab:\tkept\r\n", "X-Tab:\tkept\r\nX-New: end\r\n"),
		},
		{
			"changed field",
			func(m *message.Message) *message.Message {
				return m.WithHeader(m.Header.Set(message.NewField("Subject", "new")))
			},
			replacing("Subject: old\r\n", "Subject: new\r\n"),
		},
		{
			"one of three left",
			func(m *message.Message) *message.Message {
				return m.WithHeader(m.Header.Set(message.NewField("X-Dup", "only")))
			},
			func(s string) string {
				s = strings.Replace(s, "X-Dup: 1\r\n", "X-Dup: only\r\n", 1)
				return strings.NewReplacer("X-Dup: 2\r\n", "", "X-Dup: 3\r\n", "").Replace(s)
			},
		},
		{
			"none left",
			func(m *message.Message) *message.Message { return m.WithHeader(m.Header.Without("X-Dup")) },
			func(s string) string {
				return strings.NewReplacer("X-Dup: 1\r\n", "", "X-Dup: 2\r\n", "", "X-Dup: 3\r\n", "").Replace(s)
			},
		},
		{
			"body",
			func(m *message.Message) *message.Message { return m.WithBody(message.Bytes("new\r\n.\r\n\xff\r\n")) },
			replacing("old body\r\n", "new\r\n.\r\n\xff\r\n"),
		},
		{
			"large body and a field",
			func(m *message.Message) *message.Message {
				return m.WithBody(message.Bytes(big)).WithHeader(m.Header.Without("X-Tab"))
			},
			func(s string) string {
				return strings.NewReplacer("X-Tab:\tkept\r\n", "", "old body\r\n", big).Replace(s)
			},
		},
		{
			"no body left",
			func(m *message.Message) *message.Message { return m.WithBody(message.Bytes(nil)) },
			replacing("old body\r\n", ""),
		},
	}
	s := &script{}
	l := newLab(t, s, asItComes)
	for _, tt := range tests {
		s.run = editing(tt.edit)
		if got, want := passThrough(t, l, postfix.Submission, editable), tt.want(editable); got != want {
			t.Errorf("%s: arrived as\n%.800q\nwant\n%.800q", tt.name, got, want)
		}
	}
}

// A field for the top is above everything, trace fields of Postfix too (RFC 5321 4.4).
func TestFieldAtTheTop(t *testing.T) {
	s := &script{run: editing(func(m *message.Message) *message.Message {
		return m.WithHeader(m.Header.WithTop(message.NewField("Authentication-Results", "mx.test; none")))
	})}
	l := newLab(t, s, asItComes)
	got := pass(t, l, postfix.Submission, editable)
	rest, ok := strings.CutPrefix(got, "Authentication-Results: mx.test; none\r\n")
	if !ok || withoutReceived(t, rest) != editable {
		t.Errorf("arrived as %q", got)
	}
}

func replacing(old, with string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, with, 1) }
}

// Recipients leave by the name the client gave them, and others come with their arguments.
func TestEditsOfTheEnvelope(t *testing.T) {
	sender := address.Address("bounces@example.org")
	s := &script{run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
		o := filter.Outcome{From: &sender, Add: []filter.Recipient{{Address: "added@example.org", Args: []string{"NOTIFY=NEVER"}}}}
		for _, r := range tx.Rcpts {
			if strings.HasPrefix(r.Address.String(), "room") {
				o.Drop = append(o.Drop, r)
			}
		}
		return o
	}}
	l := newLab(t, s, nil)
	if o := l.submit(t, plainMail, "bob@example.org", "Room.Blue@Example.ORG", "room.red@example.org"); !o.Taken() {
		t.Fatalf("%+v", o)
	}
	l.AwaitEmpty(t)
	var got []smtptest.Recipient
	for _, m := range l.Sink.Messages() {
		if m.From != "bounces@example.org" {
			t.Errorf("from %q", m.From)
		}
		got = append(got, m.Rcpts...)
	}
	args := map[string][]string{}
	for _, r := range got {
		args[r.Address] = r.Args
	}
	if len(got) != 2 || args["bob@example.org"] == nil || !slices.Contains(args["added@example.org"], "NOTIFY=NEVER") {
		t.Errorf("delivered to %+v", got)
	}
}

// Nobody left to get it: accepted and gone, without a bounce.
func TestLastRecipientTakenOff(t *testing.T) {
	s := &script{run: func(_ context.Context, tx *filter.Tx) filter.Outcome { return filter.Outcome{Drop: tx.Rcpts} }}
	l := newLab(t, s, nil)
	if o := l.submit(t, plainMail, "room@example.org"); !o.Taken() {
		t.Errorf("%+v", o)
	}
	s.run = always(filter.Outcome{Discard: true})
	if o := l.submit(t, plainMail, "room@example.org"); !o.Taken() {
		t.Errorf("%+v", o)
	}
	l.AwaitEmpty(t)
	if len(l.Sink.Messages()) != 0 {
		t.Errorf("delivered: %s", l.Sink)
	}
}

// Held means this mail, not the next of the connection.
func TestQuarantine(t *testing.T) {
	s := &script{run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
		if tx.Rcpts[0].Address == "held@example.org" {
			return filter.Outcome{Quarantine: "looks odd"}
		}
		return filter.Outcome{}
	}}
	l := newLab(t, s, nil)
	c := smtptest.Dial(t, l.Addr(postfix.Submission))
	for _, to := range []string{"held@example.org", "free@example.org"} {
		if o := c.Send(smtptest.Mail{From: "alice@example.org", To: []string{to}, Data: []byte(plainMail)}); !o.Taken() {
			t.Fatalf("%s: %+v", to, o)
		}
	}
	l.Sink.WaitFor(t, "free@example.org")
	q := l.AwaitQueue(t, "one mail on hold", func(q []postfix.Queued) bool { return len(q) == 1 && q[0].Queue == "hold" })
	if q[0].Recipients[0].Address != "held@example.org" {
		t.Errorf("on hold: %+v", q)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	l.Sink.WaitFor(t, "held@example.org")
}
