package itip

import (
	"fmt"
	"strings"
	"testing"
)

// toldAs writes differences as "0304 DTSTART 2026… -> 2026…".
func toldAs(ds []Difference) string {
	var all []string
	for _, d := range ds {
		s := d.Name + " " + d.Was + " -> " + d.Is
		if d.Added != nil || d.Removed != nil {
			s = fmt.Sprint(d.Name, " +", d.Added, " -", d.Removed)
		}
		if !d.Instance.IsZero() {
			s = d.Instance.Format("0102 ") + s
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

func TestS5546_04_Changed(t *testing.T) {
	const day1 = "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\n"
	tests := []struct{ name, was, is, want string }{
		{"nothing", day1 + people, day1 + people + "SEQUENCE:7\nTRANSP:OPAQUE\nX-A:1\n" + alarmOfBoss, ""},
		{"end written otherwise", day1, "DTSTART;TZID=Europe/Berlin:20260302T100000\nDTEND;TZID=Europe/Berlin:20260302T110000", ""},
		{"moved", day1, strings.Replace(day1, "T10", "T11", 1), "DTSTART 2026-03-02 10:00 -> 2026-03-02 11:00; DTEND 2026-03-02 11:00 -> 2026-03-02 12:00"},
		{"longer", day1, strings.Replace(day1, "1H", "2H", 1), "DTEND 2026-03-02 11:00 -> 2026-03-02 12:00"},
		{"a whole day", day1, "DTSTART;VALUE=DATE:20260302", "DTSTART 2026-03-02 10:00 -> 2026-03-02; DTEND 2026-03-02 11:00 -> 2026-03-03"},
		{"texts", day1 + "SUMMARY:a\\, b\nLOCATION:x", day1 + "SUMMARY:c", "SUMMARY a, b -> c; LOCATION x -> "},
		{"people", day1 + people, day1 + strings.Replace(people, "bob@", "dan@", 1), "ATTENDEE +[dan@example.org] -[bob@example.org]"},
		{"answers are none", day1 + people, day1 + strings.Replace(people, "RSVP=TRUE", "PARTSTAT=ACCEPTED", 1), ""},
		{"rule", daily5, strings.Replace(daily5, "5", "6", 1), "RRULE FREQ=DAILY;COUNT=5 -> FREQ=DAILY;COUNT=6"},
		{"an instance moves", daily5, daily5 + "\n---\n" + movedTue, "0303 DTSTART 2026-03-03 10:00 -> 2026-03-03 12:00; 0303 DTEND 2026-03-03 11:00 -> 2026-03-03 13:00"},
		{"an instance moves back", daily5 + "\n---\n" + movedTue, daily5, "0303 DTSTART 2026-03-03 12:00 -> 2026-03-03 10:00; 0303 DTEND 2026-03-03 13:00 -> 2026-03-03 11:00"},
		{"an override that says nothing new", daily5, daily5 + "\n---\n" + strings.Replace(movedTue, "T12", "T10", 1), ""},
		{"an instance is cancelled", daily5, daily5 + "\n---\n" + strings.Replace(movedTue, "T12", "T10", 1) + "STATUS:CANCELLED", "0303 STATUS  -> CANCELLED"},
		{"an instance is no more", daily5 + "\n---\n" + movedTue, daily5 + "EXDATE:20260303T090000Z", "EXDATE  -> 20260303T090000Z; 0303 STATUS CONFIRMED -> CANCELLED"},
	}
	for _, tt := range tests {
		if got := toldAs(Changed(object(t, tt.was), object(t, tt.is))); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
