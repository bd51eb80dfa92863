package calendartest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"usher/itip/calendar"
)

// How many hosts try how often at once.
const (
	racers   = 4
	attempts = 50
)

// races is what must hold when all come at once.
var races = []test{
	{"of all who want one slot one gets it", func(r *room) {
		if won := r.race(func(host, try int) calendar.Put { return r.claim(name(host, try), "09:00", "10:00", 1) }); won != 1 {
			r.Fatalf("%d were told that they have it", won)
		}
		r.bookings("09:00", "10:00", 1)
	}},
	{"of all who want one of three exactly three get it", func(r *room) {
		if won := r.race(func(host, try int) calendar.Put { return r.claim(name(host, try), "09:00", "10:00", 3) }); won != 3 {
			r.Fatalf("%d were told that they have it", won)
		}
		r.bookings("09:00", "10:00", 3)
	}},
	{"each slot goes to one", func(r *room) {
		const slots = 10
		won := r.race(func(host, try int) calendar.Put {
			at := fmt.Sprintf("%d 09:", try%slots)
			return r.claim(name(host, try), at+"00", at+"59", 1)
		})
		if won != slots {
			r.Fatalf("%d were told that they have it; want %d", won, slots)
		}
		for i := range slots {
			r.bookings(fmt.Sprintf("%d 09:00", i), fmt.Sprintf("%d 09:59", i), 1)
		}
	}},
	{"each half of what overlaps is booked at most once", func(r *room) {
		r.race(func(host, try int) calendar.Put {
			from := 30 * ((host + try) % 6)
			return r.claim(name(host, try), minutes(from), minutes(from+60), 1)
		})
		for m := 0; m < 210; m += 30 {
			ps, _, err := r.store.Busy(r.ctx, r.cal, Between(minutes(m), minutes(m+30)))
			r.must(err)
			if len(ps) > 1 {
				r.Fatalf("at %s: %v", minutes(m), ps)
			}
		}
	}},
}

func name(host, try int) string { return fmt.Sprintf("host%d-try%d", host, try) }

func minutes(m int) string { return fmt.Sprintf("%02d:%02d", 9+m/60, m%60) }

// race lets all hosts make their attempts at once and counts who confirmed. At first each of them thinks better
// of it now and then, so that holds come and go; the last attempts are all meant.
func (r *room) race(p func(host, try int) calendar.Put) int {
	var won atomic.Int32
	var wg sync.WaitGroup
	for host := range racers {
		store := r.site.Host()
		wg.Go(func() {
			for try := range attempts {
				ok, err := r.attempt(store, p(host, try), try < attempts/2 && (try+host)%4 != 0)
				if err != nil {
					r.Error(err)
					return
				}
				if ok {
					won.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(won.Load())
}

// attempt tells whether a claim was booked.
func (r *room) attempt(store calendar.Store, p calendar.Put, withdraw bool) (bool, error) {
	h, err := store.Hold(r.ctx, p)
	if errors.Is(err, calendar.ErrStale) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if withdraw {
		return false, h.Withdraw(r.ctx)
	}
	err = h.Confirm(r.ctx)
	if errors.Is(err, calendar.ErrStale) {
		return false, nil
	}
	return err == nil, err
}

// bookings wants so many bookings in a window.
func (r *room) bookings(from, to string, want int) {
	r.Helper()
	ps, _, err := r.elsewhere().store.Busy(r.ctx, r.cal, Between(from, to))
	r.must(err)
	if len(ps) != want {
		r.Fatalf("%d bookings from %s to %s; want %d", len(ps), from, to, want)
	}
}
