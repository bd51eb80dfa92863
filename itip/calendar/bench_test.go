package calendar_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
)

// filled is a folder with a room that has so many bookings, five a day, old enough to be believed.
func filled(b *testing.B, n int) *calendar.Dir {
	b.Helper()
	root := b.TempDir()
	must(b, os.Mkdir(filepath.Join(root, room), 0o750))
	for name, text := range calendartest.Texts(n) {
		write(b, filepath.Join(root, room, name+".ics"), text)
	}
	time.Sleep(2 * time.Second)
	d := open(b, root, calendar.Options{})
	began := time.Now()
	_, _, _, err := d.Find(background, room, "none")
	must(b, err)
	b.Logf("%d objects cold: %v", n, time.Since(began))
	return d
}

// BenchmarkBusy asks for a week in the middle. "cold" is what the first one paid.
func BenchmarkBusy(b *testing.B) {
	for _, n := range []int{100, 20_000} {
		d := filled(b, n)
		from := calendartest.At("00:00").AddDate(0, 0, n/10)
		look(b, d, from)
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			for b.Loop() {
				look(b, d, from)
			}
		})
	}
}

func look(b *testing.B, d *calendar.Dir, from time.Time) {
	b.Helper()
	if ps, _, err := d.Busy(background, room, calendar.Span{From: from, To: from.AddDate(0, 0, 7)}); err != nil || len(ps) != 35 {
		b.Fatalf("%d periods, %v", len(ps), err)
	}
}

// BenchmarkBook holds, confirms and frees a slot.
func BenchmarkBook(b *testing.B) {
	for _, n := range []int{100, 20_000} {
		d := filled(b, n)
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			for b.Loop() {
				must(b, book(d, calendartest.Event("new", "22:00", "23:00")))
				must(b, remove(d, "new"))
			}
		})
	}
}

// BenchmarkMemoryBook is what the protocol costs without a disk.
func BenchmarkMemoryBook(b *testing.B) {
	m := calendar.NewMemory(calendar.Options{})
	calendartest.Fill(b, m, room, 100)
	for b.Loop() {
		h, err := m.Hold(background, claim("new", 12))
		must(b, err)
		must(b, h.Confirm(background))
		_, _, v, err := m.Find(background, room, "new")
		must(b, err)
		must(b, m.Delete(background, room, "new", v))
	}
}
