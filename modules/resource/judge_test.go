package resource

import (
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// week is a Monday at midnight, from which hours are counted.
var week = time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)

func hour(n int) time.Time { return week.Add(time.Duration(n) * time.Hour) }

// wanted is a wish for an hour from ten on each of the days, within a series if it is not for one alone.
func wanted(t *testing.T, days ...int) wish {
	t.Helper()
	rule := ""
	if len(days) != 1 {
		rule = "RRULE:FREQ=DAILY\r\n"
	}
	os, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:own\r\n" + rule + "END:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	w := wish{object: os[0], series: len(days) != 1, at: week, zone: time.UTC, organizer: standing{book: true, policy: accept}}
	for _, d := range days {
		at := hour(24*d + 10)
		w.instances = append(w.instances, itip.Instance{Start: at, End: at.Add(time.Hour), RecurrenceID: at, Component: os[0].Master()})
	}
	return w
}

func taken(from, to int, uid string) calendar.Period {
	return calendar.Period{From: hour(from), To: hour(to), UID: uid}
}

// rules are those of nothing special but for what change says.
func rulesWith(change func(*Rules)) Rules {
	r := Rules{EnforceWindow: true, AllowRecurring: true, Parallel: 1}
	change(&r)
	return r
}

// TestJudge: every rule for itself, at its border and behind it.
func TestJudge(t *testing.T) {
	none := func(*Rules) {}
	ten := []int{0, 1, 2, 3, 4, 7, 8, 9, 10, 11}
	tests := []struct {
		name  string
		rules func(*Rules)
		days  []int
		busy  []calendar.Period
		step  step
		rule  string
		out   int
	}{
		{"nothing ahead", none, nil, nil, stepDecline, ruleAhead, 0},
		{"free", none, []int{0}, nil, stepAccept, "", 0},
		{"back to back, before and after", none, []int{0}, []calendar.Period{taken(9, 10, "a"), taken(11, 12, "b")}, stepAccept, "", 0},
		{"taken", none, []int{0}, []calendar.Period{taken(9, 11, "a")}, stepDecline, ruleBusy, 0},
		{"taken by itself", none, []int{0}, []calendar.Period{taken(9, 11, "own")}, stepAccept, "", 0},
		{"taken, conflicts allowed", func(r *Rules) { r.AllowConflicts = true }, []int{0}, []calendar.Period{taken(9, 11, "a")}, stepAccept, "", 0},
		{"second of two places", func(r *Rules) { r.Parallel = 2 }, []int{0}, []calendar.Period{taken(9, 11, "a")}, stepAccept, "", 0},
		{"third of two places", func(r *Rules) { r.Parallel = 2 }, []int{0}, []calendar.Period{taken(9, 11, "a"), taken(10, 12, "b")}, stepDecline, ruleBusy, 0},
		{"two in two places, one after the other", func(r *Rules) { r.Parallel = 2 }, []int{0}, []calendar.Period{taken(9, 10, "a"), taken(10, 12, "b")}, stepAccept, "", 0},
		{"buffers kept", func(r *Rules) { r.BufferBefore, r.BufferAfter = time.Hour, time.Hour }, []int{0}, []calendar.Period{taken(7, 8, "a"), taken(13, 14, "b")}, stepAccept, "", 0},
		{"too close behind another", func(r *Rules) { r.BufferBefore, r.BufferAfter = time.Hour, time.Hour }, []int{0}, []calendar.Period{taken(8, 9, "a")}, stepDecline, ruleBusy, 0},
		{"too close before another", func(r *Rules) { r.BufferAfter = time.Hour }, []int{0}, []calendar.Period{taken(11, 12, "a")}, stepDecline, ruleBusy, 0},
		{"at the end of the window", func(r *Rules) { r.BookingWindow = 10 * time.Hour }, []int{0}, nil, stepAccept, "", 0},
		{"behind the window", func(r *Rules) { r.BookingWindow = 9 * time.Hour }, []int{0}, nil, stepDecline, "booking_window", 0},
		{"series behind the window, strict", func(r *Rules) { r.BookingWindow = 48 * time.Hour }, ten, nil, stepDecline, "booking_window", 0},
		{"series behind the window, lenient", func(r *Rules) { r.BookingWindow, r.EnforceWindow = 48*time.Hour, false }, ten, nil, stepAccept, "", 0},
		{"all of it behind the window, lenient", func(r *Rules) { r.BookingWindow, r.EnforceWindow = time.Hour, false }, ten, nil, stepDecline, "booking_window", 0},
		{"as long as may be", func(r *Rules) { r.MaxDuration = time.Hour }, []int{0}, nil, stepAccept, "", 0},
		{"too long", func(r *Rules) { r.MaxDuration = 59 * time.Minute }, []int{0}, nil, stepDecline, "max_duration", 0},
		{"as short as may be", func(r *Rules) { r.MinDuration = time.Hour }, []int{0}, nil, stepAccept, "", 0},
		{"too short", func(r *Rules) { r.MinDuration = 61 * time.Minute }, []int{0}, nil, stepDecline, "min_duration", 0},
		{"no series", func(r *Rules) { r.AllowRecurring = false }, ten, nil, stepDecline, "allow_recurring", 0},
		{"no series, and it is none", func(r *Rules) { r.AllowRecurring = false }, []int{0}, nil, stepAccept, "", 0},
		{"within working hours", work(10, 11), []int{0}, nil, stepAccept, "", 0},
		{"before working hours", work(11, 17), []int{0}, nil, stepDecline, "work_hours_only", 0},
		{"on Saturday", work(8, 17), []int{5}, nil, stepDecline, "work_hours_only", 0},
		{"one of ten taken", none, ten, []calendar.Period{taken(10, 11, "a")}, stepDecline, ruleBusy, 0},
		{"two of ten may be", func(r *Rules) { r.MaxConflicts = 2 }, ten, []calendar.Period{taken(10, 11, "a"), taken(34, 35, "b")}, stepAccept, "", 2},
		{"three of ten, two may be", func(r *Rules) { r.MaxConflicts = 2 }, ten, []calendar.Period{taken(10, 59, "a")}, stepDecline, "max_conflicts", 0},
		{"twenty percent may be", func(r *Rules) { r.MaxConflictPercent = 20 }, ten, []calendar.Period{taken(10, 35, "a")}, stepAccept, "", 2},
		{"thirty percent, twenty may be", func(r *Rules) { r.MaxConflictPercent = 20 }, ten, []calendar.Period{taken(10, 59, "a")}, stepDecline, "max_conflicts", 0},
		{"all taken, all may be", func(r *Rules) { r.MaxConflictPercent = 100 }, ten, []calendar.Period{taken(0, 999, "a")}, stepDecline, ruleBusy, 0},
		{"conflicts allowed, percentage too", func(r *Rules) { r.AllowConflicts, r.MaxConflicts = true, 1 }, ten, []calendar.Period{taken(0, 999, "a")}, stepAccept, "", 0},
	}
	for _, tt := range tests {
		v := judge(wanted(t, tt.days...), rulesWith(tt.rules), tt.busy)
		if v.step != tt.step || v.rule != tt.rule || len(v.out) != tt.out {
			t.Errorf("%s: %s by %q without %d; want %s by %q without %d", tt.name, v.step, v.rule, len(v.out), tt.step, tt.rule, tt.out)
		}
	}
}

