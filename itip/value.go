package itip

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

const day = 24 * 60 * 60 // seconds

// when is a DATE or DATE-TIME as it is written: a wall clock, and the zone it hangs in.
type when struct {
	wall int64  // seconds since 1970 on that clock
	date bool   // no time of day
	utc  bool   // ends in Z
	tzid string // "" with neither date nor utc: floating
}

var errTime = errors.New("no date or time")

// parseWhen reads a DATE or DATE-TIME by its form: VALUE=DATE is often forgotten. TZID says nothing about dates
// and UTC (S5545-10).
func parseWhen(s, tzid string) (when, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	var w when
	clock := ""
	if len(s) > 8 {
		if s[8] != 'T' {
			return w, errTime
		}
		s, clock = s[:8], s[9:]
	}
	days, ok := parseDate(s)
	if !ok {
		return w, errTime
	}
	w.wall = days * day
	if clock == "" {
		w.date = true
		return w, nil
	}
	clock, w.utc = strings.CutSuffix(clock, "Z")
	seconds, ok := parseClock(clock)
	if !ok {
		return w, errTime
	}
	w.wall += seconds
	if !w.utc {
		w.tzid = tzid
	}
	return w, nil
}

func parseDate(s string) (days int64, ok bool) {
	if len(s) != 8 || !digits(s) {
		return 0, false
	}
	y, m, d := num(s[:4]), num(s[4:6]), num(s[6:])
	if y < 1 || m < 1 || m > 12 || d < 1 || d > monthLen(y, m) {
		return 0, false
	}
	return daysOf(y, m, d), true
}

func parseClock(s string) (seconds int64, ok bool) {
	if len(s) == 4 { // seconds left out
		s += "00"
	}
	if len(s) != 6 || !digits(s) {
		return 0, false
	}
	h, m, sec := num(s[:2]), num(s[2:4]), num(s[4:])
	if sec == 60 { // a leap second
		sec = 59
	}
	if h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	return int64(h*3600 + m*60 + sec), true
}

// String writes the value without its zone.
func (w when) String() string {
	t := time.Unix(w.wall, 0).UTC()
	switch {
	case w.date:
		return t.Format("20060102")
	case w.utc:
		return t.Format("20060102T150405Z")
	}
	return t.Format("20060102T150405")
}

// when is the value of a property with one date or time.
func (p Prop) when() (when, error) { return parseWhen(p.Value, p.Param("TZID")) }

// date is one value of RDATE or EXDATE; PERIOD gives it an end of its own.
type date struct {
	when
	text   string
	end    when   // of a PERIOD with an end
	length length // of a PERIOD with a duration
	period bool
	ends   bool // end is set, not length
}

// dates are the values of an RDATE or EXDATE.
func (p Prop) dates() ([]date, error) {
	var ds []date
	tzid := p.Param("TZID")
	for _, item := range splitList(p.Value) {
		d := date{text: item}
		from, to, period := strings.Cut(item, "/")
		var err error
		if d.when, err = parseWhen(from, tzid); err != nil {
			return nil, err
		}
		if d.period = period; period {
			if err := d.parseEnd(to, tzid); err != nil {
				return nil, err
			}
		}
		ds = append(ds, d)
	}
	return ds, nil
}

func (d *date) parseEnd(s, tzid string) (err error) {
	if strings.ContainsAny(s, "Pp") {
		d.length, err = parseLength(s)
		return err
	}
	d.ends = true
	d.end, err = parseWhen(s, tzid)
	return err
}

// length is a DURATION: days are nominal, seconds exact (RFC 5545 3.3.6).
type length struct {
	days, seconds int64
}

const maxDays = 40_000 // longer than a century is a mistake

// parseLength reads a DURATION. Negative ones are of alarms alone and give no length.
func parseLength(s string) (length, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(s, "+-")
	var l length
	if len(s) < 3 || s[0] != 'P' {
		return l, errors.New("no duration")
	}
	inTime := false
	for s = s[1:]; s != ""; {
		if s[0] == 'T' && !inTime && len(s) > 1 {
			inTime, s = true, s[1:]
			continue
		}
		n := digitsLen(s)
		if n == 0 || n > 9 || n == len(s) {
			return l, errors.New("no duration")
		}
		v := int64(num(s[:n]))
		switch unit := s[n]; {
		case unit == 'W' && !inTime:
			l.days += 7 * v
		case unit == 'D' && !inTime:
			l.days += v
		case unit == 'H' && inTime:
			l.seconds += 3600 * v
		case unit == 'M' && inTime:
			l.seconds += 60 * v
		case unit == 'S' && inTime:
			l.seconds += v
		default:
			return l, errors.New("no duration")
		}
		s = s[n+1:]
	}
	if l.days+l.seconds/day > maxDays {
		return l, fmt.Errorf("duration longer than %d days", maxDays)
	}
	if negative {
		return length{}, nil
	}
	return l, nil
}

func digits(s string) bool { return digitsLen(s) == len(s) }

func digitsLen(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// num reads what digits has seen.
func num(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
