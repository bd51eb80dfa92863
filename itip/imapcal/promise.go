package imapcal

import (
	"slices"
	"sync"
	"time"

	"usher/itip/calendar"
)

// promise is a claim that a process that books alone keeps in memory and nowhere else.
type promise struct {
	number uint64 // the lower one goes first
	key    string // of the Put; a retry finds it by that
	object string // the UID of what is to be stored
	claim  calendar.Claim
	owner  *single   // who may confirm it: whoever asked last
	heard  time.Time // when it was asked for last
}

// promises are those of one process, by calendar. A calendar's are changed by whoever has its turn.
type promises struct {
	mu   sync.Mutex
	last uint64
	them map[string][]*promise // in order
}

// of gives a calendar's promises, without those of owners that went silent for longer than life.
func (ps *promises) of(cal string, now time.Time, life time.Duration) []*promise {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.keep(cal, func(p *promise) bool { return now.Sub(p.heard) <= life })
	return slices.Clone(ps.them[cal])
}

// add gives a promise the last place.
func (ps *promises) add(cal string, p *promise) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.them == nil {
		ps.them = map[string][]*promise{}
	}
	ps.last++
	p.number = ps.last
	ps.them[cal] = append(ps.them[cal], p)
}

// end forgets what an owner was promised, and what earlier attempts with his key were.
func (ps *promises) end(cal string, owner *single, key string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.keep(cal, func(p *promise) bool { return p.owner != owner && (key == "" || p.key != key) })
}

// keep drops the others. The lock is held.
func (ps *promises) keep(cal string, wanted func(*promise) bool) {
	left := slices.DeleteFunc(ps.them[cal], func(p *promise) bool { return !wanted(p) })
	if len(left) == 0 {
		delete(ps.them, cal)
		return
	}
	ps.them[cal] = left
}
