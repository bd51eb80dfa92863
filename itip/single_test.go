package itip_test

import (
	"errors"
	"testing"
	"time"

	"usher/itip"
)

// TestOverrideSpeaksForOneInstance: it is made once, takes place when the instance does, and nothing else moves.
func TestOverrideSpeaksForOneInstance(t *testing.T) {
	os, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=Europe/Berlin:20260327T100000\r\n" +
		"DTEND;TZID=Europe/Berlin:20260327T110000\r\nRRULE:FREQ=DAILY;COUNT=5\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	o, from := os[0], time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	before, err := o.Instances(from, from.AddDate(0, 2, 0), nil)
	if err != nil || len(before) != 5 {
		t.Fatalf("%d instances, %v", len(before), err)
	}
	c, err := o.Override(before[3].RecurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.Override(before[3].RecurrenceID); again != c || err != nil {
		t.Errorf("asked again: another component, %v", err)
	}
	after, err := o.Instances(from, from.AddDate(0, 2, 0), nil)
	if err != nil || len(after) != 5 {
		t.Fatalf("%d instances, %v", len(after), err)
	}
	for n, i := range after {
		if !i.Start.Equal(before[n].Start) || !i.End.Equal(before[n].End) || (i.Component == c) != (n == 3) {
			t.Errorf("instance %d is at %v, of its own %v", n, i.Start, i.Component == c)
		}
	}
	if _, err := o.Override(before[0].Start.Add(time.Hour)); !errors.Is(err, itip.ErrNoInstance) {
		t.Errorf("an instance that is none: %v", err)
	}
}
