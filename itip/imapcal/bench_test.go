package imapcal

import (
	"fmt"
	"testing"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

// sizes of calendars. Real servers are asked with -bench '/dovecot' and the like.
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

func everyServer(b *testing.B, f func(b *testing.B, server *imaptest.Server, c Config, n int)) {
	for _, name := range []string{"memory", "dovecot", "cyrus"} {
		b.Run(name, func(b *testing.B) {
			server := servers[name](b)
			for _, format := range []Format{ICal, Kolab} {
				for _, n := range sizes {
					b.Run(fmt.Sprintf("%s/%d", format, n), func(b *testing.B) {
						c := configOf(b, server)
						c.Format = format
						f(b, server, c, n)
					})
				}
			}
		})
	}
}

// BenchmarkBusy is a warm look at a day.
func BenchmarkBusy(b *testing.B) {
	everyServer(b, func(b *testing.B, server *imaptest.Server, c Config, n int) {
		s, cal := open(b, c, Options{}), filled(b, server, c, n)
		look(b, s, cal)
		for b.Loop() {
			look(b, s, cal)
		}
	})
}

func look(b *testing.B, s *Store, cal string) {
	if _, _, err := s.Busy(b.Context(), cal, calendartest.At("00:00"), calendartest.At("24:00")); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBook is a booking and its deletion.
func BenchmarkBook(b *testing.B) {
	everyServer(b, func(b *testing.B, server *imaptest.Server, c Config, n int) {
		s, cal := open(b, c, Options{}), filled(b, server, c, n)
		look(b, s, cal)
		for i := 0; b.Loop(); i++ {
			p := claim(cal, fmt.Sprintf("b%d", i), "03:00", "04:00")
			if err := book(b.Context(), s, p); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			var v calendar.Version
			_, _, v, err := s.Find(b.Context(), cal, p.UID)
			if err == nil {
				err = s.Delete(b.Context(), cal, p.UID, v)
			}
			if err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// BenchmarkCold reads a calendar from nothing.
func BenchmarkCold(b *testing.B) {
	everyServer(b, func(b *testing.B, server *imaptest.Server, c Config, n int) {
		cal := filled(b, server, c, n)
		for b.Loop() {
			s := open(b, c, Options{})
			look(b, s, cal)
			s.Close()
		}
	})
}
