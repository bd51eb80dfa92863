package calendar_test

import (
	"testing"

	"usher/itip"
	"usher/itip/calendar"
)

// TestClassOf holds that a private event stays one where its CLASS was taken away, and with it its instances.
func TestClassOf(t *testing.T) {
	const head, tail = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n", "END:VCALENDAR\r\n"
	event := func(text string) string {
		return "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260302T100000Z\r\nDURATION:PT1H\r\n" + text + "END:VEVENT\r\n"
	}
	series := func(class string) string { return event(class + "RRULE:FREQ=DAILY;COUNT=3\r\n") }
	instance := func(class string) string { return event(class + "RECURRENCE-ID:20260303T100000Z\r\n") }
	tests := []struct{ name, text, want string }{
		{"says nothing", event(""), "PUBLIC"},
		{"private", event("CLASS:private\r\n"), "PRIVATE"},
		{"unknown", event("CLASS:X-SECRET\r\n"), "PRIVATE"},
		{"taken away", event("X-USHER-CLASS:CONFIDENTIAL\r\n"), "CONFIDENTIAL"},
		{"made public by a program since", event("CLASS:PUBLIC\r\nX-USHER-CLASS:PRIVATE\r\n"), "PRIVATE"},
		{"instance of a private series", series("CLASS:PRIVATE\r\n") + instance(""), "PRIVATE"},
		{"instance, taken away from the series", series("X-USHER-CLASS:PRIVATE\r\n") + instance(""), "PRIVATE"},
		{"private instance", series("") + instance("CLASS:PRIVATE\r\n"), "PRIVATE"},
	}
	for _, tt := range tests {
		os, err := itip.Parse([]byte(head + tt.text + tail))
		must(t, err)
		cs := os[0].Scheduled()
		if got := calendar.ClassOf(os[0], cs[len(cs)-1]); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
