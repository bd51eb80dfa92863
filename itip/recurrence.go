package itip

import (
	"fmt"
	"math"
)

// recurrence is what one component says about when it takes place.
type recurrence struct {
	zones  *Zones
	start  moment
	length length // what lasts exactly is in seconds, also when it is longer than a day (S5545-31)
	rules  []*series
	dates  []extra        // RDATE
	exAt   map[int64]bool // EXDATE, by key
	exDay  map[int64]bool // EXDATE that is a date where the series has times, or the reverse
}

// extra is one RDATE.
type extra struct {
	moment
	length *length // its own, of a PERIOD
}

// recurrenceOf reads the times of a component. Without DTSTART (a task may have none) ok is false.
func (z *Zones) recurrenceOf(c *Component, steps *int) (r *recurrence, ok bool, err error) {
	r = &recurrence{zones: z}
	if r.start, r.length, ok, err = z.span(c); !ok || err != nil {
		return nil, false, err
	}
	for _, p := range c.All("RRULE") {
		rule, err := parseRule(p.Value)
		if err != nil {
			return nil, false, fmt.Errorf("%w: RRULE: %w", ErrSyntax, err)
		}
		s, err := newSeries(rule, r.start.when, r.start.zone, steps)
		if err != nil {
			return nil, false, err
		}
		s.gaps = z.gaps
		r.rules = append(r.rules, s)
	}
	if err := z.addDates(r, c, steps); err != nil {
		return nil, false, err
	}
	return r, true, nil
}

