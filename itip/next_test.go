package itip

import (
	"errors"
	"testing"
)

func TestNextAndLast(t *testing.T) {
	tests := []struct{ name, lines, after, next, last string }{
		{"single, before", "DTSTART:20260302T090000Z\nDURATION:PT1H", "2026-03-01", "2026-03-02T09:00", "2026-03-02T09:00"},
		{"single, at its start", "DTSTART:20260302T090000Z\nDURATION:PT1H", "2026-03-02T09:00", "", "2026-03-02T09:00"},
		{"endless", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY", "2500-03-01T10:00", "2500-03-02T09:00", ""},
		{"seldom", "DTSTART:20240229T090000Z\nRRULE:FREQ=YEARLY;INTERVAL=400", "2026-03-01", "2424-02-29T09:00", ""},
		{"every second", "DTSTART:20260302T090000Z\nRRULE:FREQ=SECONDLY", "2026-03-02T09:00", "2026-03-02T09:00:01", ""},
		{"COUNT", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=3", "2026-03-03T08:00", "2026-03-03T09:00", "2026-03-04T09:00"},
		{"COUNT beyond what Bounds looks at", "DTSTART:20000101T090000Z\nRRULE:FREQ=DAILY;COUNT=10000", "2026-03-03T08:00", "2026-03-03T09:00", "2027-05-18T09:00"},
		{"UNTIL", "DTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY;UNTIL=20260320T090000Z", "2026-03-20", "", "2026-03-16T09:00"},
		{"far UNTIL", "DTSTART:20260302T090000Z\nRRULE:FREQ=MINUTELY;UNTIL=99991231T235959Z", "2026-03-02", "2026-03-02T09:00", "9999-12-31T23:59"},
		{"last one taken away", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260304T090000Z", "2026-03-03T09:00", "", "2026-03-03T09:00"},
		{"last one moved before the others", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n---\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260201T090000Z", "2026-01-01", "2026-02-01T09:00", "2026-03-03T09:00"},
		{"the running one is no next one", "DTSTART:20260302T090000Z\nDURATION:P9D\nRDATE:20260310T090000Z", "2026-03-05", "2026-03-10T09:00", "2026-03-10T09:00"},
		{"moved by THISANDFUTURE", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z\nDTSTART:20260503T090000Z\nDURATION:PT1H",
			"2026-03-03", "2026-05-03T09:00", "2026-05-04T09:00"},
		{"nothing left of it", "DTSTART:20260302T090000Z\nEXDATE:20260302T090000Z", "2026-01-01", "", ""},
		{"all day", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=2", "2026-03-02", "2026-03-02T23:00", "2026-03-02T23:00"},
		{"task without time", "BEGIN:VTODO\nUID:u\nEND:VTODO", "2026-01-01", "", ""},
		{"before 1970", "DTSTART:19500302T090000Z\nRRULE:FREQ=YEARLY;COUNT=3", "1900-01-01", "1950-03-02T09:00", "1952-03-02T09:00"},
	}
	show := func(i Instance, ok bool) string {
		if !ok {
			return ""
		}
		if i.Start.Second() != 0 {
			return i.Start.UTC().Format("2006-01-02T15:04:05")
		}
		return i.Start.UTC().Format("2006-01-02T15:04")
	}
	for _, tt := range tests {
		o := object(t, tt.lines)
		i, ok, err := o.Next(at(tt.after), berlin)
		if got := show(i, ok); err != nil || got != tt.next {
			t.Errorf("%s: next is %s, %v; want %s", tt.name, got, err, tt.next)
		}
		i, ok, err = o.Last(berlin)
		if got := show(i, ok); err != nil || got != tt.last {
			t.Errorf("%s: last is %s, %v; want %s", tt.name, got, err, tt.last)
		}
	}
	for _, lines := range []string{"SUMMARY:x", "DTSTART;TZID=Nowhere/Land:20260302T090000", "DTSTART:20260302T090000Z\nRRULE:FREQ=SECONDLY;BYSETPOS=2"} {
		if i, ok, err := object(t, lines).Next(at("2026-03-03"), nil); err == nil || ok {
			t.Errorf("next of %s: %v, %v", lines, i, ok)
		}
	}
}

// Next finds what a list of all instances has.
func TestNextAgainstInstances(t *testing.T) {
	o := object(t, "DTSTART;TZID=Europe/Berlin:20260302T023000\nDURATION:PT30H\nRRULE:FREQ=DAILY;INTERVAL=3;COUNT=40\nRDATE;TZID=Europe/Berlin:20260401T100000\n---\n"+
		"RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260320T023000\nDTSTART;TZID=Europe/Berlin:20260210T023000\nDURATION:PT1H")
	all, err := o.Instances(at("2026-01-01"), at("2027-01-01"), berlin)
	if err != nil || len(all) != 41 {
		t.Fatal(len(all), err)
	}
	after := at("2026-01-01")
	for n, want := range all {
		got, ok, err := o.Next(after, berlin)
		if err != nil || !ok || !got.Start.Equal(want.Start) {
			t.Fatalf("%d: %v, %v, %v; want %v", n, got.Start, ok, err, want.Start)
		}
		after = got.Start
	}
	if last, _, err := o.Last(berlin); err != nil || !last.Start.Equal(after) {
		t.Errorf("last is %v, %v; want %v", last.Start, err, after)
	}
	if got, ok, err := o.Next(after, berlin); ok || err != nil {
		t.Errorf("after the last: %v, %v", got.Start, err)
	}
}

func TestBoundsOfAnEventWithoutStart(t *testing.T) {
	o := object(t, "SUMMARY:x")
	if first, _, endless := o.Bounds(nil); !first.IsZero() || !endless {
		t.Errorf("Bounds: from %v, endless %v; want all time, as it cannot be told", first, endless)
	}
	if _, err := o.Instances(at("2026-01-01"), at("2027-01-01"), nil); !errors.Is(err, ErrSyntax) {
		t.Errorf("Instances: %v", err)
	}
	if first, last, endless := object(t, "BEGIN:VTODO\nUID:u\nEND:VTODO").Bounds(nil); endless || !first.IsZero() || !last.IsZero() {
		t.Errorf("a task without times touches %v to %v, endless %v", first, last, endless)
	}
}
