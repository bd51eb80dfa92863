package invitation

import (
	"strings"
	"testing"
	"time"

	"usher/itip"
)

// Times are told on the clocks of the event; what is written in UTC on those of the office; days are days everywhere.
func TestChangesAreToldOnClocks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	nine := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	day := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		d    itip.Difference
		want string
	}{
		{itip.Difference{Name: "DTSTART", Was: "2026-03-09 09:00", WasTime: nine, Is: "2026-03-09 18:00", Time: nine.In(tokyo)}, "Start: 2026-03-09 10:00 CET → 2026-03-09 18:00 JST"},
		{itip.Difference{Name: "DTSTART", Was: "2026-03-09", WasTime: day, Is: "2026-03-10", Time: day.AddDate(0, 0, 1), AllDay: true}, "Start: 2026-03-09 → 2026-03-10"},
		{itip.Difference{Name: "DTEND", Was: "2026-03-10", WasTime: day.AddDate(0, 0, 1), Is: "2026-03-11", Time: day.AddDate(0, 0, 2), AllDay: true}, "End: 2026-03-09 → 2026-03-10"},
		{itip.Difference{Name: "DUE", Is: "2026-03-09 09:00", Time: nine}, "Due: – → 2026-03-09 10:00 CET"},
		{itip.Difference{Name: "EXDATE", Was: "20260309T090000Z", Is: "20260309T090000Z,20260316T090000Z"}, "Removed dates of the series: 2026-03-16 10:00 CET"},
		{itip.Difference{Name: "EXDATE", Is: "20260316T090000\n20260317"}, "Removed dates of the series: 2026-03-16 09:00, 2026-03-17"},
		{itip.Difference{Name: "EXDATE", Was: "20260309T090000Z"}, "Removed dates of the series: changed"},
		{itip.Difference{Name: "STATUS", Was: "CONFIRMED", Is: "TENTATIVE"}, "Status: confirmed → tentative"},
		{itip.Difference{Name: "DESCRIPTION", Was: "a", Is: "b"}, "Description: changed"},
		{itip.Difference{Name: "ORGANIZER", Was: "a", Is: "b"}, ""},
	}
	for _, tt := range tests {
		w := teller{words: english, zone: berlin}
		if got := strings.Join(w.change(tt.d), "\n"); got != tt.want {
			t.Errorf("%q is told as %q, want %q", tt.d.Name, got, tt.want)
		}
	}
}
