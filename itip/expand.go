package itip

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Rules are expanded on the wall clock of the series and only then turned into instants, so that no change to
// or from summer time is met half-way. The work is bounded: a window is entered by arithmetic, not by counting
// up to it (except for COUNT), and every step is charged to a budget.

// series is one rule of one component, with what DTSTART fills in.
type series struct {
	rule
	source  *rule // as it is written
	dtstart when
	start   int64 // DTSTART on the wall clock
	zone    *Zone
	until   int64 // last instant, or last wall clock for untilWall
	steps   *int  // what is left of the budget

	untilWall bool

	clocked bool    // the rule itself says the time of day: times that do not exist are left out (RFC 5545 3.3.10)
	gaps    bool    // those times are given all the same, but do not count (D-11)
	clocks  []int64 // seconds of the day of all instances, for FREQ of a day and longer
	buf     []int64
}

// newSeries fills in what the rule leaves to DTSTART.
func newSeries(r *rule, start when, zone *Zone, steps *int) (*series, error) {
	s := &series{rule: *r, source: r, dtstart: start, start: start.wall, zone: zone, steps: steps}
	if start.date {
		if s.freq > daily {
			return nil, fmt.Errorf("%w: FREQ=%s on a date", ErrSyntax, frequencies[s.freq])
		}
		s.byHour, s.byMinute, s.bySecond = nil, nil, nil // S5545-13
	}
	s.clocked = s.freq > daily || len(s.byHour)+len(s.byMinute)+len(s.bySecond) > 0
	s.fillDays()
	s.fillClock()
	s.setUntil(start.date)
	return s, s.charge(len(s.clocks))
}

func (s *series) fillDays() {
	_, m, d := civil(floor(s.start, day))
	byDate := len(s.byMonthDay)+len(s.byYearDay) > 0
	switch {
	case len(s.byDay) > 0 || byDate:
	case s.freq == weekly || s.freq == yearly && len(s.byWeekNo) > 0:
		s.byDay = []nthDay{{weekday: weekday(floor(s.start, day))}}
	case s.freq == monthly:
		s.byMonthDay = []int{d}
	case s.freq == yearly:
		s.byMonthDay = []int{d}
		if len(s.byMonth) == 0 {
			s.byMonth = []int{m}
		}
	}
	if s.freq > monthly { // numbers mean something in a month or year only
		s.byDay = slices.Clone(s.byDay)
		for i := range s.byDay {
			s.byDay[i].n = 0
		}
	}
}

func (s *series) fillClock() {
	clock := mod(s.start, day)
	if len(s.byHour) == 0 && s.freq < hourly {
		s.byHour = []int{int(clock / 3600)}
	}
	if len(s.byMinute) == 0 && s.freq < minutely {
		s.byMinute = []int{int(clock / 60 % 60)}
	}
	if len(s.bySecond) == 0 && s.freq < secondly {
		s.bySecond = []int{int(clock % 60)}
	}
	if s.freq > daily {
		return
	}
	for _, h := range s.byHour {
		for _, m := range s.byMinute {
			for _, sec := range s.bySecond {
				s.clocks = append(s.clocks, int64(h*3600+m*60+sec))
			}
		}
	}
}

// setUntil reads UNTIL as it is meant: UTC as an instant, local time on the clock of the series, and a date as
// that whole day, also where DTSTART has a time (S5545-13).
func (s *series) setUntil(date bool) {
	s.until = math.MaxInt64
	if s.rule.until == nil {
		return
	}
	s.until, s.untilWall = s.rule.until.wall, !s.rule.until.utc || date
	if s.rule.until.date || date {
		s.until = floor(s.until, day)*day + day - 1
	}
}

func (s *series) charge(n int) error {
	if *s.steps -= n; *s.steps < 0 {
		return fmt.Errorf("%w: the rule takes too long to follow", ErrTooMany)
	}
	return nil
}

// occurrence is a start on the wall clock and as an instant.
type occurrence struct{ wall, at int64 }

// each calls yield for DTSTART and every start the rule gives from wall clock from to to, in rising order, until
// yield says stop. Others may be given before from.
func (s *series) each(from, to int64, yield func(occurrence) bool) error {
	at, _ := s.zone.instant(s.start)
	if !yield(occurrence{s.start, at}) {
		return nil
	}
	left := s.count - 1 // DTSTART counts, also when the rule does not give it (S5545-30)
	if s.count > 0 {
		from = s.start
	}
	if s.count == 1 {
		return nil
	}
	err := s.walk(from, to, func(wall int64) bool {
		if wall <= s.start || wall < from {
			return true
		}
		if *s.steps -= s.conversion(); *s.steps < 0 {
			return false
		}
		at, exists := s.zone.instant(wall)
		if !exists && s.clocked && !s.gaps {
			return true
		}
		if s.untilWall && wall > s.until || !s.untilWall && at > s.until {
			return false
		}
		if !exists && s.clocked {
			return yield(occurrence{wall, at})
		}
		left--
		return yield(occurrence{wall, at}) && left != 0
	})
	if err == nil {
		err = s.charge(0)
	}
	return err
}

// conversion is what it costs to find an instant, in steps.
func (s *series) conversion() int {
	if s.zone.loc == time.UTC {
		return 1
	}
	return 8
}

