package itip

import "slices"

// walkClock goes through rules of hours, minutes and seconds, day by day: days that the rule excludes cost one
// step, and hours and minutes that it excludes are jumped over.
func (s *series) walkClock(from, to int64, yield func(wall int64) bool) error {
	unit := map[frequency]int64{hourly: 3600, minutely: 60, secondly: 1}[s.freq]
	origin := floor(s.start, unit)
	for d := floor(from, day); d*day <= to; d++ {
		if err := s.charge(1); err != nil {
			return err
		}
		s.buf = s.buf[:0]
		if s.addDay(d); len(s.buf) == 0 {
			continue
		}
		if more, err := s.walkDay(d, unit, origin, yield); !more || err != nil {
			return err
		}
	}
	return nil
}

// walkDay goes through the units of one day that are a multiple of INTERVAL away from DTSTART.
func (s *series) walkDay(d, unit, origin int64, yield func(wall int64) bool) (more bool, err error) {
	perDay := day / unit
	k := s.aligned(d*perDay, origin)
	for k < (d+1)*perDay {
		if err := s.charge(1); err != nil {
			return false, err
		}
		clock := (k - d*perDay) * unit
		if next := s.skip(clock); next > clock {
			k = s.aligned(d*perDay+(next+unit-1)/unit, origin)
			continue
		}
		clocks := s.clocksIn(clock)
		if err := s.charge(len(clocks)); err != nil {
			return false, err
		}
		if !s.times([]int64{d}, clocks, yield) {
			return false, nil
		}
		k += s.interval
	}
	return true, nil
}

// aligned is the first unit from k on that the rule can have.
func (s *series) aligned(k, origin int64) int64 { return k + mod(origin-k, s.interval) }

// skip gives the next time of day worth looking at: clock itself, or where the hour or minute that the rule
// excludes is over.
func (s *series) skip(clock int64) int64 {
	if len(s.byHour) > 0 && !slices.Contains(s.byHour, int(clock/3600)) {
		return (clock/3600 + 1) * 3600
	}
	if s.freq > hourly && len(s.byMinute) > 0 && !slices.Contains(s.byMinute, int(clock/60%60)) {
		return (clock/60 + 1) * 60
	}
	if s.freq > minutely && len(s.bySecond) > 0 && !slices.Contains(s.bySecond, int(clock%60)) {
		return clock + 1
	}
	return clock
}

// clocksIn are the times of day within one hour, minute or second of the rule.
func (s *series) clocksIn(clock int64) []int64 {
	minutes, seconds := s.byMinute, s.bySecond
	if s.freq > hourly {
		minutes = []int{int(clock / 60 % 60)}
	}
	if s.freq > minutely {
		seconds = []int{int(clock % 60)}
	}
	clocks := make([]int64, 0, len(minutes)*len(seconds))
	for _, m := range minutes {
		for _, sec := range seconds {
			clocks = append(clocks, clock/3600*3600+int64(m*60+sec))
		}
	}
	return clocks
}