func work(from, to int) func(*Rules) {
	return func(r *Rules) {
		r.WorkHoursOnly, r.WorkHours = true, hours{time.Duration(from) * time.Hour, time.Duration(to) * time.Hour}
		r.WorkDays = days(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	}
}

// TestCutIsWhereTheWindowEnds: a series that may be cut is booked up to the window, and the rest is not looked at.
func TestCutIsWhereTheWindowEnds(t *testing.T) {
	v := judge(wanted(t, 0, 1, 2), rulesWith(func(r *Rules) { r.BookingWindow, r.EnforceWindow = 36*time.Hour, false }),
		[]calendar.Period{taken(58, 59, "a")})
	if v.step != stepAccept || len(v.instances) != 2 || !v.cut.Equal(hour(58)) {
		t.Errorf("%s, %d instances, cut at %v", v.step, len(v.instances), v.cut)
	}
}

// TestStanding: who may book, who may ask, and for what.
func TestStanding(t *testing.T) {
	tests := []struct {
		who  standing
		long bool // against max_duration
		busy bool
		step step
	}{
		{standing{book: true}, false, false, stepAccept},
		{standing{book: true}, true, false, stepDecline},
		{standing{ask: true}, false, false, stepAsk},
		{standing{book: true, ask: true}, false, false, stepAccept},
		{standing{}, false, false, stepDecline},
		{standing{ask: true}, true, false, stepDecline},
		{standing{askOutOfPolicy: true}, true, false, stepAsk},
		{standing{askOutOfPolicy: true}, true, true, stepDecline},
		{standing{askOutOfPolicy: true}, false, false, stepDecline},
	}
	for _, tt := range tests {
		w := wanted(t, 0)
		w.organizer = tt.who
		w.organizer.policy = accept
		var busy []calendar.Period
		if tt.busy {
			busy = []calendar.Period{taken(0, 99, "a")}
		}
		v := judge(w, rulesWith(func(r *Rules) {
			if tt.long {
				r.MaxDuration = time.Minute
			}
		}), busy)
		if v.step != tt.step {
			t.Errorf("%+v: %s by %q", tt, v.step, v.rule)
		}
	}
}

// TestEveryRuleHasWords: whatever declines is named in every language.
func TestEveryRuleHasWords(t *testing.T) {
	for _, w := range languages {
		for key := range english.because {
			if strings.TrimSpace(w.because[key]) == "" {
				t.Errorf("%s: no words for %s", w.language, key)
			}
		}
	}
}
