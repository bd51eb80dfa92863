package itip

import (
	"fmt"
	"math/rand"
	"strings"
	"time"
)

// drawn is a random series: as an object, and in the plain words that another expander is asked in.
type drawn struct {
	Start     string      `json:"start"`
	Date      bool        `json:"date"`
	Zone      string      `json:"zone"`
	Rules     []string    `json:"rules"`
	Length    [2]int64    `json:"length"` // nominal days, exact seconds
	RDate     []drawnDate `json:"rdate"`
	EXDate    []string    `json:"exdate"`
	Overrides []drawnMove `json:"overrides"`
	From      int64       `json:"from"`
	To        int64       `json:"to"`
	Reach     int64       `json:"reach"` // seconds by which an instance may begin after the window that belongs into it

	Readings bool `json:"readings"`

	freq    frequency
	lines   string
	written bool // its zone stands in the object as a VTIMEZONE
}

type drawnDate struct {
	Start  string    `json:"start"`
	Length *[2]int64 `json:"length"`
}

type drawnMove struct {
	ID     string   `json:"id"`
	Start  string   `json:"start"`
	Zone   string   `json:"zone"`
	Length [2]int64 `json:"length"`
	Future bool     `json:"future"`
}

var drawnZones = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "America/St_Johns",
	"Africa/Casablanca", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo", "Asia/Tehran", "Africa/Cairo"}

const clockForm = "20060102T150405"

// draw makes a series with all that there is: rules of every kind, extra and excluded starts, moved instances.
func draw(rnd *rand.Rand) *drawn {
	d := &drawn{Zone: drawnZones[rnd.Intn(len(drawnZones))], written: rnd.Intn(8) == 0, freq: frequency(rnd.Intn(7))}
	if rnd.Intn(3) > 0 {
		d.freq = frequency(rnd.Intn(4)) // what people meet by
	}
	start := time.Date(1996+rnd.Intn(34), time.Month(1+rnd.Intn(12)), 1+rnd.Intn(31), rnd.Intn(24), 15*rnd.Intn(4), 0, 0, time.UTC)
	if rnd.Intn(3) == 0 { // where clocks change
		start = time.Date(start.Year(), time.Month([]int{3, 3, 4, 10, 11}[rnd.Intn(5)]), 1+rnd.Intn(31), rnd.Intn(4), 15*rnd.Intn(4), 0, 0, time.UTC)
	}
	if d.Date = d.freq <= daily && rnd.Intn(5) == 0; d.Date {
		start = start.Truncate(24 * time.Hour)
	}
	d.Start = start.Format(clockForm)
	d.Length = d.length(rnd)
	d.rules(rnd, start)
	d.window(rnd, start)
	d.Readings = rnd.Intn(2) == 0
	d.dates(rnd, start)
	d.write()
	return d
}

// length is exact, nominal or none.
func (d *drawn) length(rnd *rand.Rand) [2]int64 {
	switch n := rnd.Intn(6); {
	case d.Date:
		return [2]int64{1 + int64(rnd.Intn(3)), 0}
	case n == 0:
		return [2]int64{}
	case n == 1:
		return [2]int64{1 + int64(rnd.Intn(2)), int64(rnd.Intn(3)) * 3600}
	}
	return [2]int64{0, 900 * int64(1+rnd.Intn(40))}
}

func (d *drawn) rules(rnd *rand.Rand, start time.Time) {
	d.Rules = []string{}
	n := 1
	if rnd.Intn(10) == 0 {
		n = rnd.Intn(3)
	}
	for range n {
		s := drawRule(rnd, d.freq, start)
		switch rnd.Intn(4) {
		case 0:
			s += fmt.Sprintf(";COUNT=%d", 1+rnd.Intn(30))
		case 1:
			until := start.Add(time.Duration(rnd.Intn(400)) * d.period())
			s += ";UNTIL=" + until.Format([]string{"20060102", clockForm, clockForm + "Z"}[rnd.Intn(3)])
		}
		d.Rules = append(d.Rules, s)
	}
}

