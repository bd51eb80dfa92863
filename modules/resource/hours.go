package resource

import (
	"encoding"
	"fmt"
	"strings"
	"time"
)

// hours are a stretch of each day on the resource's clock, from midnight; half-open.
type hours struct{ from, to time.Duration }

var _ encoding.TextUnmarshaler = (*hours)(nil)

// UnmarshalText reads 08:00-17:30; the end may be 24:00.
func (h *hours) UnmarshalText(text []byte) error {
	from, to, _ := strings.Cut(string(text), "-")
	a, errFrom := clock(from)
	b, errTo := clock(to)
	if errFrom != nil || errTo != nil || a >= b {
		return fmt.Errorf("want hours such as 08:00-17:00, not %q", text)
	}
	*h = hours{a, b}
	return nil
}

// clock reads 08:00, and 24:00 as the end of the day.
func clock(s string) (time.Duration, error) {
	if s = strings.TrimSpace(s); s == "24:00" {
		return 24 * time.Hour, nil
	}
	at, err := time.Parse("15:04", s)
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, err
}

// MarshalText is the form UnmarshalText reads.
func (h hours) MarshalText() ([]byte, error) {
	write := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	return []byte(write(h.from) + "-" + write(h.to)), nil
}

// weekdays are days of the week: bit 0 is Sunday, as in package time.
type weekdays uint8

func days(all ...time.Weekday) (w weekdays) {
	for _, d := range all {
		w |= 1 << d
	}
	return w
}

func (w weekdays) has(d time.Weekday) bool { return w&days(d) != 0 }

// UnmarshalText reads mon-fri, or mon, wed, sat; in English, short or long.
func (w *weekdays) UnmarshalText(text []byte) error {
	var all weekdays
	for part := range strings.SplitSeq(string(text), ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		a, okFrom := weekday(from)
		b, okTo := weekday(to)
		if !okFrom || !okTo {
			return fmt.Errorf("want days such as mon-fri or mon, wed, not %q", text)
		}
		for all |= days(a, b); a != b; a = (a + 1) % 7 {
			all |= days(a)
		}
	}
	*w = all
	return nil
}

// MarshalText is a form UnmarshalText reads, from Monday.
func (w weekdays) MarshalText() ([]byte, error) {
	var names []string
	for i := range time.Weekday(7) {
		if d := (i + 1) % 7; w.has(d) {
			names = append(names, strings.ToLower(d.String()[:3]))
		}
	}
	return []byte(strings.Join(names, ", ")), nil
}

func weekday(s string) (time.Weekday, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for d := range time.Weekday(7) {
		name := strings.ToLower(d.String())
		if s == name || s == name[:3] {
			return d, true
		}
	}
	return 0, false
}
