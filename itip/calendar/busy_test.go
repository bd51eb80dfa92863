package calendar_test

import (
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// TestBusyInEveryReading holds that a calendar is busy whenever somebody may take an event to be, also where only
// the other reading touches the window asked for.
func TestBusyInEveryReading(t *testing.T) {
	const head, tail = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n", "DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	event := "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\n"
	odd := "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	tests := []struct{ name, text, from, to, want string }{
		{"D-10 as the VTIMEZONE says", odd + event + "DTSTART;TZID=Europe/Berlin:20260302T100000\r\n", "0302T1500", "0302T1600", "0302T1500"},
		{"D-10 as the name says", odd + event + "DTSTART;TZID=Europe/Berlin:20260302T100000\r\n", "0302T0900", "0302T1000", "0302T0900"},
		{"D-11 after the gap", event + "DTSTART;TZID=Europe/Berlin:20260329T023000\r\n", "0329T0130", "0329T0200", "0329T0130"},
		{"D-11 before the gap", event + "DTSTART;TZID=Europe/Berlin:20260329T023000\r\n", "0329T0030", "0329T0100", "0329T0030"},
		{"D-11 left out by the rule", event + "DTSTART;TZID=Europe/Berlin:20260301T023000\r\nRRULE:FREQ=WEEKLY;BYHOUR=2\r\n", "0329T0000", "0329T0300", "0329T0030 0329T0130"},
	}
	for _, tt := range tests {
		os, err := itip.Parse([]byte(head + tt.text + tail))
		must(t, err)
		memory := calendar.NewMemory(calendar.Options{})
		dir := open(t, t.TempDir(), calendar.Options{})
		for name, s := range map[string]calendar.Store{"memory": memory, "dir": dir} {
			must(t, s.Put(background, calendar.Put{Calendar: room, UID: "a", Object: os[0]}))
			ps, _, err := s.Busy(background, room, calendar.Span{From: clockTime(t, tt.from), To: clockTime(t, tt.to)})
			must(t, err)
			var got []string
			for _, p := range ps {
				got = append(got, p.From.UTC().Format("0102T1504"))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%s, %s: busy at %v; want %s", tt.name, name, got, tt.want)
			}
		}
	}
}

func clockTime(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006.0102T1504", "2026."+s)
	must(t, err)
	return at
}