// period is about how long it takes from one instance to the next.
func (d *drawn) period() time.Duration {
	const hour = time.Hour
	return []time.Duration{365 * 24 * hour, 30 * 24 * hour, 7 * 24 * hour, 24 * hour, hour, time.Minute, time.Second}[d.freq]
}

func (d *drawn) window(rnd *rand.Rand, start time.Time) {
	period := min(d.period(), 60*24*time.Hour)
	from := start.Add(time.Duration(rnd.Intn(120)-40) * period)
	d.From, d.To = from.Unix(), from.Add(time.Duration(1+rnd.Intn(150))*period).Unix()
}

// dates adds RDATE, EXDATE and overrides, half of them where the rule probably has an instance.
func (d *drawn) dates(rnd *rand.Rand, start time.Time) {
	some := func() string {
		at := start.Add(time.Duration(rnd.Intn(40)) * min(d.period(), 24*time.Hour))
		if d.freq == weekly && rnd.Intn(2) == 0 {
			at = start.AddDate(0, 0, 7*rnd.Intn(20))
		}
		return at.Format(clockForm)
	}
	d.RDate, d.EXDate, d.Overrides = []drawnDate{}, []string{}, []drawnMove{}
	if rnd.Intn(4) == 0 {
		for range 1 + rnd.Intn(3) {
			r := drawnDate{Start: some()}
			if !d.Date && rnd.Intn(3) == 0 {
				l := d.length(rnd)
				r.Length = &l
			}
			d.RDate = append(d.RDate, r)
		}
	}
	if rnd.Intn(3) == 0 {
		for range 1 + rnd.Intn(4) {
			d.EXDate = append(d.EXDate, some())
		}
	}
	seen := map[int64]bool{}
	z := &Zone{loc: mustLoad(d.Zone)}
	for range max(0, rnd.Intn(6)-2) {
		m := drawnMove{ID: some(), Zone: d.Zone, Length: d.length(rnd), Future: rnd.Intn(3) == 0}
		w, _ := parseWhen(m.ID, "")
		if at, _ := z.instant(w.wall); seen[at] {
			continue
		} else {
			seen[at] = true
		}
		if !d.Date && !d.written && rnd.Intn(3) == 0 {
			m.Zone = drawnZones[rnd.Intn(len(drawnZones))]
		}
		id, _ := time.Parse(clockForm, m.ID)
		step := 900 * time.Second
		if d.Date {
			step = 24 * time.Hour
		}
		m.Start = id.Add(time.Duration(rnd.Intn(200)-100) * step).Format(clockForm)
		d.Overrides = append(d.Overrides, m)
	}
	d.Reach = int64(3 * 24 * 3600)
	if len(d.Overrides) > 0 {
		d.Reach += 100 * 24 * 3600
		if !d.Date {
			d.Reach = 6 * 24 * 3600
		}
	}
}

// write makes the lines of the object.
func (d *drawn) write() {
	var b strings.Builder
	prop := func(name, wall, zone string) {
		switch {
		case d.Date:
			b.WriteString(name + ";VALUE=DATE:" + wall[:8] + "\n")
		case zone == "UTC":
			b.WriteString(name + ":" + wall + "Z\n")
		default:
			b.WriteString(name + ";TZID=" + zone + ":" + wall + "\n")
		}
	}
	prop("DTSTART", d.Start, d.Zone)
	b.WriteString("DURATION:" + drawnLength(d.Length) + "\n")
	for _, r := range d.Rules {
		b.WriteString("RRULE:" + r + "\n")
	}
	for _, r := range d.RDate {
		if r.Length == nil {
			prop("RDATE", r.Start, d.Zone)
			continue
		}
		z := ""
		if d.Zone == "UTC" {
			z = "Z"
		}
		b.WriteString("RDATE;VALUE=PERIOD;TZID=" + d.Zone + ":" + r.Start + z + "/" + drawnLength(*r.Length) + "\n")
	}
	for _, e := range d.EXDate {
		prop("EXDATE", e, d.Zone)
	}
	for _, m := range d.Overrides {
		b.WriteString("---\n")
		name := "RECURRENCE-ID"
		if m.Future {
			name += ";RANGE=THISANDFUTURE"
		}
		prop(name, m.ID, d.Zone)
		prop("DTSTART", m.Start, m.Zone)
		b.WriteString("DURATION:" + drawnLength(m.Length) + "\n")
	}
	d.lines = b.String()
}

