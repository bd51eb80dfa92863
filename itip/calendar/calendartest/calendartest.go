// Package calendartest holds what every calendar.Store has to do, as tests that any store can be given to.
//
// It knows the contract in package calendar and nothing about how a store keeps its calendars.
package calendartest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// Site is a set of calendars and the hosts that see it.
type Site struct {
	// Host gives the store as one more host sees it. All hosts see the same calendars.
	Host func() calendar.Store
	// Advance moves the clock by which holds age, at all hosts. Without it those tests are skipped, loudly.
	Advance func(time.Duration)
	// Calendars are two calendars that are there and empty. Without them the suite uses names of its own, and
	// the store has to make the calendars when they are first written to.
	Calendars []string
	// HoldLife and ConfirmWithin are how the store was set; 0 is as in package calendar.
	HoldLife, ConfirmWithin time.Duration
}

// Run tests a store. open makes a new site, empty of objects, each time it is called.
func Run(t *testing.T, open func(t *testing.T) Site) {
	for _, group := range [][]test{objects, busyTimes, index, claims, ages, races} {
		for _, tt := range group {
			t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) { tt.run(begin(t, open(t))) })
		}
	}
}

// test is one thing a store has to do.
type test struct {
	name string
	run  func(*room)
}

// patience is how long a hold is given before we believe that it waits. If a slow machine makes us believe it
// too early, the tests still end as they should.
const patience = 300 * time.Millisecond

// room is a calendar under test.
type room struct {
	*testing.T
	site       Site
	store      calendar.Store
	cal, other string
	ctx        context.Context
}

func begin(t *testing.T, s Site) *room {
	if s.Calendars == nil {
		s.Calendars = []string{"shared/Resources/Blue@example.org", "jane@example.org"}
	}
	if s.HoldLife == 0 {
		s.HoldLife = calendar.HoldLife
	}
	if s.ConfirmWithin == 0 {
		s.ConfirmWithin = calendar.ConfirmWithin
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // so that a store that waits for ever is told from a slow one
	t.Cleanup(cancel)
	return &room{T: t, site: s, store: s.Host(), cal: s.Calendars[0], other: s.Calendars[1], ctx: ctx}
}

// elsewhere gives the room as another host sees it.
func (r *room) elsewhere() *room {
	o := *r
	o.store = r.site.Host()
	return &o
}

// must ends the test on an error.
func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// stale wants an ErrStale.
func (r *room) stale(what string, err error) {
	r.Helper()
	if !errors.Is(err, calendar.ErrStale) {
		r.Fatalf("%s: %v; want ErrStale", what, err)
	}
}

// put stores an object in the place of whatever is there.
func (r *room) put(o *itip.Object) calendar.Version {
	r.Helper()
	_, _, base := r.find(o.UID())
	r.must(r.store.Put(r.ctx, calendar.Put{Calendar: r.cal, UID: o.UID(), Object: o, Base: base}))
	_, _, v := r.find(o.UID())
	return v
}

func (r *room) find(uid string) (*itip.Object, bool, calendar.Version) {
	r.Helper()
	o, ok, v, err := r.store.Find(r.ctx, r.cal, uid)
	r.must(err)
	if ok == (v == "") || ok == (o == nil) {
		r.Fatalf("Find(%q) = %v, %v, version %q: they contradict each other", uid, o, ok, v)
	}
	return o, ok, v
}

// summary is what is stored under a UID; "-" is nothing.
func (r *room) summary(uid string) string {
	r.Helper()
	o, ok, _ := r.find(uid)
	if !ok {
		return "-"
	}
	return o.Master().Text("SUMMARY")
}

// busy wants exactly these periods of a window, each as "09:00-10:00 uid".
func (r *room) busy(from, to string, want ...string) {
	r.Helper()
	ps, _, err := r.store.Busy(r.ctx, r.cal, Between(from, to))
	r.must(err)
	var got []string
	for _, p := range ps {
		got = append(got, fmt.Sprintf("%s-%s %s", clock(p.From), clock(p.To), p.UID))
	}
	if !slices.Equal(got, want) {
		r.Fatalf("busy from %s to %s: %q; want %q", from, to, got, want)
	}
}

// booked wants exactly these periods of the whole day.
func (r *room) booked(want ...string) {
	r.Helper()
	r.busy("00:00", "24:00", want...)
}

// claim is a Put that claims the time of its event, which begins and ends on the day of the suite.
func (r *room) claim(uid, from, to string, parallel int) calendar.Put {
	return calendar.Put{
		Calendar: r.cal, UID: uid, Object: Event(uid, from, to), Key: "request for " + uid,
		Claim: &calendar.Claim{Periods: []calendar.Span{Between(from, to)}, Parallel: parallel},
	}
}

// hold takes a hold that is to be had.
func (r *room) hold(p calendar.Put) calendar.Hold {
	r.Helper()
	h, err := r.store.Hold(r.ctx, p)
	if err != nil {
		r.Fatalf("hold for %s: %v", p.UID, err)
	}
	return h
}

// book holds and confirms.
func (r *room) book(p calendar.Put) {
	r.Helper()
	r.must(r.hold(p).Confirm(r.ctx))
}

// outcome is what came of a Hold in the background.
type outcome struct {
	calendar.Hold
	err error
}

// holding takes a hold in the background, as another host.
func (r *room) holding(p calendar.Put) <-chan outcome {
	done := make(chan outcome, 1)
	store := r.site.Host()
	go func() {
		h, err := store.Hold(r.ctx, p)
		done <- outcome{h, err}
	}()
	return done
}

// queued returns when somebody holds this time: until then a probe gets it.
func (r *room) queued(from, to string) {
	r.Helper()
	for range 2000 {
		ctx, cancel := context.WithTimeout(r.ctx, patience)
		h, err := r.store.Hold(ctx, r.claim("probe", from, to, 1))
		cancel()
		if err != nil {
			return
		}
		r.must(h.Withdraw(r.ctx))
		time.Sleep(time.Millisecond)
	}
	r.Fatalf("nobody is seen to hold the time from %s to %s", from, to)
}
