package integration

import (
	"strings"
	"testing"

	"usher/milter/filter"
	"usher/milter/message"
)

// A mail nobody wants to see is let go at the end of its header: its body is never sent to us.
func TestBodyNobodyWantsIsNotSent(t *testing.T) {
	s := &script{header: func(_ *filter.Envelope, h message.Header) (filter.Interest, *filter.Refusal) {
		if h.Get("X-Want") != "" {
			return filter.Whole, nil
		}
		return filter.Nothing, nil
	}}
	l := newLab(t, s, nil)
	large := plainMail + strings.Repeat("a line of text\r\n", 50_000)

	if o := l.submit(t, large, "unseen@example.org"); !o.Taken() {
		t.Fatalf("%+v", o)
	}
	if body, end := l.tap.count('B'), l.tap.count('E'); body != 0 || end != 0 {
		t.Errorf("%d packets of body and %d ends of message were sent", body, end)
	}
	if n := len(s.ran()); n != 0 {
		t.Errorf("%d mails reached the end of message", n)
	}
	if got := l.delivered(t, "unseen@example.org"); got != large {
		t.Errorf("arrived %d bytes of %d", len(got), len(large))
	}

	wanted := "X-Want: yes\r\n" + large
	if o := l.submit(t, wanted, "seen@example.org"); !o.Taken() {
		t.Fatalf("%+v", o)
	}
	if body, end := l.tap.count('B'), l.tap.count('E'); body < 2 || end != 1 {
		t.Errorf("%d packets of body and %d ends of message for a mail that is wanted", body, end)
	}
	if got := l.delivered(t, "seen@example.org"); got != wanted {
		t.Errorf("arrived %d bytes of %d", len(got), len(wanted))
	}
}
