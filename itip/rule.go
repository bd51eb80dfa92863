package itip

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// frequency is the FREQ of a rule, from the slowest.
type frequency int

const (
	yearly frequency = iota
	monthly
	weekly
	daily
	hourly
	minutely
	secondly
)

var frequencies = []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}
var weekdays = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// rule is a RECUR value (RFC 5545 3.3.10), each list sorted and without repetition.
type rule struct {
	freq     frequency
	interval int64
	count    int // 0: no limit
	until    *when
	wkst     int

	byMonth, byMonthDay, byYearDay, byWeekNo []int
	byDay                                    []nthDay
	byHour, byMinute, bySecond, bySetPos     []int
}

// nthDay is a weekday, with n the n-th of its month or year; n is 0 for each.
type nthDay struct{ n, weekday int }

// parseRule reads a rule strictly: what is not understood might take away or add instances.
func parseRule(s string) (*rule, error) {
	r := &rule{freq: -1, interval: 1}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(s)), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if value = strings.TrimSpace(value); value == "" {
			continue // "BYDAY=" and a semicolon at the end limit nothing
		}
		if seen[name] {
			return nil, fmt.Errorf("%.20s twice", name)
		}
		seen[name] = true
		if err := r.part(name, value); err != nil {
			return nil, fmt.Errorf("%.20s: %w", name, err)
		}
	}
	return r, r.valid()
}

func (r *rule) part(name, value string) (err error) {
	switch name {
	case "FREQ":
		r.freq = frequency(slices.Index(frequencies, value))
	case "INTERVAL":
		var n int
		n, err = within(value, 1, 1_000_000_000)
		r.interval = int64(n)
	case "COUNT":
		r.count, err = within(value, 1, 1_000_000_000)
	case "UNTIL":
		var w when
		w, err = parseWhen(value, "")
		r.until = &w
	case "WKST":
		if r.wkst = slices.Index(weekdays, value); r.wkst < 0 {
			err = errors.New("no weekday")
		}
	case "BYDAY":
		r.byDay, err = parseDays(value)
	case "RSCALE":
		if value != "GREGORIAN" {
			err = errors.New("only GREGORIAN is understood") // RFC 7529
		}
	case "SKIP":
		if value != "OMIT" {
			err = errors.New("only OMIT is understood")
		}
	default:
		return r.list(name, value)
	}
	return err
}

// list reads the parts that are lists of numbers.
func (r *rule) list(name, value string) (err error) {
	switch name {
	case "BYMONTH":
		r.byMonth, err = numbers(value, 1, 12, false)
	case "BYMONTHDAY":
		r.byMonthDay, err = numbers(value, 1, 31, true)
	case "BYYEARDAY":
		r.byYearDay, err = numbers(value, 1, 366, true)
	case "BYWEEKNO":
		r.byWeekNo, err = numbers(value, 1, 53, true)
	case "BYSETPOS":
		r.bySetPos, err = numbers(value, 1, 366, true)
	case "BYHOUR":
		r.byHour, err = numbers(value, 0, 23, false)
	case "BYMINUTE":
		r.byMinute, err = numbers(value, 0, 59, false)
	case "BYSECOND":
		r.bySecond, err = numbers(value, 0, 60, false)
		if n := len(r.bySecond); n > 0 && r.bySecond[n-1] == 60 { // a leap second, as in parseClock
			r.bySecond = sorted(append(r.bySecond[:n-1], 59))
		}
	default:
		err = errors.New("unknown part")
	}
	return err
}

func (r *rule) valid() error {
	switch {
	case r.freq < 0:
		return errors.New("no FREQ")
	case r.count > 0 && r.until != nil:
		return errors.New("COUNT and UNTIL together")
	case len(r.byWeekNo) > 0 && slices.ContainsFunc(r.byDay, func(d nthDay) bool { return d.n != 0 }):
		return errors.New("BYWEEKNO with numbered BYDAY")
	}
	return nil
}

func within(s string, low, high int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("not a number from %d to %d", low, high)
	}
	return n, nil
}

func numbers(s string, low, high int, negative bool) ([]int, error) {
	var ns []int
	for item := range strings.SplitSeq(s, ",") {
		item = strings.TrimSpace(item)
		minus := negative && strings.HasPrefix(item, "-")
		n, err := within(strings.TrimPrefix(strings.TrimPrefix(item, "-"), "+"), low, high)
		if err != nil || strings.HasPrefix(item, "-") && !minus {
			return nil, fmt.Errorf("not numbers from %d to %d", low, high)
		}
		if minus {
			n = -n
		}
		ns = append(ns, n)
	}
	return sorted(ns), nil
}

func sorted(ns []int) []int {
	slices.Sort(ns)
	return slices.Compact(ns)
}

func parseDays(s string) ([]nthDay, error) {
	var ds []nthDay
	for item := range strings.SplitSeq(s, ",") {
		item = strings.TrimSpace(item)
		cut := max(len(item)-2, 0)
		d := nthDay{weekday: slices.Index(weekdays, item[cut:])}
		if d.weekday < 0 {
			return nil, errors.New("no weekday")
		}
		if cut > 0 {
			ns, err := numbers(item[:cut], 1, 53, true)
			if err != nil {
				return nil, err
			}
			d.n = ns[0]
		}
		ds = append(ds, d)
	}
	slices.SortFunc(ds, func(a, b nthDay) int { return (a.weekday-b.weekday)*200 + a.n - b.n })
	return slices.Compact(ds), nil
}

// String writes the rule in one fixed form, by which two rules are compared and cut rules are stored.
func (r *rule) String() string {
	var b strings.Builder
	b.WriteString("FREQ=" + frequencies[r.freq])
	if r.until != nil {
		b.WriteString(";UNTIL=" + r.until.String())
	}
	if r.count > 0 {
		b.WriteString(";COUNT=" + strconv.Itoa(r.count))
	}
	if r.interval > 1 {
		b.WriteString(";INTERVAL=" + strconv.FormatInt(r.interval, 10))
	}
	for _, l := range []struct {
		name string
		ns   []int
	}{
		{"BYSECOND", r.bySecond}, {"BYMINUTE", r.byMinute}, {"BYHOUR", r.byHour}, {"BYMONTHDAY", r.byMonthDay},
		{"BYYEARDAY", r.byYearDay}, {"BYWEEKNO", r.byWeekNo}, {"BYMONTH", r.byMonth}, {"BYSETPOS", r.bySetPos},
	} {
		for i, n := range l.ns {
			b.WriteString(separator(i, l.name) + strconv.Itoa(n))
		}
	}
	for i, d := range r.byDay {
		b.WriteString(separator(i, "BYDAY"))
		if d.n != 0 {
			b.WriteString(strconv.Itoa(d.n))
		}
		b.WriteString(weekdays[d.weekday])
	}
	if r.wkst != 0 {
		b.WriteString(";WKST=" + weekdays[r.wkst])
	}
	return b.String()
}

func separator(i int, name string) string {
	if i > 0 {
		return ","
	}
	return ";" + name + "="
}