func drawnLength(l [2]int64) string {
	if l[0] == 0 {
		return fmt.Sprintf("PT%dS", l[1])
	}
	if l[1] == 0 {
		return fmt.Sprintf("P%dD", l[0])
	}
	return fmt.Sprintf("P%dDT%dS", l[0], l[1])
}

// drawRule makes a rule with every part that RFC 5545 allows for its frequency. Half of them have what makes
// DTSTART fit.
func drawRule(rnd *rand.Rand, freq frequency, start time.Time) string {
	s := "FREQ=" + frequencies[freq]
	if rnd.Intn(2) == 0 {
		s += fmt.Sprintf(";INTERVAL=%d", 1+rnd.Intn([]int{4, 15, 6, 20, 50, 100, 100}[freq]))
	}
	list := func(chance int, name string, own int, item func() int) {
		if rnd.Intn(chance) > 0 {
			return
		}
		s += ";" + name + "="
		if rnd.Intn(2) == 0 {
			s += fmt.Sprintf("%d,", own)
		}
		s += fmt.Sprint(item())
		for range rnd.Intn(3) {
			s += fmt.Sprintf(",%d", item())
		}
	}
	signed := func(n int) func() int {
		return func() int { return (1 + rnd.Intn(n)) * (1 - 2*rnd.Intn(2)) }
	}
	list(4, "BYMONTH", int(start.Month()), func() int { return 1 + rnd.Intn(12) })
	if freq != weekly {
		list(4, "BYMONTHDAY", start.Day(), signed(31))
	}
	if freq == yearly || freq > daily {
		list(8, "BYYEARDAY", start.YearDay(), signed(366))
	}
	weeks := freq == yearly && rnd.Intn(5) == 0
	if weeks {
		_, week := start.ISOWeek()
		list(1, "BYWEEKNO", week, signed(53))
	}
	if rnd.Intn(3) == 0 {
		s += ";BYDAY=" + drawDays(rnd, freq, weeks, start)
	}
	clocks := 8
	if freq == secondly {
		clocks = 4
	}
	list(clocks, "BYHOUR", start.Hour(), func() int { return rnd.Intn(24) })
	list(clocks, "BYMINUTE", start.Minute(), func() int { return rnd.Intn(60) })
	list(clocks*2, "BYSECOND", start.Second(), func() int { return rnd.Intn(60) })
	if strings.Contains(s, ";BY") {
		positions := 4
		if freq == yearly && rnd.Intn(4) == 0 {
			positions = 366
		}
		list(5, "BYSETPOS", 1, signed(positions))
	}
	if rnd.Intn(3) == 0 {
		s += ";WKST=" + weekdays[rnd.Intn(7)]
	}
	return s
}

func drawDays(rnd *rand.Rand, freq frequency, weeks bool, start time.Time) string {
	var days []string
	if rnd.Intn(2) == 0 {
		days = append(days, weekdays[(int(start.Weekday())+6)%7])
	}
	for range 1 + rnd.Intn(3) {
		n := ""
		if freq <= monthly && !weeks && rnd.Intn(2) == 0 {
			n = fmt.Sprint((1 + rnd.Intn([]int{53, 5}[freq])) * (1 - 2*rnd.Intn(2)))
		}
		days = append(days, n+weekdays[rnd.Intn(7)])
	}
	return strings.Join(days, ",")
}
