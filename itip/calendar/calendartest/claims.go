package calendartest

import (
	"context"
	"errors"

	"usher/itip/calendar"
)

// claims is how claims meet.
var claims = []test{
	{"a free room can be booked", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.booked()
		r.must(h.Confirm(r.ctx))
		r.elsewhere().booked("09:00-10:00 a")
	}},
	{"confirming twice is confirming once", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.must(h.Confirm(r.ctx))
		r.must(h.Confirm(r.ctx))
		r.booked("09:00-10:00 a")
	}},
	{"a booked room is refused, and nothing is left behind", func(r *room) {
		r.book(r.claim("a", "09:00", "10:00", 1))
		b := r.claim("b", "09:30", "10:30", 1)
		_, err := r.elsewhere().store.Hold(r.ctx, b)
		r.stale("hold", err)
		r.booked("09:00-10:00 a")
		r.book(r.claim("c", "10:00", "10:30", 1))
	}},
	{"neighbours do not clash", func(r *room) {
		r.book(r.claim("b", "10:00", "11:00", 1))
		a, c := r.hold(r.claim("a", "09:00", "10:00", 1)), r.hold(r.claim("c", "11:00", "12:00", 1))
		r.must(c.Confirm(r.ctx))
		r.must(a.Confirm(r.ctx))
		r.booked("09:00-10:00 a", "10:00-11:00 b", "11:00-12:00 c")
	}},
	{"tentative bookings refuse, transparent ones do not", func(r *room) {
		r.put(Event("a", "09:00", "10:00", "STATUS:TENTATIVE"))
		r.put(Event("b", "11:00", "12:00", "TRANSP:TRANSPARENT"))
		_, err := r.store.Hold(r.ctx, r.claim("c", "09:00", "10:00", 1))
		r.stale("hold", err)
		r.book(r.claim("d", "11:00", "12:00", 1))
	}},
	{"a series is refused for one clash", func(r *room) {
		r.put(Event("a", "7 09:30", "7 10:00"))
		p := r.claim("b", "09:00", "10:00", 1)
		p.Object = Event("b", "09:00", "10:00", "RRULE:FREQ=WEEKLY;COUNT=3")
		for _, from := range []string{"7 09:00", "14 09:00"} {
			p.Claim.Periods = append(p.Claim.Periods, calendar.Span{From: At(from), To: At(from).Add(At("01:00").Sub(day))})
		}
		_, err := r.store.Hold(r.ctx, p)
		r.stale("hold", err)
		r.busy("00:00", "30 00:00", "7 09:30-7 10:00 a")
	}},
	{"a hold is waited for, not refused", func(r *room) {
		a := r.hold(r.claim("a", "09:00", "10:00", 1))
		ctx, cancel := context.WithTimeout(r.ctx, patience)
		defer cancel()
		_, err := r.elsewhere().store.Hold(ctx, r.claim("b", "09:30", "10:30", 1))
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, calendar.ErrStale) {
			r.Fatalf("hold: %v; want it to wait", err)
		}
		r.must(a.Withdraw(r.ctx))
		r.book(r.claim("c", "09:30", "10:30", 1)) // what gave up waiting left nothing behind
		r.booked("09:30-10:30 c")
	}},
	{"who waits loses when the hold is confirmed", func(r *room) {
		a := r.hold(r.claim("a", "09:00", "10:00", 1))
		b := r.holding(r.claim("b", "09:30", "10:30", 1))
		r.queued("10:00", "10:30")
		r.must(a.Confirm(r.ctx))
		r.stale("hold", (<-b).err)
		r.book(r.claim("c", "10:00", "10:30", 1))
		r.booked("09:00-10:00 a", "10:00-10:30 c")
	}},
	{"who waits wins when the hold is withdrawn", func(r *room) {
		a := r.hold(r.claim("a", "09:00", "10:00", 1))
		b := r.holding(r.claim("b", "09:30", "10:30", 1))
		r.queued("10:00", "10:30")
		r.must(a.Withdraw(r.ctx))
		got := <-b
		r.must(got.err)
		r.must(got.Confirm(r.ctx))
		r.booked("09:30-10:30 b")
	}},
	{"in a chain nobody is refused while there is room", func(r *room) {
		a := r.hold(r.claim("a", "09:00", "10:00", 1))
		b := r.holding(r.claim("b", "09:30", "10:30", 1))
		r.queued("10:00", "10:15")
		c := r.holding(r.claim("c", "10:15", "11:00", 1))
		r.queued("10:30", "11:00")
		r.must(a.Confirm(r.ctx))
		r.stale("hold", (<-b).err)
		got := <-c
		r.must(got.err)
		r.must(got.Confirm(r.ctx))
		r.booked("09:00-10:00 a", "10:15-11:00 c")
	}},
	{"a withdrawn hold leaves the calendar as it was", func(r *room) {
		v := r.put(Event("a", "09:00", "10:00"))
		p := r.claim("a", "11:00", "12:00", 1)
		p.Base = v
		r.must(r.hold(p).Withdraw(r.ctx))
		r.booked("09:00-10:00 a")
		if _, _, now := r.find("a"); now != v {
			r.Fatalf("version %q; want %q", now, v)
		}
		r.book(r.claim("b", "11:00", "12:00", 1))
	}},
	{"a withdrawn hold cannot be confirmed", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.must(h.Withdraw(r.ctx))
		r.stale("confirm", h.Confirm(r.ctx))
		r.booked()
	}},
	{"a booking does not clash with itself", func(r *room) {
		r.book(r.claim("a", "09:00", "10:00", 1))
		p := r.claim("a", "09:30", "10:30", 1)
		_, _, p.Base = r.find("a")
		h := r.hold(p)
		r.booked("09:00-10:00 a")
		r.must(h.Confirm(r.ctx))
		r.booked("09:30-10:30 a")
		r.book(r.claim("b", "09:00", "09:30", 1))
	}},
	{"a booking that moves takes both times until it is confirmed", func(r *room) {
		r.book(r.claim("a", "09:00", "10:00", 1))
		p := r.claim("a", "11:00", "12:00", 1)
		_, _, p.Base = r.find("a")
		h := r.hold(p)
		_, err := r.store.Hold(r.ctx, r.claim("b", "09:00", "10:00", 1))
		r.stale("hold", err)
		c := r.holding(r.claim("c", "11:00", "12:00", 1))
		r.must(h.Confirm(r.ctx))
		r.stale("hold", (<-c).err)
		r.book(r.claim("b", "09:00", "10:00", 1))
		r.booked("09:00-10:00 b", "11:00-12:00 a")
	}},
	{"a hold on what has changed is stale", func(r *room) {
		first := r.put(Event("a", "09:00", "10:00"))
		r.put(Event("a", "09:00", "11:00"))
		for _, base := range []calendar.Version{"", first, "unheard-of"} {
			p := r.claim("a", "14:00", "15:00", 1)
			p.Base = base
			_, err := r.store.Hold(r.ctx, p)
			r.stale("hold", err)
		}
		r.book(r.claim("b", "14:00", "15:00", 1))
		r.booked("09:00-11:00 a", "14:00-15:00 b")
	}},
	{"a hold whose object changed meanwhile cannot be confirmed", func(r *room) {
		p := r.claim("a", "09:00", "10:00", 1)
		h := r.hold(p)
		r.put(Event("a", "14:00", "15:00"))
		r.stale("confirm", h.Confirm(r.ctx))
		r.booked("14:00-15:00 a")
		r.book(r.claim("b", "09:00", "10:00", 1))
	}},
	{"of two updates of one object one wins", func(r *room) {
		r.book(r.claim("a", "09:00", "10:00", 1))
		_, _, base := r.find("a")
		first, second := r.claim("a", "11:00", "12:00", 1), r.claim("a", "14:00", "15:00", 1)
		first.Base, second.Base, second.Key = base, base, "another request"
		h := r.hold(first)
		late := r.holding(second)
		r.must(h.Confirm(r.ctx))
		got := <-late
		if got.err == nil {
			got.err = got.Confirm(r.ctx)
		}
		r.stale("second update", got.err)
		r.booked("11:00-12:00 a")
	}},
	{"as many as there is room for", func(r *room) {
		a, b := r.hold(r.claim("a", "09:00", "10:00", 3)), r.hold(r.claim("b", "09:00", "11:00", 3))
		r.must(b.Confirm(r.ctx))
		c := r.hold(r.claim("c", "08:00", "10:00", 3))
		r.must(c.Confirm(r.ctx))
		d := r.holding(r.claim("d", "09:30", "10:30", 3))
		r.must(a.Confirm(r.ctx))
		r.stale("fourth", (<-d).err)
		r.book(r.claim("e", "10:00", "12:00", 3))
		r.booked("08:00-10:00 c", "09:00-10:00 a", "09:00-11:00 b", "10:00-12:00 e")
	}},
	{"who claims nothing is never refused", func(r *room) {
		r.book(r.claim("a", "09:00", "10:00", 1))
		p := r.claim("b", "09:00", "10:00", 1)
		p.Claim = nil
		r.book(p)
		p = r.claim("c", "09:30", "09:30", 1) // an instant
		r.book(p)
		r.booked("09:00-10:00 a", "09:00-10:00 b")
	}},
	{"holds of two calendars do not meet", func(r *room) {
		a := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.cal = r.other
		r.book(r.claim("b", "09:00", "10:00", 1))
		r.must(a.Confirm(r.ctx))
	}},
	{"a retry resumes its hold, before those who wait", func(r *room) {
		p := r.claim("a", "09:00", "10:00", 1)
		lost := r.hold(p) // and its owner crashed
		b := r.holding(r.claim("b", "09:30", "10:30", 1))
		r.queued("10:00", "10:30")
		r.must(r.elsewhere().hold(p).Confirm(r.ctx))
		r.stale("hold", (<-b).err)
		if err := lost.Confirm(r.ctx); err != nil && !errors.Is(err, calendar.ErrStale) {
			r.Fatal(err)
		}
		r.booked("09:00-10:00 a")
		r.book(r.claim("c", "10:00", "10:30", 1))
	}},
	{"a retry that wants something else leaves the old hold behind for nobody", func(r *room) {
		p := r.claim("a", "09:00", "10:00", 1)
		r.hold(p) // and its owner crashed
		q := r.claim("a", "11:00", "12:00", 1)
		q.Key = p.Key
		r.elsewhere().book(q)
		r.book(r.claim("b", "09:00", "10:00", 1))
		r.booked("09:00-10:00 b", "11:00-12:00 a")
	}},
	{"a retry after the booking finds it", func(r *room) {
		p := r.claim("a", "09:00", "10:00", 1)
		r.book(p) // and its owner crashed before the answer
		_, _, p.Base = r.find("a")
		r.elsewhere().book(p)
		r.booked("09:00-10:00 a")
		r.book(r.claim("b", "10:00", "11:00", 1))
	}},
	{"a retry that is refused removes its hold", func(r *room) {
		p := r.claim("a", "09:00", "10:00", 1)
		r.hold(p) // and its owner crashed
		r.put(Event("x", "09:45", "10:00"))
		_, err := r.elsewhere().store.Hold(r.ctx, p)
		r.stale("hold", err)
		r.book(r.claim("b", "09:00", "09:45", 1))
	}},
}
