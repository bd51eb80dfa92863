package invitation_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// full is a store in which some calendars take nothing, and that can go away once something was stored.
type full struct {
	calendar.Store
	cal  string // takes nothing
	goes bool   // nothing answers after the first refusal
	gone bool
}

var errFull = errors.New("over quota")

func (f *full) Put(ctx context.Context, p calendar.Put) error {
	if f.gone || p.Calendar == f.cal {
		f.gone = f.goes
		return errFull
	}
	return f.Store.Put(ctx, p)
}

func (f *full) Find(ctx context.Context, cal, uid string) (*itip.Object, bool, calendar.Version, error) {
	if f.gone {
		return nil, false, "", errFull
	}
	return f.Store.Find(ctx, cal, uid)
}

// lossy is a store that keeps what it is given for one calendar, and then neither says so nor can be asked, once.
type lossy struct {
	calendar.Store
	cal  string
	lost int // answers that were lost
}

func (l *lossy) Put(ctx context.Context, p calendar.Put) error {
	err := l.Store.Put(ctx, p)
	if err == nil && p.Calendar == l.cal && l.lost == 0 {
		l.lost, err = 1, errFull
	}
	return err
}

func (l *lossy) Find(ctx context.Context, cal, uid string) (*itip.Object, bool, calendar.Version, error) {
	if cal == l.cal && l.lost == 1 {
		l.lost = 2
		return nil, false, "", errFull
	}
	return l.Store.Find(ctx, cal, uid)
}

// TestLostAcknowledgement: a copy that is stored although nobody said so is answered, not left to the person: his
// calendar would say that he has accepted, and the organizer would never hear of it.
func TestLostAcknowledgement(t *testing.T) {
	for _, who := range [][]string{{"jane"}, {"ann", "jane", "kim"}} {
		people, lines := someone("boss", "example.org"), "ORGANIZER:mailto:boss@example.org"
		var rcpts []string
		for _, name := range who {
			people += someone(name, "example.org", "ALL_ACCEPT")
			lines += "\r\nATTENDEE;RSVP=TRUE:mailto:" + name + "@example.org"
			rcpts = append(rcpts, name+"@example.org")
		}
		h := newHost(t, "example.org", people, "", &lossy{Store: calendar.NewMemory(calendar.Options{}), cal: "jane@example.org"})
		h.Steps[0].OnError = filter.Pass
		o := h.receive(t, filter.Envelope{Role: filter.Submission, User: "boss", From: "boss@example.org"},
			imipMail(t, "boss@example.org", "jane@example.org", "REQUEST", "u1", lines), rcpts...)
		if !o.Discard || len(h.sent()) != len(who) {
			t.Errorf("%v: refused %v, dropped %d, sent %q; %s", who, o.Refuse, len(o.Drop), h.sent(), o.Why())
		}
	}
}

// TestFullCalendar: whose calendar takes nothing decides himself, with on_error: pass; what was decided for the others
// stands and is answered, and who has nothing to do with it gets the mail. Once somebody is in, nothing passes that
// cannot be finished. With on_error: defer the mail comes again.
func TestFullCalendar(t *testing.T) {
	for _, tt := range []struct {
		name     string
		onError  filter.OnError
		goes     bool
		deferred bool
	}{
		{"pass", filter.Pass, false, false},
		{"defer", filter.Defer, false, true},
		{"pass, and then nothing answers any more", filter.Pass, true, true},
	} {
		people := someone("boss", "example.org")
		lines := "ORGANIZER:mailto:boss@example.org"
		var rcpts []string
		for _, who := range []string{"ann", "jane", "kim", "nina"} {
			people += someone(who, "example.org", map[bool]string{true: "ALL_MANUAL", false: "ALL_ACCEPT"}[who == "nina"])
			lines += "\r\nATTENDEE;RSVP=TRUE:mailto:" + who + "@example.org"
			rcpts = append(rcpts, who+"@example.org")
		}
		store := &full{Store: calendar.NewMemory(calendar.Options{}), cal: "jane@example.org", goes: tt.goes}
		h := newHost(t, "example.org", people, "", store)
		h.Steps[0].OnError = tt.onError
		o := h.receive(t, filter.Envelope{Role: filter.Submission, User: "boss", From: "boss@example.org"},
			imipMail(t, "boss@example.org", "ann@example.org", "REQUEST", "u1", lines), rcpts...)
		if deferred := o.Refuse != nil && o.Refuse.Temporary(); deferred != tt.deferred {
			t.Errorf("%s: refused %v; %s", tt.name, o.Refuse, o.Why())
		}
		if tt.deferred {
			continue
		}
		var dropped []string
		for _, r := range o.Drop {
			dropped = append(dropped, r.Address.Local())
		}
		if !slices.Equal(dropped, []string{"ann", "kim"}) || !strings.Contains(o.Why(), "jane: left alone: the calendar cannot be written to") {
			t.Errorf("%s: handled for %v; %s", tt.name, dropped, o.Why())
		}
		if a, k := h.partstats(t, "ann@example.org", "u1")["ann"], h.partstats(t, "kim@example.org", "u1")["kim"]; a+k != "ACCEPTEDACCEPTED" {
			t.Errorf("%s: ann %s, kim %s", tt.name, a, k)
		}
		if sent := h.sent(); len(sent) != 2 {
			t.Errorf("%s: %q was sent; want an answer of each whose calendar has it", tt.name, sent)
		}
	}
}
