package resource

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// How other times are looked for.
const (
	searchAhead = 14 * 24 * time.Hour // behind the time that was asked for
	maxTries    = 200
	grid        = 15 * time.Minute // people do not meet at 10:07
)

// slots are times at which a declined event could be booked: as long as it, within the rules, soon after it. Each has
// been judged like the request that would ask for it. There are none for series, and none where another time would
// not help.
func (b *booking) slots(ctx context.Context, v verdict) ([]itip.Instance, error) {
	want := b.room.rules.Alternatives
	if want == 0 || v.step != stepDecline || v.series || len(v.instances) == 0 || !timely(v) {
		return nil, nil
	}
	i := v.instances[0]
	from, gap := latest(i.Start, v.at), b.room.rules.gap()
	until := from.Add(searchAhead)
	around := calendar.Span{From: from.Add(-gap), To: until.Add(i.End.Sub(i.Start) + gap)}
	busy, _, err := b.calendars.Busy(ctx, b.room.Calendar, around)
	if err != nil {
		return nil, fmt.Errorf("read calendar %s: %w", b.room.Calendar, err)
	}
	busy = b.withPlanned(busy)
	var found []itip.Instance
	for _, at := range b.starts(v, i, from, until, busy) {
		if len(found) == want {
			break
		}
		if s, ok := b.bookable(v, i, at, busy); ok && !slices.ContainsFunc(found, func(f itip.Instance) bool { return overlap(f, s) }) {
			found = append(found, s)
		}
	}
	return found, nil
}

// timely tells whether it is the time that was in the way, and nothing else.
func timely(v verdict) bool {
	for _, r := range v.refused {
		if r.rule != "work_hours_only" {
			return false
		}
	}
	return v.organizer.book && (len(v.clashes) > 0 || len(v.refused) > 0) && (v.organizer.policy == accept || v.organizer.policy == acceptAndNotify)
}

// starts are the moments worth a try, in order: the same time on the following days, when bookings end, and when
// working hours begin. Whole days begin at midnight only.
func (b *booking) starts(v verdict, i itip.Instance, from, until time.Time, busy []calendar.Period) (all []time.Time) {
	all = b.daysLater(v, i, until)
	zone := v.zone
	if !i.AllDay {
		for _, p := range busy {
			all = append(all, roundUp(p.To.Add(b.room.rules.gap())))
		}
		for day := 0; b.room.rules.WorkHoursOnly && day <= int(searchAhead/(24*time.Hour)); day++ {
			if opens, _ := b.room.rules.opens(from.AddDate(0, 0, day), b.room.rules.location(zone)); !opens.IsZero() {
				all = append(all, opens)
			}
		}
	}
	all = slices.DeleteFunc(all, func(t time.Time) bool { return t.Before(from) || t.After(until) })
	slices.SortFunc(all, time.Time.Compare)
	all = slices.CompactFunc(all, time.Time.Equal)
	return all[:min(len(all), maxTries)]
}

// daysLater are the same time on the following days, on the clocks of the event.
func (b *booking) daysLater(v verdict, i itip.Instance, until time.Time) (all []time.Time) {
	start, _ := i.Component.Prop("DTSTART")
	zone, err := v.object.Zones(v.zone).Find(start.Param("TZID"))
	if err != nil {
		return nil
	}
	for day := 1; ; day++ {
		at, exists := zone.Instant(zone.In(i.Start).AddDate(0, 0, day))
		if at.After(until) {
			return all
		}
		if exists {
			all = append(all, at)
		}
	}
}

func roundUp(t time.Time) time.Time {
	if down := t.Truncate(grid); down.Before(t) {
		return down.Add(grid)
	}
	return t
}

// bookable judges the event at another time, written as it would be asked for then.
func (b *booking) bookable(v verdict, i itip.Instance, at time.Time, busy []calendar.Period) (itip.Instance, bool) {
	length := i.End.Sub(i.Start)
	o, ok := shifted(v.object, at, length, v.zone)
	if !ok {
		return itip.Instance{}, false
	}
	w := v.wish
	w.object = o
	var err error
	if w.instances, err = o.Readings(v.at, at.Add(searchAhead), v.zone); err != nil || len(w.instances) == 0 {
		return itip.Instance{}, false
	}
	if c := o.Scheduled()[0]; v.people != nil {
		w.people = map[*itip.Component]int{c: v.people[i.Component]}
	}
	s := w.instances[0]
	if !s.Start.Equal(at) || s.End.Sub(s.Start) != length {
		return itip.Instance{}, false // the clocks are changed then
	}
	return s, judge(w, b.room.rules, busy).step == stepAccept
}

// shifted is a single event at another time, as whoever takes it would write it: in its own zones.
func shifted(o *itip.Object, at time.Time, length time.Duration, local *time.Location) (*itip.Object, bool) {
	o = o.Clone()
	cs, zones := o.Scheduled(), o.Zones(local)
	if len(cs) != 1 {
		return nil, false
	}
	for name, t := range map[string]time.Time{"DTSTART": at, "DTEND": at.Add(length)} {
		p, ok := cs[0].Prop(name)
		if !ok {
			continue
		}
		zone, err := zones.Find(p.Param("TZID"))
		if err != nil {
			return nil, false
		}
		switch {
		case len(p.Value) == len("20060102"):
			p.Value = t.In(local).Format("20060102")
		case strings.HasSuffix(p.Value, "Z"):
			p.Value = t.UTC().Format("20060102T150405Z")
		default:
			p.Value = zone.In(t).Format("20060102T150405")
		}
		cs[0].Set(p)
	}
	return o, true
}

func overlap(a, b itip.Instance) bool { return a.Start.Before(b.End) && b.Start.Before(a.End) }
