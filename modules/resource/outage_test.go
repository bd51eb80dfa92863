package resource

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/imip"
	"usher/milter/message"
)

const (
	booked = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260301T120000Z\r\n" +
		"DTSTART:20260309T090000Z\r\nDTEND:20260309T100000Z\r\nSUMMARY:Budget\r\nORGANIZER:mailto:ann@example.org\r\n" +
		"ATTENDEE:mailto:suite@example.org\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n"
	fromAnn = "From: ann@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=%[1]s; charset=utf-8\r\n\r\n" +
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:%[1]s\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260302T120000Z\r\nSEQUENCE:1\r\n" +
		"DTSTART:20260309T090000Z\r\nDTEND:20260309T100000Z\r\nORGANIZER:mailto:ann@example.org\r\nATTENDEE:mailto:%[2]s\r\n" +
		"END:VEVENT\r\nEND:VCALENDAR\r\n"
)

// planFor is what a message of Ann's about u1 leads to.
func planFor(t *testing.T, m *module, method, to string) (filter.Plan, error) {
	t.Helper()
	mail, err := message.Read(strings.NewReader(fmt.Sprintf(fromAnn, method, to)), 0)
	if err != nil {
		t.Fatal(err)
	}
	entry := func(a string) *ldapdir.Entry {
		e, ok, err := m.directory.Lookup(t.Context(), address.Must(a))
		if !ok || err != nil {
			t.Fatal(a, err)
		}
		return e
	}
	return m.Plan(t.Context(), &filter.Tx{Message: mail, Envelope: filter.Envelope{
		Role: filter.Submission, User: "ann", Principal: entry("ann@example.org"), From: "ann@example.org",
		Time:  time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC),
		Rcpts: []filter.Recipient{{Address: address.Must(to), Entry: entry(to)}}}})
}

// TestACancellationFreesDuringOutage: it needs nothing of the collections that hold a resource, unless owners have to
// hear of it. What they may want kept is kept.
func TestACancellationFreesDuringOutage(t *testing.T) {
	waits := question{"q", waiting, ""}
	through := viaProperty + ":wing@example.org\r\n"
	tests := []struct {
		name, method, to string
		stored           string // lines of the booking
		asked            *question
		about            string // what the directory does not say
		fails, keeps     bool
	}{
		{"all is well", "CANCEL", "suite@example.org", "", nil, "", false, false},
		{"collections not known", "CANCEL", "suite@example.org", "", nil, "collections", false, true},
		{"owners not known", "CANCEL", "suite@example.org", "", nil, "groups", false, true},
		{"owners wait, all is well", "CANCEL", "suite@example.org", "", &waits, "", false, false},
		{"owners wait", "CANCEL", "suite@example.org", "", &waits, "collections", true, false},
		{"through a collection", "CANCEL", "wing@example.org", through, nil, "collections", false, true},
		{"a request", "REQUEST", "suite@example.org", "", nil, "collections", true, false},
		{"a request to a collection", "REQUEST", "wing@example.org", "", nil, "collections", true, false},
	}
	for _, tt := range tests {
		m := moduleOf(t, hotel, func(c *Config) { c.ExpireDays = 30 })
		o := object(t, booked, tt.stored)
		if tt.asked != nil {
			tt.asked.mark(o.Scheduled()[0])
		}
		keep(t, m, o)
		keep(t, m, object(t, strings.NewReplacer("u1", "old", "202603", "202503").Replace(booked), ""))
		m.directory = deaf{m.directory, tt.about}
		plan, err := planFor(t, m, tt.method, tt.to)
		if tt.fails {
			if !errors.Is(err, errDeaf) || len(plan.Effects) > 0 {
				t.Errorf("%s: %+v, %v; want an error", tt.name, plan, err)
			}
			continue
		}
		var put filter.PutEvent
		if err == nil && len(plan.Effects) > 0 {
			put, _ = plan.Effects[0].(filter.PutEvent)
		}
		if put.Object == nil || len(plan.Edits) != 1 {
			t.Errorf("%s: %+v, %v", tt.name, plan, err)
			continue
		}
		c := put.Object.Scheduled()[0]
		if !c.Cancelled() || c.Text("TRANSP") != "TRANSPARENT" || put.Calendar != "shared/Suite@example.org" || c.Has("SUMMARY") != tt.keeps {
			t.Errorf("%s: %+v: %s", tt.name, plan, put.Object.Encode())
		}
		last, expired := plan.Effects[len(plan.Effects)-1].(filter.DeleteEvent)
		if expired == tt.keeps || expired && last.UID != "old" {
			t.Errorf("%s: an old booking expires: %v", tt.name, expired)
		}
		if asked := strings.Contains(plan.Why, "could not be asked for"); asked != tt.keeps {
			t.Errorf("%s: why %q", tt.name, plan.Why)
		}
	}
}

// TestARetriedCancellationTellsOwnersAfterAnOutage: the first try may have got no further than the calendar.
func TestARetriedCancellationTellsOwnersAfterAnOutage(t *testing.T) {
	m := moduleOf(t, hotel, nil)
	o := object(t, booked, "")
	question{"q", waiting, ""}.mark(o.Scheduled()[0])
	v := keep(t, m, o)
	plan, err := planFor(t, m, "CANCEL", "suite@example.org")
	if err != nil || len(plan.Effects) < 2 {
		t.Fatal(plan, err)
	}
	put := plan.Effects[0].(filter.PutEvent)
	put.Object.SetCause(put.Cause)
	if err := m.calendars.(*calendar.Memory).Put(t.Context(), calendar.Put{Calendar: put.Calendar, UID: "u1", Object: put.Object, Base: v}); err != nil {
		t.Fatal(err)
	}
	again, err := planFor(t, m, "CANCEL", "suite@example.org")
	if err != nil || len(again.Effects) != len(plan.Effects) {
		t.Fatal(again, err)
	}
	m.directory = deaf{m.directory, "collections"}
	if plan, err := planFor(t, m, "CANCEL", "suite@example.org"); !errors.Is(err, errDeaf) {
		t.Errorf("%+v, %v; want an error", plan, err)
	}
}

// TestOnlyMethod: a mail that also asks for something is no cancellation.
func TestOnlyMethod(t *testing.T) {
	for _, tt := range []struct{ methods, want string }{{"", ""}, {"CANCEL", "CANCEL"}, {"CANCEL CANCEL", "CANCEL"}, {"CANCEL REQUEST", ""}, {"REQUEST CANCEL", ""}} {
		var mail imip.Letter
		for _, method := range strings.Fields(tt.methods) {
			mail.Items = append(mail.Items, imip.Item{Object: itip.Message(object(t, booked, ""), method, time.Unix(0, 0))})
		}
		if got := onlyMethod(mail); got != tt.want {
			t.Errorf("%q: %q", tt.methods, got)
		}
	}
}

func object(t *testing.T, text string, args ...any) *itip.Object {
	t.Helper()
	all, err := itip.Parse([]byte(fmt.Sprintf(text, args...)))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// keep puts something into the calendar of the suite.
func keep(t *testing.T, m *module, o *itip.Object) calendar.Version {
	t.Helper()
	const suite = "shared/Suite@example.org"
	if err := m.calendars.(*calendar.Memory).Put(t.Context(), calendar.Put{Calendar: suite, UID: o.UID(), Object: o}); err != nil {
		t.Fatal(err)
	}
	_, _, v, err := m.calendars.Find(t.Context(), suite, o.UID())
	if err != nil {
		t.Fatal(err)
	}
	return v
}
