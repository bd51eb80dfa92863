package calendar_test

import (
	"errors"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// TestWhatTakesNoTimeIsNotFollowed: a cancellation in a zone that nobody knows does not make a calendar unreadable.
func TestWhatTakesNoTimeIsNotFollowed(t *testing.T) {
	at := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	for what, follows := range map[string]bool{"STATUS:CANCELLED": false, "TRANSP:TRANSPARENT": false, "STATUS:TENTATIVE": true} {
		os, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260301T120000Z\r\n" +
			"DTSTART;TZID=Nowhere/Else:20260309T100000\r\n" + what + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = calendar.Periods(os[0], time.UTC, calendar.Span{From: at, To: at.AddDate(0, 0, 1)})
		if errors.Is(err, itip.ErrZone) != follows {
			t.Errorf("%s: %v", what, err)
		}
	}
}
