package imapcal

import (
	"fmt"
	"runtime"
	"testing"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

// sizes of calendars. One server alone is asked with -bench Store/memory, Store/dovecot or Store/cyrus.
var sizes = []int{100, 1000, 20000}

// filled gives a room with so many bookings of an hour.
func filled(b *testing.B, server *imaptest.Server, c Config, n int) string {
	b.Helper()
	cal := room(server)
	s := open(b, c, shortLife)
	cl := server.Client("")
	for name, text := range calendartest.Texts(n) {
		o := calendartest.Object(string(text[indexOf(text, "BEGIN:VEVENT"):indexOf(text, "END:VCALENDAR")]))
		mail, err := s.config.Format.write(letter{object: o})
		if err != nil {
			b.Fatal(name, err)
		}
		cmd := cl.Append(cal, int64(len(mail)), nil)
		_, _ = cmd.Write(mail)
		_ = cmd.Close()
		if _, err := cmd.Wait(); err != nil {
			b.Fatal(name, err)
		}
	}
	return cal
}

func indexOf(text []byte, sub string) int {
	for i := range text {
		if len(text)-i >= len(sub) && string(text[i:i+len(sub)]) == sub {
			return i
		}
	}
	return len(text)
}

// BenchmarkStore is what a look, a decision and a booking cost in calendars of different sizes: for each of them
//
//	list     what the server takes for the list of all messages, opening the folder included
//	look     a look at a day where nothing changed
//	decision the same after somebody else replaced an object
//	cold     the same from nothing
//	book     a hold and its confirmation
//	alone    the same for a process that books alone
func BenchmarkStore(b *testing.B) {
	for _, name := range []string{"memory", "dovecot", "cyrus"} {
		b.Run(name, func(b *testing.B) {
			server := servers[name](b)
			for _, format := range []Format{ICal, Kolab} {
				for _, n := range sizes {
					b.Run(fmt.Sprintf("%s/%d", format, n), func(b *testing.B) {
						c := configOf(b, server)
						c.Format = format
						measure(b, c, filled(b, server, c, n), n)
					})
				}
			}
		})
	}
}

func measure(b *testing.B, c Config, cal string, n int) {
	s, other := open(b, c, Options{}), open(b, c, Options{})
	look(b, s, cal)
	look(b, other, cal)
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			listed(b, s, cal)
		}
	})
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			look(b, s, cal)
		}
	})
	b.Run("decision", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			touch(b, other, cal, i)
			b.StartTimer()
			look(b, s, cal)
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			fresh := open(b, c, Options{})
			look(b, fresh, cal)
			fresh.Close()
		}
	})
	b.Run("book", func(b *testing.B) { booked(b, s, cal) })
	c.Writers = OneWriter
	b.Run("alone", func(b *testing.B) { booked(b, open(b, c, Options{}), cal) })
	b.Run("memory", func(b *testing.B) { remembered(b, c, cal, n) })
}

func look(b *testing.B, s *Store, cal string) {
	b.Helper()
	if _, _, err := s.Busy(b.Context(), cal, calendartest.Between("00:00", "24:00")); err != nil {
		b.Fatal(err)
	}
}

// listed asks for the list alone.
func listed(b *testing.B, s *Store, cal string) {
	b.Helper()
	_, mailbox, err := split(cal)
	if err != nil {
		b.Fatal(err)
	}
	err = s.asUser(b.Context(), "", func(conn *conn) error {
		if _, err := conn.open(b.Context(), s.config.Timeout, mailbox); err != nil {
			return err
		}
		_, err := conn.list(b.Context(), s.config.Timeout, maxMessages)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// touch replaces an object on the day that is looked at.
func touch(b *testing.B, s *Store, cal string, i int) {
	b.Helper()
	_, _, base, err := s.Find(b.Context(), cal, "touched")
	if err == nil {
		o := calendartest.Event("touched", "21:00", "22:00", fmt.Sprintf("SEQUENCE:%d", i))
		err = s.Put(b.Context(), calendar.Put{Calendar: cal, UID: "touched", Object: o, Base: base})
	}
	if err != nil {
		b.Fatal(err)
	}
}

func booked(b *testing.B, s *Store, cal string) {
	b.Helper()
	look(b, s, cal)
	for i := 0; b.Loop(); i++ {
		p := claim(cal, fmt.Sprintf("b%d", i), "03:00", "04:00")
		if err := book(b.Context(), s, p); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_, _, v, err := s.Find(b.Context(), cal, p.UID)
		if err == nil {
			err = s.Delete(b.Context(), cal, p.UID, v)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// remembered tells how many bytes an object takes in the index, parsed objects not counted.
func remembered(b *testing.B, c Config, cal string, n int) {
	b.Helper()
	c.Objects = 1
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := open(b, c, Options{})
	look(b, s, cal)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
	}
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(n), "B/object")
	runtime.KeepAlive(s)
}
