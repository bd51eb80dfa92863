package calendartest

import (
	"fmt"
	"testing"

	"usher/itip"
	"usher/itip/calendar"
)

// Fill books a calendar full, five events of an hour a day, n in all, beginning with the suite's day.
func Fill(t testing.TB, store calendar.Store, cal string, n int) {
	t.Helper()
	for i := range n {
		o := filling(i)
		if err := store.Put(t.Context(), calendar.Put{Calendar: cal, UID: o.UID(), Object: o}); err != nil {
			t.Fatal(err)
		}
	}
}

// Texts is what Fill would put, encoded, each with a name for a file.
func Texts(n int) map[string][]byte {
	texts := map[string][]byte{}
	for i := range n {
		texts[fmt.Sprintf("event-%d", i)] = filling(i).Encode()
	}
	return texts
}

func filling(i int) *itip.Object {
	hour := fmt.Sprintf("%d %02d:", i/5, 8+2*(i%5))
	return Event(fmt.Sprintf("event-%d@example.org", i), hour+"00", hour+"59", "ORGANIZER:mailto:jane@example.org")
}
