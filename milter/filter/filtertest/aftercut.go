package filtertest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"usher/itip/calendar"
)

// rivals is an event of somebody else that takes all the time of the cases.
const rivals = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:rival\r\nDTSTAMP:20260301T120000Z\r\n" +
	"DTSTART:20260301T000000Z\r\nDTEND:20260601T000000Z\r\nORGANIZER:mailto:rival@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// intrude takes all time in all calendars for somebody else.
func (k *cutter) intrude(into calendar.Store) {
	k.t.Helper()
	for _, name := range k.names {
		k.store(k.t, into, name, rivals)
	}
}

// honest looks whether every answer was true when it went out, and the last word about everybody still is.
func (k *cutter) honest(after string, w *witness) {
	k.t.Helper()
	if err := w.lastWords(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
	for _, lie := range w.lies {
		k.t.Errorf("after %s %s", after, lie)
	}
}

// compare holds the world against that of the calm play.
func (k *cutter) compare(after string, s *stage) {
	k.t.Helper()
	objects := k.want.calendars.Snapshot()
	if got := s.calendars.Snapshot(); !reflect.DeepEqual(got, objects) {
		k.t.Errorf("after %s the calendars are\n%s\nwant\n%s", after, stored(got), stored(objects))
	}
	for name := range objects {
		got, want := k.busy(s, name), k.busy(k.want, name)
		if !reflect.DeepEqual(got, want) {
			k.t.Errorf("after %s the time that is taken in %s is %v; want %v", after, name, got, want)
		}
	}
	if got, want := s.outbox.Distinct(), k.want.outbox.Distinct(); !slices.Equal(got, want) {
		k.t.Errorf("after %s %q was sent; want %q", after, got, want)
	}
	if holds := s.calendars.Holds(); len(holds) > 0 {
		k.t.Errorf("after %s holds are left: %v", after, holds)
	}
}

// busy is all time that is taken in a calendar in the year of the cases, as the process itself sees it.
func (k *cutter) busy(s *stage, name string) (taken []string) {
	k.t.Helper()
	year := calendar.Span{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	periods, _, err := s.calendars.Busy(k.t.Context(), name, year)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, p := range periods {
		taken = append(taken, fmt.Sprint(p.UID, p.From.UTC(), p.To.UTC()))
	}
	return taken
}
