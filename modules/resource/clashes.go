package resource

import (
	"slices"
	"sort"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// maxClashes bounds how many pairs of an instance and a booking are looked at.
const maxClashes = 10_000

// gap is what has to lie between two bookings: the time after the one and that before the other, as one cannot be
// cleaned while the other is prepared. It is kept on both sides, so that it makes no difference which comes first.
func (r Rules) gap() time.Duration { return r.BufferBefore + r.BufferAfter }

// claim is the bookable time that instances take.
func (r Rules) claim(is []itip.Instance) *calendar.Claim {
	c := &calendar.Claim{Parallel: max(r.Parallel, 1)}
	for _, i := range is {
		c.Periods = append(c.Periods, r.span(i))
	}
	return c
}

// span is what has to be free for an instance; nothing for one without length.
func (r Rules) span(i itip.Instance) calendar.Span {
	if !i.Start.Before(i.End) {
		return calendar.Span{From: i.Start, To: i.Start}
	}
	return calendar.Span{From: i.Start.Add(-r.gap()), To: i.End.Add(r.gap())}
}

// clashes are the instances that cannot be had, each with the bookings in its way, in the order of instances and
// then of bookings. Both lists are ordered by start.
func clashes(wanted []itip.Instance, uid string, r Rules, busy []calendar.Period) []clash {
	over := calendar.Overbooked(*r.claim(wanted), uid, busy)
	if len(over) == 0 {
		return nil
	}
	near := nearby(busy)
	var found []clash
	for _, i := range wanted {
		for _, s := range shared(over, r.span(i)) {
			for _, p := range near.touching(s) {
				c := clash{i, p}
				if p.UID != uid && !slices.Contains(found[max(0, len(found)-50):], c) && len(found) < maxClashes {
					found = append(found, c)
				}
			}
		}
	}
	return found
}

// shared are the parts of spans, which are in order and apart, that lie in another.
func shared(spans []calendar.Span, in calendar.Span) (parts []calendar.Span) {
	first := sort.Search(len(spans), func(n int) bool { return spans[n].To.After(in.From) })
	for _, s := range spans[first:] {
		if !s.From.Before(in.To) || !in.From.Before(in.To) {
			break
		}
		parts = append(parts, calendar.Span{From: latest(s.From, in.From), To: earliest(s.To, in.To)})
	}
	return parts
}

// byStart is busy time that can be asked what touches a span without going through all of it.
type byStart struct {
	busy []calendar.Period
	ends []time.Time // the latest end up to each
}

func nearby(busy []calendar.Period) byStart {
	b := byStart{busy, make([]time.Time, len(busy))}
	for n, p := range busy {
		if b.ends[n] = p.To; n > 0 && b.ends[n-1].After(p.To) {
			b.ends[n] = b.ends[n-1]
		}
	}
	return b
}

// touching are the periods that share time with a span.
func (b byStart) touching(s calendar.Span) (ps []calendar.Period) {
	n := sort.Search(len(b.busy), func(n int) bool { return !b.busy[n].From.Before(s.To) })
	for n--; n >= 0 && b.ends[n].After(s.From); n-- {
		if b.busy[n].Overlaps(s.From, s.To) {
			ps = append(ps, b.busy[n])
		}
	}
	slices.Reverse(ps)
	return ps
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