// walk goes through the periods of the rule that touch from to to.
func (s *series) walk(from, to int64, yield func(wall int64) bool) error {
	from, to = max(from, s.start), min(to, daysOf(9999, 12, 31)*day)
	if s.freq > daily {
		return s.walkClock(from, to, yield)
	}
	for k := s.period(from); ; k += s.interval {
		days, first := s.days(k)
		if first*day > to {
			return nil
		}
		if err := s.charge(1 + len(days)*len(s.clocks)); err != nil {
			return err
		}
		if !s.times(days, s.clocks, yield) {
			return nil
		}
		if *s.steps <= 0 {
			return s.charge(1)
		}
	}
}

// period numbers the year, month, week or day of the rule that from is in, or one before it.
func (s *series) period(from int64) int64 {
	origin, at := s.unit(floor(s.start, day)), s.unit(floor(from, day))
	return origin + floor(at-origin, s.interval)*s.interval
}

func (s *series) unit(days int64) int64 {
	y, m, _ := civil(days)
	switch s.freq {
	case yearly:
		return int64(y)
	case monthly:
		return int64(y)*12 + int64(m-1)
	case weekly:
		return floor(days+3-int64(s.wkst), 7)
	}
	return days
}

// days are the days of period k on which the rule has instances, and the first day of the period.
func (s *series) days(k int64) (days []int64, first int64) {
	s.buf = s.buf[:0]
	switch s.freq {
	case yearly:
		if k > 9999 {
			return nil, math.MaxInt64 / day
		}
		for m := 1; m <= 12; m++ {
			s.month(int(k), m)
		}
		return s.buf, daysOf(int(k), 1, 1)
	case monthly:
		if k >= 10000*12 {
			return nil, math.MaxInt64 / day
		}
		y, m := int(k/12), int(k%12)+1
		s.month(y, m)
		return s.buf, daysOf(y, m, 1)
	case weekly:
		first = k*7 - 3 + int64(s.wkst)
		for d := first; d < first+7; d++ {
			s.addDay(d)
		}
		return s.buf, first
	}
	s.addDay(k)
	return s.buf, k
}

func (s *series) month(y, m int) {
	*s.steps--
	if len(s.byMonth) > 0 && !slices.Contains(s.byMonth, m) {
		return
	}
	first, yearDay := daysOf(y, m, 1), int(daysOf(y, m, 1)-daysOf(y, 1, 1))
	for d := 1; d <= monthLen(y, m); d++ {
		*s.steps--
		if s.matches(first+int64(d-1), y, m, d, yearDay+d) {
			s.buf = append(s.buf, first+int64(d-1))
		}
	}
}

func (s *series) addDay(days int64) {
	*s.steps--
	y, m, d := civil(days)
	if s.matches(days, y, m, d, int(days-daysOf(y, 1, 1))+1) {
		s.buf = append(s.buf, days)
	}
}

// matches applies the parts of the rule that choose days. All have to agree (RFC 5545 3.3.10, the table).
func (s *series) matches(days int64, y, m, d, yearDay int) bool {
	if len(s.byMonth) > 0 && !slices.Contains(s.byMonth, m) {
		return false
	}
	if len(s.byMonthDay) > 0 && !counted(s.byMonthDay, d, monthLen(y, m)) {
		return false
	}
	if len(s.byYearDay) > 0 && !counted(s.byYearDay, yearDay, yearLen(y)) {
		return false
	}
	if len(s.byDay) > 0 && !s.matchesDay(weekday(days), y, m, d, yearDay) {
		return false
	}
	if len(s.byWeekNo) > 0 {
		week, weeks := weekOf(days, s.wkst)
		return counted(s.byWeekNo, week, weeks)
	}
	return true
}

// counted tells whether n is in the list, counted from the front or from the end.
func counted(list []int, n, of int) bool {
	return slices.Contains(list, n) || slices.Contains(list, n-of-1)
}

func (s *series) matchesDay(wd, y, m, d, yearDay int) bool {
	n, of := d, monthLen(y, m)
	if s.freq == yearly && len(s.byMonth) == 0 {
		n, of = yearDay, yearLen(y)
	}
	for _, by := range s.byDay {
		if by.weekday == wd && (by.n == 0 || by.n == (n-1)/7+1 || by.n == -((of-n)/7+1)) {
			return true
		}
	}
	return false
}

// times gives the instances of one period, days by clocks, or those that BYSETPOS picks of them.
func (s *series) times(days, clocks []int64, yield func(wall int64) bool) bool {
	if len(s.bySetPos) == 0 {
		for _, d := range days {
			for _, c := range clocks {
				if !yield(d*day + c) {
					return false
				}
			}
		}
		return true
	}
	all := len(days) * len(clocks)
	var picked []int
	for _, pos := range s.bySetPos {
		if pos > 0 && pos <= all {
			picked = append(picked, pos-1)
		} else if pos < 0 && -pos <= all {
			picked = append(picked, all+pos)
		}
	}
	for _, i := range sorted(picked) {
		if !yield(days[i/len(clocks)]*day + clocks[i%len(clocks)]) {
			return false
		}
	}
	return true
}
