package calendartest

import (
	"time"
)

// ages is what time does to holds.
var ages = []test{
	{"a hold that is not confirmed in time cannot be confirmed", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.advance(r.site.ConfirmWithin + time.Second)
		r.stale("confirm", h.Confirm(r.ctx))
		r.booked()
		r.book(r.claim("b", "09:00", "10:00", 1))
	}},
	{"a hold can be confirmed for a while", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.advance(r.site.ConfirmWithin / 2)
		r.must(h.Confirm(r.ctx))
		r.booked("09:00-10:00 a")
	}},
	{"a hold is respected until its owner is given up", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.advance(r.site.HoldLife - r.site.HoldLife/10)
		b := r.holding(r.claim("b", "09:00", "10:00", 1))
		r.queuedOrDone(b)
		r.advance(r.site.HoldLife / 5)
		got := <-b
		r.must(got.err)
		r.must(got.Confirm(r.ctx))
		r.stale("confirm", h.Confirm(r.ctx))
		r.booked("09:00-10:00 b")
	}},
	{"an expired hold is in nobody's way", func(r *room) {
		h := r.hold(r.claim("a", "09:00", "10:00", 1))
		r.advance(r.site.HoldLife + time.Second)
		r.elsewhere().book(r.claim("b", "09:00", "10:00", 1))
		r.stale("confirm", h.Confirm(r.ctx))
		r.booked("09:00-10:00 b")
	}},
	{"a retry makes a hold young again", func(r *room) {
		p := r.claim("a", "09:00", "10:00", 1)
		r.hold(p) // and its owner crashed
		r.advance(r.site.HoldLife / 2)
		h := r.hold(p)
		r.advance(r.site.ConfirmWithin / 2)
		r.must(h.Confirm(r.ctx))
		r.booked("09:00-10:00 a")
	}},
}

// advance lets time pass.
func (r *room) advance(d time.Duration) {
	r.Helper()
	if r.site.Advance == nil {
		r.Skip("SKIPPED: this site has no clock that can be moved; what ages do to holds is not tested")
	}
	r.site.Advance(d)
}

// queuedOrDone gives a hold in the background time to come to where it waits, and ends the test if it does not wait.
func (r *room) queuedOrDone(h <-chan outcome) {
	r.Helper()
	select {
	case got := <-h:
		r.Fatalf("hold: %v; want it to wait", got.err)
	case <-time.After(patience):
	}
}