func (z *Zones) addDates(r *recurrence, c *Component, steps *int) error {
	r.exAt, r.exDay = map[int64]bool{}, map[int64]bool{}
	for _, p := range c.Props {
		if p.Name != "RDATE" && p.Name != "EXDATE" {
			continue
		}
		dates, err := p.dates()
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrSyntax, p.Name, err)
		}
		if *steps -= 20 * len(dates); *steps < 0 {
			return fmt.Errorf("%w: too many dates", ErrTooMany)
		}
		for _, d := range dates {
			if err := z.addDate(r, p.Name, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (z *Zones) addDate(r *recurrence, name string, d date) error {
	if d.date != r.start.date { // a date that leaves the time to the series, or a time on a series of days
		if name == "EXDATE" {
			r.exDay[floor(d.wall, day)] = true
			return nil
		}
		d.when = r.start.on(floor(d.wall, day))
	}
	m, err := z.moment(d.when)
	if err != nil {
		return err
	}
	if name == "EXDATE" {
		r.exAt[r.key(occurrence{m.wall, m.at})] = true
		return nil
	}
	own, err := z.periodLength(d, m)
	r.dates = append(r.dates, extra{m, own})
	return err
}

// on is the same time of day on another day.
func (w when) on(days int64) when {
	w.wall = days*day + mod(w.wall, day)
	return w
}

func (z *Zones) periodLength(d date, m moment) (*length, error) {
	if !d.period {
		return nil, nil
	}
	if !d.ends {
		return &d.length, nil
	}
	end, err := z.moment(d.end)
	if err != nil {
		return nil, err
	}
	l := m.until(end, z.gaps)
	return &l, nil
}

// span is where a component begins and how long it takes (RFC 5545 3.6.1, 3.6.2).
func (z *Zones) span(c *Component) (start moment, l length, ok bool, err error) {
	p, ok := c.Prop("DTSTART")
	if !ok {
		p, ok = c.Prop("DUE")
	}
	if !ok {
		return start, l, false, nil
	}
	w, err := p.when()
	if err != nil {
		return start, l, false, fmt.Errorf("%w: %s: %w", ErrSyntax, p.Name, err)
	}
	if start, err = z.moment(w); err != nil {
		return start, l, false, err
	}
	l, err = z.length(c, start)
	return start, l, true, err
}

func (z *Zones) length(c *Component, start moment) (length, error) {
	if c.Name == Journal {
		return length{}, nil
	}
	end, ok := c.Prop("DTEND")
	if !ok {
		end, ok = c.Prop("DUE")
	}
	if ok {
		return z.lengthTo(end, start)
	}
	if p, ok := c.Prop("DURATION"); ok {
		l, err := parseLength(p.Value)
		if err != nil {
			return l, fmt.Errorf("%w: DURATION: %w", ErrSyntax, err)
		}
		if start.date { // S5545-18: days are all that a date can last
			l = length{days: max(1, l.days+(l.seconds+day-1)/day)}
		}
		return l, nil
	}
	if start.date && c.Name == Event {
		return length{days: 1}, nil // S5545-17
	}
	return length{}, nil
}

// lengthTo is the time up to DTEND. An end of the other type is read as that day's beginning or, for all-day
// events, as the day it is in; an event of days never takes less than one.
func (z *Zones) lengthTo(p Prop, start moment) (length, error) {
	w, err := p.when()
	if err != nil {
		return length{}, fmt.Errorf("%w: %s: %w", ErrSyntax, p.Name, err)
	}
	if start.date {
		days := floor(w.wall+day-1, day) - floor(start.wall, day)
		if p.Name == "DUE" {
			return length{days: max(0, days)}, nil
		}
		return length{days: max(1, days)}, nil
	}
	if w.date {
		w.utc, w.tzid = start.utc, start.tzid
	}
	end, err := z.moment(w)
	if err != nil {
		return length{}, err
	}
	return start.until(end, z.gaps), nil
}

// end is where an instance that starts at wall, at ends. Days are counted on the clock as the start is written, also
// where the clocks skip that time.
func (r *recurrence) end(o occurrence, l length) int64 {
	at := o.at
	if l.days != 0 {
		at, _ = r.start.zone.instant(o.wall + l.days*day)
	}
	return at + l.seconds
}

// reach is more than an instance of this length can take.
func (l length) reach() int64 { return l.days*day + l.seconds + 2*margin }

// repeats tells whether there can be more than one instance.
func (r *recurrence) repeats() bool { return len(r.rules)+len(r.dates) > 0 }

// key tells starts apart: those of days by their date, as a zone may skip a whole day and two dates then begin at one
// instant; others by the instant (S5545-25).
func (r *recurrence) key(o occurrence) int64 {
	if r.start.date {
		return o.wall
	}
	return o.at
}

// occurrence is a moment on the clock of the series.
func (r *recurrence) occurrence(m moment) occurrence {
	return occurrence{r.start.zone.show(occurrence{m.wall, m.at}, m.zone), m.at}
}

// excluded tells whether an EXDATE takes this start away (S5545-28).
func (r *recurrence) excluded(o occurrence) bool {
	return r.exAt[r.key(o)] || len(r.exDay) > 0 && r.exDay[floor(o.wall, day)]
}

// each calls yield for all starts from instant from to instant to, EXDATEs taken away, each once; the order is
// that of the rules. Others may be among them. yield says false to stop.
func (r *recurrence) each(from, to int64, yield func(o occurrence, l length) bool) error {
	seen, several, more := map[occurrence]bool{}, r.mayRepeat(), true
	last := occurrence{at: math.MinInt64}
	once := func(o occurrence, l length) bool {
		k := o
		if !r.zones.gaps { // with both readings, one start that is skipped and one that is not may end apart
			k = occurrence{at: r.key(o)}
		}
		if k == last || seen[k] {
			return true
		}
		if last = k; several {
			seen[k] = true
		}
		more = r.excluded(o) || yield(o, l)
		return more
	}
	// A PERIOD comes first, as the length it brings counts where DTSTART or a rule gives the same start
	// (RFC 5545 3.8.5.2); of two PERIODs with one start it is the first.
	if r.eachDate(true, once); !more {
		return nil
	}
	if len(r.rules) == 0 && !once(occurrence{r.start.wall, r.start.at}, r.length) {
		return nil
	}
	for _, s := range r.rules {
		err := s.each(clamp(from)-2*margin, clamp(to)+2*margin, func(o occurrence) bool { return once(o, r.length) })
		if err != nil || !more {
			return err
		}
	}
	r.eachDate(false, once)
	return nil
}

// mayRepeat tells whether one start may be given twice: by DTSTART, rules and RDATEs, or by one rule with a DTSTART
// that is skipped, as what it falls on may come as well. (Where a zone skips a day, two starts of one rule are one too, but
// then they follow each other.)
func (r *recurrence) mayRepeat() bool {
	return max(1, len(r.rules))+len(r.dates) > 1 || r.start.zone.wall(r.start.at) != r.start.wall
}

// eachDate gives the RDATEs that are periods, or those that are not.
func (r *recurrence) eachDate(periods bool, yield func(o occurrence, l length) bool) {
	for _, d := range r.dates {
		if (d.length != nil) != periods {
			continue
		}
		l := r.length
		if periods {
			l = *d.length
		}
		if !yield(r.occurrence(d.moment), l) {
			return
		}
	}
}

// clamp keeps arithmetic on instants inside of what dates can be.
func clamp(at int64) int64 { return min(max(at, math.MinInt64/4), math.MaxInt64/4) }

// find gives the start of the series that a RECURRENCE-ID means, excluded or not.
func (r *recurrence) find(id moment) (o occurrence, ok bool, err error) {
	all := *r
	all.exAt, all.exDay = nil, nil
	err = all.each(id.at-2*day, id.at+2*day, func(p occurrence, _ length) bool {
		if r.means(id, p) {
			o, ok = p, true
		}
		return !ok
	})
	return o, ok, err
}

// after tells whether the series has an instance at an instant or later.
func (r *recurrence) after(at int64) (found bool, err error) {
	err = r.each(at, math.MaxInt64, func(o occurrence, _ length) bool {
		found = o.at >= at
		return !found
	})
	return found, err
}
