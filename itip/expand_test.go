package itip

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
)

// expand gives the first n starts of a rule, up to the year 2200.
func expand(t testing.TB, rule, start string, loc *time.Location, n int) []string {
	t.Helper()
	r, err := parseRule(rule)
	if err != nil {
		t.Fatalf("parseRule(%q): %v", rule, err)
	}
	w, err := parseWhen(start, "x")
	if err != nil {
		t.Fatal(err)
	}
	steps := maxSteps
	s, err := newSeries(r, w, &Zone{loc: loc}, &steps)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = s.each(w.wall, daysOf(2200, 1, 1)*day, func(o occurrence) bool {
		got = append(got, time.Unix(o.at, 0).In(loc).Format("20060102T1504"))
		return len(got) < n
	})
	if err != nil {
		t.Fatalf("%s: %v", rule, err)
	}
	return got
}

// The examples of RFC 5545 3.8.5.3, with the dates it gives for them.
func TestS5545_13_RulesOfTheRFC(t *testing.T) {
	tests := []struct{ rule, start, want string }{
		{"FREQ=DAILY;COUNT=3", "19970902T090000", "0902 0903 0904"},
		{"FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902T090000", "0902 0912 0922 1002 1012"},
		{"COUNT=3;FREQ=DAILY", "19970902T090000", "0902 0903 0904"},
		{"FREQ=WEEKLY;COUNT=4", "19970902T090000", "0902 0909 0916 0923"},
		{"FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "19970902T090000", "0902 0904 0909 0911 0916 0918 0923 0925 0930 1002"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "19970902T090000", "0902 0904 0916 0918 0930 1002 1014 1016"},
		{"FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "19970922T090000", "0922 1020 1117 1222 0119 0216"},
		{"FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-3", "19970928T090000", "0928 1029 1128 1229"},
		{"FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU", "19970907T090000", "0907 0928 1102 1130 0104 0125"},
		{"FREQ=MONTHLY;COUNT=5;BYMONTHDAY=1,-1", "19970930T090000", "0930 1001 1031 1101 1130"},
		{"FREQ=MONTHLY;INTERVAL=18;COUNT=4;BYMONTHDAY=10,11", "19970910T090000", "0910 0911 0310 0311"},
		{"FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "19970610T090000", "0610 0710 0610 0710"},
		{"FREQ=YEARLY;INTERVAL=3;COUNT=6;BYYEARDAY=1,100,200", "19970101T090000", "0101 0410 0719 0101 0409 0718"},
		{"FREQ=YEARLY;BYDAY=20MO;COUNT=3", "19970519T090000", "0519 0518 0517"},
		{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "19970512T090000", "0512 0511 0517"},
		{"FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=5", "19970313T090000", "0313 0320 0327 0305 0312"},
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4", "19980213T090000", "0213 0313 1113 0813"},
		{"FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=4", "19970913T090000", "0913 1011 1108 1213"},
		{"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", "19961105T090000", "1105 1107 1102"},
		{"FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000", "0904 1007 1106"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4", "19970929T090000", "0929 1030 1127 1230"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000", "0805 0810 0819 0824"}, // S5545-14
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000", "0805 0817 0819 0831"}, // S5545-14
		{"FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115T090000", "0115 0130 0215 0315 0330"},         // 30 February does not count
		{"FREQ=MONTHLY;COUNT=3", "20260131T090000", "0131 0331 0531"},
		{"FREQ=YEARLY;COUNT=3", "20240229T090000", "0229 0229 0229"},
		{"FREQ=WEEKLY;UNTIL=19970916;BYDAY=TU", "19970902T090000", "0902 0909 0916"},             // inclusive, of another type
		{"FREQ=WEEKLY;UNTIL=19970916T090000;BYDAY=TU", "19970902T090000", "0902 0909 0916"},      // local
		{"FREQ=WEEKLY;UNTIL=19970916T085959Z;BYDAY=TU", "19970902T090000", "0902 0909"},          // UTC
		{"FREQ=WEEKLY;UNTIL=19970916T090000Z;BYDAY=TU", "19970902T090000", "0902 0909 0916"},     // inclusive
		{"FREQ=YEARLY;BYDAY=1MO,TU;BYMONTH=9;COUNT=4", "19970901T090000", "0901 0902 0909 0916"}, // each and n-th together
		{"FREQ=YEARLY;BYWEEKNO=1;COUNT=3", "20251231T090000", "1231 0106 0105"},                  // the weekday is DTSTART's
		{"FREQ=DAILY;COUNT=2;BYDAY=2MO", "20260302T090000", "0302 0309"},                         // a number without month means nothing
		{"FREQ=WEEKLY;COUNT=3;BYDAY=TU", "20260302T090000", "0302 0303 0310"},                    // S5545-30: DTSTART counts
	}
	for _, tt := range tests {
		var got []string
		for _, s := range expand(t, tt.rule, tt.start, time.UTC, 10) {
			if s[9:] != "0900" {
				t.Errorf("%s: at %s", tt.rule, s)
			}
			got = append(got, s[4:8])
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s from %s\n got %v\nwant %s", tt.rule, tt.start, got, tt.want)
		}
	}
}

func TestS5545_13_RulesOfHours(t *testing.T) {
	tests := []struct{ rule, start, want string }{
		{"FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000", "19970902T090000", "02T0900 02T1200 02T1500"},
		{"FREQ=MINUTELY;INTERVAL=15;COUNT=6", "19970902T090000", "02T0900 02T0915 02T0930 02T0945 02T1000 02T1015"},
		{"FREQ=MINUTELY;INTERVAL=90;COUNT=4", "19970902T090000", "02T0900 02T1030 02T1200 02T1330"},
		{"FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40;COUNT=4", "19970902T090000", "02T0900 02T0920 02T0940 02T1000"},
		{"FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10;COUNT=7", "19970902T090000", "02T0900 02T0920 02T0940 02T1000 02T1020 02T1040 03T0900"},
		{"FREQ=HOURLY;BYMINUTE=0,30;BYSETPOS=-1;COUNT=3", "19970902T093000", "02T0930 02T1030 02T1130"},
		{"FREQ=SECONDLY;INTERVAL=43200;COUNT=3", "19970902T090000", "02T0900 02T2100 03T0900"},
		{"FREQ=HOURLY;INTERVAL=25;COUNT=3", "19970902T090000", "02T0900 03T1000 04T1100"},
		{"FREQ=DAILY;BYHOUR=9,15;BYSETPOS=-1;COUNT=3", "19970902T090000", "02T0900 02T1500 03T1500"},
	}
	for _, tt := range tests {
		got := expand(t, tt.rule, tt.start, time.UTC, 10)
		for i := range got {
			got[i] = got[i][6:]
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s\n got %v\nwant %s", tt.rule, got, tt.want)
		}
	}
}

func TestS5545_13_BadRules(t *testing.T) {
	for _, s := range []string{
		"", "COUNT=3", "FREQ=FORTNIGHTLY", "FREQ=DAILY;COUNT=3;UNTIL=20260101", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0",
		"FREQ=DAILY;COUNT=-1", "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;BYMONTHDAY=0", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYHOUR=-1",
		"FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=O", "FREQ=MONTHLY;BYDAY=54MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=DAILY;FREQ=WEEKLY",
		"FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;WKST=1MO", "FREQ=DAILY;X-ODD=1",
		"RSCALE=CHINESE;FREQ=YEARLY", "FREQ=MONTHLY;SKIP=FORWARD", "FREQ=DAILY;BYHOUR=1,,2",
	} {
		if r, err := parseRule(s); err == nil {
			t.Errorf("parseRule(%q) = %s, want an error", s, r)
		}
	}
	for _, s := range []string{"FREQ=DAILY;", "freq=daily;bymonth=1", "FREQ=DAILY;BYDAY=", "RSCALE=GREGORIAN;FREQ=DAILY;SKIP=OMIT", "FREQ=MONTHLY;BYDAY=+1MO"} {
		if _, err := parseRule(s); err != nil {
			t.Errorf("parseRule(%q): %v", s, err)
		}
	}
}

// TestAgainstRRuleGo compares with another expander where that one is right: on a clock without summer time, with
// a DTSTART that the rule gives.
func TestAgainstRRuleGo(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	compared := 0
	for range 600 {
		text := randomRule(rnd)
		start := time.Date(2020+rnd.Intn(10), time.Month(1+rnd.Intn(12)), 1+rnd.Intn(28), rnd.Intn(24), rnd.Intn(60), 0, 0, time.UTC)
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(text, err)
		}
		option.Dtstart = start
		other, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(text, err)
		}
		var want []string
		next := other.Iterator()
		for x, ok := next(); ok && len(want) < 40 && x.Year() < 2200; x, ok = next() {
			want = append(want, x.Format("20060102T1504"))
		}
		if len(want) == 0 || want[0] != start.Format("20060102T1504") {
			continue
		}
		compared++
		if got := expand(t, text, start.Format("20060102T150405"), time.UTC, len(want)); !slices.Equal(got, want) {
			t.Errorf("%s from %s\n got %v\nwant %v", text, start, got, want)
		}
	}
	if compared < 50 {
		t.Errorf("only %d rules compared", compared)
	}
}

func randomRule(rnd *rand.Rand) string {
	freq := rnd.Intn(5)
	s := "FREQ=" + frequencies[freq] + fmt.Sprintf(";INTERVAL=%d", 1+rnd.Intn(4))
	pick := func(chance int, part func() string) {
		if rnd.Intn(chance) == 0 {
			s += ";" + part()
		}
	}
	pick(4, func() string { return fmt.Sprintf("BYMONTH=%d,%d", 1+rnd.Intn(6), 7+rnd.Intn(6)) })
	if freq != int(weekly) {
		pick(4, func() string { return fmt.Sprintf("BYMONTHDAY=%d,%d", 1+rnd.Intn(28), -1-rnd.Intn(28)) })
	}
	number := ""
	if freq <= int(monthly) && rnd.Intn(2) == 0 {
		number = fmt.Sprint(1 + rnd.Intn(4))
	}
	pick(2, func() string { return "BYDAY=" + number + weekdays[rnd.Intn(7)] + "," + number + weekdays[rnd.Intn(7)] })
	if freq == int(yearly) && number == "" {
		pick(3, func() string {
			return fmt.Sprintf("BYWEEKNO=%d,%d;BYDAY=%s", 1+rnd.Intn(26), 27+rnd.Intn(26), weekdays[rnd.Intn(7)])
		})
	}
	if strings.Count(s, "BYDAY=") > 1 {
		return randomRule(rnd)
	}
	pick(5, func() string { return fmt.Sprintf("BYHOUR=%d,%d", rnd.Intn(12), 12+rnd.Intn(12)) })
	if freq == int(hourly) && strings.Contains(s, "BYHOUR") {
		return randomRule(rnd) // rrule-go may run in circles forever
	}
	pick(4, func() string { return fmt.Sprintf("BYSETPOS=%d", 1-2*rnd.Intn(2)) })
	pick(3, func() string { return "WKST=" + weekdays[rnd.Intn(7)] })
	return s
}

func TestS5545_12_GapsAndRepeatedHours(t *testing.T) {
	tests := []struct {
		rule, start string
		loc         *time.Location
		want        string
	}{
		// Skipped times are counted on with the offset before: 02:30 is 03:30 on that day, on both sides of the ocean.
		{"FREQ=DAILY;COUNT=3", "20260328T023000", berlin, "20260328T0230 20260329T0330 20260330T0230"},
		{"FREQ=DAILY;COUNT=3", "20260307T023000", newYork, "20260307T0230 20260308T0330 20260309T0230"},
		// S5545-14: what the rule itself puts there does not exist, and is not counted.
		{"FREQ=DAILY;COUNT=3;BYHOUR=2", "20260328T023000", berlin, "20260328T0230 20260330T0230 20260331T0230"},
		{"FREQ=HOURLY;COUNT=4", "20260329T003000", berlin, "20260329T0030 20260329T0130 20260329T0330 20260329T0430"},
		// Weekly meetings stay at their hour.
		{"FREQ=WEEKLY;COUNT=2", "20260325T090000", berlin, "20260325T0900 20260401T0900"},
	}
	for _, tt := range tests {
		if got := strings.Join(expand(t, tt.rule, tt.start, tt.loc, 5), " "); got != tt.want {
			t.Errorf("%s from %s\n got %s\nwant %s", tt.rule, tt.start, got, tt.want)
		}
	}
	z := &Zone{loc: berlin}
	first, _ := z.Instant(time.Date(2026, 10, 25, 2, 30, 0, 0, time.UTC))
	if want := at("2026-10-25T00:30"); !first.Equal(want) {
		t.Errorf("02:30 that comes twice is %s, want %s", first.UTC(), want)
	}
}

// Rules made to take forever come to an end: without instances, or with ErrTooMany.
func TestHostileRules(t *testing.T) {
	for _, rule := range []string{
		"FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
		"FREQ=SECONDLY;INTERVAL=2;BYSECOND=1", "FREQ=HOURLY;INTERVAL=2;BYHOUR=1", "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
		"FREQ=SECONDLY;BYSETPOS=2", "FREQ=SECONDLY;COUNT=1000000000", "FREQ=DAILY;COUNT=1000000000;BYMONTHDAY=31;BYMONTH=2",
		"FREQ=SECONDLY;UNTIL=99991231T235959Z;BYHOUR=23", "FREQ=DAILY;INTERVAL=1000000000", "FREQ=YEARLY;INTERVAL=1000000000",
		"FREQ=MONTHLY;BYDAY=-53MO", "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
		"FREQ=YEARLY;BYHOUR=" + upTo(24) + ";BYMINUTE=" + upTo(60) + ";BYSECOND=" + upTo(60) + ";BYSETPOS=366",
		"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=" + upTo(24) + ";BYMINUTE=" + upTo(60) + ";BYSECOND=" + upTo(60),
	} {
		for _, from := range []string{"2026-01-02", "2500-01-01"} {
			o := object(t, "DTSTART:20260101T000000Z\nDURATION:PT0S\nRRULE:"+rule)
			is, err := o.Instances(at(from), at(from).AddDate(2, 0, 0), nil)
			if err != nil && !errors.Is(err, ErrTooMany) || len(is) > MaxInstances {
				t.Errorf("%s: %d instances, %v", rule, len(is), err)
			}
			o.Bounds(nil)
		}
	}
}

func upTo(n int) string {
	var s []string
	for i := range n {
		s = append(s, fmt.Sprint(i))
	}
	return strings.Join(s, ",")
}
