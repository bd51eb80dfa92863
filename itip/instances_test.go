package itip

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestInstances(t *testing.T) {
	tests := []struct{ name, lines, want string }{
		{"single", "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H", "0302T1000"},
		{"S5545_17 all day without end", "DTSTART;VALUE=DATE:20260302", "0302/0303"},
		{"S5545_17 moment without end", "DTSTART:20260302T090000Z", "0302T1000/0302T1000"},
		{"S5545_17 end is exclusive", "DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260304", "0302/0304"},
		{"S5545_17 ends before it starts", "DTSTART:20260302T090000Z\nDTEND:20260302T080000Z", "0302T1000/0302T1000"},
		{"S5545_18 days with end of the same day", "DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260302", "0302/0303"},
		{"S5545_18 day that ends at a time", "DTSTART;VALUE=DATE:20260302\nDTEND:20260303T120000", "0302/0304"},
		{"S5545_18 time that ends on a day", "DTSTART;TZID=Europe/Berlin:20260302T220000\nDTEND;VALUE=DATE:20260303", "0302T2200/0303T0000"},
		{"S5545_18 day for hours", "DTSTART;VALUE=DATE:20260302\nDURATION:PT2H", "0302/0303"},
		{"VALUE=DATE forgotten", "DTSTART:20260302", "0302/0303"},
		{"floating", "DTSTART:20260302T100000\nDURATION:PT1H", "0302T1000"},
		{"S5545_10 TZID on UTC", "DTSTART;TZID=Nowhere/Land:20260302T090000Z\nDURATION:PT1H", "0302T1000"},
		{"rule", "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3", "0302T1000 0309T1000 0316T1000"},
		{"across summer time", "DTSTART;TZID=Europe/Berlin:20260323T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2", "0323T1000 0330T1000"},
		{"UTC does not know summer time", "DTSTART:20260323T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2", "0323T1000 0330T1100"},
		{"S5545_29 RDATEs", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE:20260303T090000Z,20260302T090000Z\nRDATE;TZID=Europe/Berlin:20260303T100000",
			"0302T1000 0303T1000"},
		{"S5545_29 RDATE period", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260303T090000Z/PT2H,20260304T090000Z/20260304T120000Z",
			"0302T1000 0303T1000/0303T1200 0304T1000/0304T1300"},
		{"S5545_29 RDATE days", "DTSTART;VALUE=DATE:20260302\nRDATE;VALUE=DATE:20260305", "0302/0303 0305/0306"},
		{"S5545_29 RDATE day on a series with times", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE;VALUE=DATE:20260305", "0302T1000 0305T1000"},
		{"S5545_28 EXDATE list", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260303T090000Z,20260304T090000Z", "0302T1000 0305T1000"},
		{"S5545_28 EXDATE wins over RDATE", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE:20260303T090000Z\nEXDATE:20260303T090000Z", "0302T1000"},
		{"S5545_28 EXDATE of the first", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260302T090000Z", "0303T1000 0304T1000"},
		{"S5545_28 EXDATE in another zone", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;TZID=America/New_York:20260302T040000", "0303T1000"},
		{"S5545_28 EXDATE day", "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260303", "0302T1000 0304T1000"},
		{"S5545_28 EXDATE time on days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260303T000000Z", "0302/0303 0304/0305"},
		{"S5545_30 start outside of the rule", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2", "0302T1000 0303T1000"},
		{"S5545_30 several rules", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2", "0302T1000 0303T1000 0309T1000"},
		{"S5545_31 exact end over the change", "DTSTART;TZID=Europe/Berlin:20260321T230000\nDTEND;TZID=Europe/Berlin:20260322T080000\nRRULE:FREQ=WEEKLY;COUNT=2",
			"0321T2300/0322T0800 0328T2300/0329T0900"},
		{"S5545_31 nominal day over the change", "DTSTART;TZID=Europe/Berlin:20260321T120000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2",
			"0321T1200/0322T1200 0328T1200/0329T1200"},
		{"S5545_31 exact day over the change", "DTSTART;TZID=Europe/Berlin:20260321T120000\nDURATION:PT24H\nRRULE:FREQ=WEEKLY;COUNT=2",
			"0321T1200/0322T1200 0328T1200/0329T1300"},
		{"S5545_13 hours of a rule of days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=2;BYHOUR=9,10", "0302/0303 0303/0304"},
		{"S5545_13 UNTIL day", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;UNTIL=20260304", "0302/0303 0303/0304 0304/0305"},
		{"S5545_20 cancelled", "DTSTART:20260302T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", "0302T1000?"},
		{"override moved", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n---\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T130000Z\nDURATION:PT2H",
			"0302T1000 0303T1400/0303T1600 0304T1000"},
		{"override cancelled", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
			"0302T1000 0303T1000?"},
		{"override without start", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID:20260303T090000Z\nSTATUS:CANCELLED",
			"0302T1000 0303T1000?"},
		{"S5545_25 RECURRENCE-ID in another zone", "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID;TZID=America/New_York:20260302T040000\nDTSTART:20260302T120000Z\nDURATION:PT1H",
			"0302T1300 0303T1000"},
		{"S5545_25 RECURRENCE-ID as a date", "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID;VALUE=DATE:20260303\nDTSTART:20260303T120000Z\nDURATION:PT1H",
			"0302T1000 0303T1300"},
		{"newest of two overrides", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nSEQUENCE:2\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T130000Z\nDURATION:PT1H\n---\nSEQUENCE:1\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T150000Z\nDURATION:PT1H",
			"0302T1000 0303T1400"},
		{"only overrides", "RECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T130000Z\nDURATION:PT1H\n---\nRECURRENCE-ID:20260310T090000Z\nDTSTART:20260310T130000Z\nDURATION:PT1H",
			"0303T1400 0310T1400"},
		{"task with both ends", "BEGIN:VTODO\nUID:u\nDTSTART:20260302T090000Z\nDUE:20260302T100000Z\nEND:VTODO", "0302T1000"},
		{"task with due only", "BEGIN:VTODO\nUID:u\nDUE:20260302T090000Z\nEND:VTODO", "0302T1000/0302T1000"},
		{"task without time", "BEGIN:VTODO\nUID:u\nEND:VTODO", ""},
		{"event without start", "SUMMARY:x", "error: not iCalendar: VEVENT: no DTSTART"},
		{"unknown zone", "DTSTART;TZID=Nowhere/Land:20260302T090000", `error: unknown time zone "Nowhere/Land"`},
		{"unknown zone of EXDATE", "DTSTART:20260302T090000Z\nEXDATE;TZID=X:20260302T090000", `error: unknown time zone "X"`},
		{"FREQ=HOURLY of days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=HOURLY", "error: not iCalendar: FREQ=HOURLY on a date"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := starts(t, object(t, tt.lines), "2026-03-01", "2026-04-10", berlin); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestS5545_26_ThisAndFuture(t *testing.T) {
	series := "DTSTART;TZID=Europe/Berlin:20260316T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\n---\n"
	future := "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260323T100000\nDTSTART;TZID=Europe/Berlin:20260324T120000\nDURATION:PT2H"
	own := "\n---\nRECURRENCE-ID;TZID=Europe/Berlin:20260406T100000\nDTSTART;TZID=Europe/Berlin:20260317T080000\nDURATION:PT1H"
	tests := []struct{ name, lines, want string }{
		{"later ones follow, also across the change of clocks", series + future,
			"0316T1000 0324T1200/0324T1400 0331T1200/0331T1400 0407T1200/0407T1400 0414T1200/0414T1400"},
		{"those with their own component stay", series + future + own,
			"0316T1000 0317T0800 0324T1200/0324T1400 0331T1200/0331T1400 0414T1200/0414T1400"},
		{"a second one takes over", series + future + "\n---\n" + strings.NewReplacer("20260323", "20260406", "20260324", "20260406").Replace(future),
			"0316T1000 0324T1200/0324T1400 0331T1200/0331T1400 0406T1200/0406T1400 0413T1200/0413T1400"},
		{"S5546_58 as RFC 5546 4.4.5 writes it", series + strings.Replace(future, "RANGE=", "", 1),
			"0316T1000 0324T1200/0324T1400 0331T1200/0331T1400 0407T1200/0407T1400 0414T1200/0414T1400"},
		{"days", "DTSTART;VALUE=DATE:20260316\nRRULE:FREQ=WEEKLY;COUNT=3\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260323\nDTSTART;VALUE=DATE:20260324\nDURATION:P2D",
			"0316/0317 0324/0326 0331/0402"},
	}
	for _, tt := range tests {
		if got := starts(t, object(t, tt.lines), "2026-03-01", "2026-05-10", berlin); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	// Moved into a window that the series itself does not touch, and out of one that it does.
	o := object(t, series+future)
	if got := starts(t, o, "2026-04-14", "2026-04-15", berlin); got != "0414T1200/0414T1400" {
		t.Errorf("moved in: %s", got)
	}
	if got := starts(t, o, "2026-04-13", "2026-04-14", berlin); got != "" {
		t.Errorf("moved out: %s", got)
	}
	for start, want := range map[string]string{"20260203": "0203T1200/0203T1400", "20260603": "0603T1200/0603T1400"} { // far away, both ways
		o := object(t, strings.Replace(series, ";COUNT=5", "", 1)+strings.Replace(future, "20260324", start, 1))
		day := at(start[:4] + "-" + start[4:6] + "-" + start[6:])
		if got := starts(t, o, day.Format("2006-01-02"), day.AddDate(0, 0, 7).Format("2006-01-02"), berlin); got != want {
			t.Errorf("moved to %s: %s, want %s", start, got, want)
		}
		week := day.AddDate(0, 0, 7) // the next one, which has no component of its own
		want = strings.ReplaceAll(want, day.Format("0102"), week.Format("0102"))
		if got := starts(t, o, week.Format("2006-01-02"), week.AddDate(0, 0, 1).Format("2006-01-02"), berlin); got != want {
			t.Errorf("followed to %s: %s, want %s", week, got, want)
		}
	}
}

func TestS5545_21_Windows(t *testing.T) {
	o := object(t, "DTSTART:20260302T090000Z\nDURATION:PT1H")
	zero := object(t, "DTSTART:20260302T090000Z")
	tests := []struct {
		o        *Object
		from, to string
		want     int
	}{
		{o, "2026-03-02T10:00", "2026-03-02T11:00", 0}, // ends when the window begins
		{o, "2026-03-02T08:00", "2026-03-02T09:00", 0}, // begins when the window ends
		{o, "2026-03-02T09:59", "2026-03-02T11:00", 1},
		{o, "2026-03-02T09:15", "2026-03-02T09:30", 1},
		{zero, "2026-03-02T09:00", "2026-03-02T10:00", 1},
		{zero, "2026-03-02T08:00", "2026-03-02T09:00", 0},
	}
	for _, tt := range tests {
		is, err := tt.o.Instances(at(tt.from), at(tt.to), nil)
		if err != nil || len(is) != tt.want {
			t.Errorf("%s to %s: %d instances, %v; want %d", tt.from, tt.to, len(is), err, tt.want)
		}
	}
	// A long instance that began long ago, of a series that began longer ago.
	long := object(t, "DTSTART:20200101T000000Z\nDURATION:P40D\nRRULE:FREQ=YEARLY")
	if got := starts(t, long, "2026-02-01", "2026-02-02", time.UTC); got != "0101T0000/0210T0000" {
		t.Errorf("long instance: %s", got)
	}
	// An override far from where the series is.
	moved := object(t, "DTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY\n---\nRECURRENCE-ID:20210101T090000Z\nDTSTART:20260302T090000Z\nDURATION:PT1H")
	if got := starts(t, moved, "2026-03-01", "2026-04-01", time.UTC); got != "0302T0900" {
		t.Errorf("moved in: %s", got)
	}
	if got := starts(t, moved, "2021-01-01", "2021-02-01", time.UTC); got != "" {
		t.Errorf("moved out: %s", got)
	}
}

func TestInstanceSaysWhichItIs(t *testing.T) {
	o := object(t, "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nTRANSP:TRANSPARENT\nRRULE:FREQ=DAILY;COUNT=2\n---\n"+
		"RECURRENCE-ID;TZID=Europe/Berlin:20260303T100000\nDTSTART;TZID=Europe/Berlin:20260305T100000\nDURATION:PT1H")
	is, err := o.Instances(at("2026-03-01"), at("2026-04-01"), nil)
	if err != nil || len(is) != 2 {
		t.Fatal(is, err)
	}
	if !is[0].RecurrenceID.Equal(at("2026-03-02T09:00")) || !is[0].Transparent || is[0].Component != o.Master() || is[0].Start.Format("15:04 MST") != "10:00 CET" {
		t.Errorf("first: %+v", is[0])
	}
	if !is[1].RecurrenceID.Equal(at("2026-03-03T09:00")) || is[1].Transparent || is[1].Component != o.Overrides()[0] {
		t.Errorf("second: %+v", is[1])
	}
	single, _ := object(t, "DTSTART:20260302T090000Z").Instances(at("2026-03-01"), at("2026-04-01"), nil)
	if !single[0].RecurrenceID.IsZero() {
		t.Errorf("RecurrenceID without recurrence: %v", single[0].RecurrenceID)
	}
}

func TestMaxInstances(t *testing.T) {
	o := object(t, "DTSTART:20260101T000000Z\nRRULE:FREQ=HOURLY")
	end := at("2026-01-01").Add(MaxInstances * time.Hour)
	if is, err := o.Instances(at("2026-01-01"), end, nil); err != nil || len(is) != MaxInstances {
		t.Errorf("%d instances, %v", len(is), err)
	}
	if _, err := o.Instances(at("2026-01-01"), end.Add(time.Minute), nil); !errors.Is(err, ErrTooMany) {
		t.Errorf("one more: %v", err)
	}
	// The window is far away from the start: nothing is counted up to it.
	far := object(t, "DTSTART:19000101T000000Z\nRRULE:FREQ=MINUTELY;INTERVAL=7")
	if is, err := far.Instances(at("2026-01-01"), at("2026-01-02"), nil); err != nil || len(is) < 200 {
		t.Errorf("far away: %d instances, %v", len(is), err)
	}
}

func TestBounds(t *testing.T) {
	tests := []struct {
		name, lines string
		first, last string // last "" is endless
	}{
		{"single", "DTSTART:20260302T090000Z\nDURATION:PT1H", "2026-03-02T09:00", "2026-03-02T10:00"},
		{"endless", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY", "2026-03-02T09:00", ""},
		{"COUNT", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3", "2026-03-02T09:00", "2026-03-04T10:00"},
		{"COUNT that takes long", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=1000000", "0001-01-01", ""},
		{"override before", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260201T090000Z", "2026-02-01T09:00", "2026-03-02T10:00"},
		{"unknown zone", "DTSTART;TZID=Nowhere/Land:20260302T090000", "0001-01-01", ""},
	}
	for _, tt := range tests {
		first, last, endless := object(t, tt.lines).Bounds(nil)
		if !first.Equal(at(tt.first)) || endless != (tt.last == "") || !endless && last.Before(at(tt.last)) {
			t.Errorf("%s: %v to %v, endless %v", tt.name, first, last, endless)
		}
	}
	first, last, _ := object(t, "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;UNTIL=20260304T090000Z").Bounds(nil)
	if !first.Equal(at("2026-03-02T09:00")) || last.Before(at("2026-03-04T09:00")) || last.After(at("2026-03-08")) {
		t.Errorf("UNTIL: %v to %v", first, last)
	}
	moved := object(t, "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z\nDTSTART:20260503T090000Z\nDURATION:PT1H")
	first, last, _ = moved.Bounds(nil)
	if first.After(at("2026-03-02T09:00")) || last.Before(at("2026-05-04T10:00")) {
		t.Errorf("THISANDFUTURE: %v to %v", first, last)
	}
}

// Objects made to be expensive, as large as they may be: everything done with them ends soon.
func TestHostileObjects(t *testing.T) {
	var overrides, zone, exdates strings.Builder
	for i := range 4000 {
		id := at("2026-03-02T09:00").Add(time.Duration(i) * time.Minute).Format("20060102T150405Z")
		overrides.WriteString("\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE:" + id + "\nDTSTART:" + id)
		if i < 3500 {
			exdates.WriteString("," + id)
		}
	}
	zone.WriteString("BEGIN:VTIMEZONE\nTZID:X\n")
	for i := range maxRules {
		zone.WriteString("BEGIN:STANDARD\nDTSTART:0001010" + string(rune('1'+i%9)) + "T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYYEARDAY=366;BYDAY=MO\nEND:STANDARD\n")
	}
	zone.WriteString("END:VTIMEZONE\n---\n")
	for name, lines := range map[string]string{
		"overrides": "DTSTART:20260302T090000Z\nRRULE:FREQ=MINUTELY" + overrides.String(),
		"COUNT":     "DTSTART:20260302T090000Z\nRRULE:FREQ=MINUTELY;COUNT=1000000" + overrides.String(),
		"dates":     "DTSTART:20260302T090000Z\nRRULE:FREQ=MINUTELY\nEXDATE:" + exdates.String()[1:] + "\nRDATE:" + exdates.String()[1:],
		"zone":      zone.String() + "DTSTART;TZID=X:00010101T000000\nRRULE:FREQ=YEARLY;COUNT=5000",
	} {
		o := object(t, lines)
		began := time.Now()
		if _, err := o.Instances(at("2026-03-02"), at("2026-03-06"), nil); err != nil && !errors.Is(err, ErrTooMany) {
			t.Errorf("%s: %v", name, err)
		}
		o.Bounds(nil)
		CompareObjects(o, o)
		TimeChanged(o, o, nil)
		if _, err := Update(o, o); err != nil && !errors.Is(err, ErrTooMany) && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		partial := o.Clone()
		partial.keep(func(c *Component) bool { return c.Has("RECURRENCE-ID") })
		if len(partial.Scheduled()) > 0 {
			_, _ = Update(o, partial)
			_, _, _ = Cancelled(o, partial)
		}
		t.Logf("%s: %s", name, time.Since(began)) // for a reader; a machine under load is no failure
	}
}
