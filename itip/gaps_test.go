package itip

import (
	"strings"
	"testing"
	"time"
)

// spans lists instances as UTC starts and ends.
func spans(t *testing.T, o *Object, local *time.Location, readings bool) string {
	t.Helper()
	ask := o.Instances
	if readings {
		ask = o.Readings
	}
	is, err := ask(at("1990-01-01"), at("2030-01-01"), local)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, i := range is {
		out = append(out, i.Start.UTC().Format("0102T1504")+"/"+i.End.UTC().Format("0102T1504"))
	}
	return strings.Join(out, " ")
}

// What hangs on clocks that skip a time, or a day.
func TestGaps(t *testing.T) {
	saoPaulo, apia := mustLoad("America/Sao_Paulo"), mustLoad("Pacific/Apia")
	const (
		ny    = "DTSTART;TZID=America/New_York:20100307T023000\nDURATION:P1D\n"
		days  = "DTSTART;VALUE=DATE:20111229\nRRULE:FREQ=DAILY;COUNT=4"
		moved = "DTSTART;TZID=Europe/Berlin:20260327T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:"
	)
	tests := []struct {
		name, lines string
		local       *time.Location
		want        string
	}{
		{"S5545_31 days of an RDATE whose midnight is skipped are counted as dates", "DTSTART;VALUE=DATE:20091005\nDURATION:P2D\nRDATE;VALUE=DATE:20091018", saoPaulo,
			"1005T0300/1007T0300 1018T0300/1020T0200"},
		{"S5545_31 and of a rule", "DTSTART;VALUE=DATE:20091011\nDURATION:P2D\nRRULE:FREQ=WEEKLY;COUNT=2", saoPaulo, "1011T0300/1013T0300 1018T0300/1020T0200"},
		{"S5545_31 nominal day from a skipped RDATE", ny + "RDATE;TZID=America/New_York:20100314T023000", nil, "0307T0730/0308T0730 0314T0730/0315T0630"},
		{"S5545_31 and of a rule", ny + "RRULE:FREQ=WEEKLY;COUNT=2", nil, "0307T0730/0308T0730 0314T0730/0315T0630"},
		{"S5545_31 and in a PERIOD", ny + "RDATE;VALUE=PERIOD;TZID=America/New_York:20100314T023000/P2D", nil, "0307T0730/0308T0730 0314T0730/0316T0630"},
		{"S5545_31 nominal day from the same instant that the clocks show", ny + "RDATE:20100314T073000Z", nil, "0307T0730/0308T0730 0314T0730/0315T0730"},
		{"S5545_31 UTC that looks as if it were skipped", "DTSTART;TZID=Europe/Dublin:20140329T100000\nDURATION:P1D\nRDATE:20140330T014500Z", nil, "0329T1000/0330T0900 0330T0145/0331T0145"},
		{"S5545_29 PERIOD that is DTSTART gives it its length", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260302T090000Z/PT2H", nil, "0302T0900/0302T1100"},
		{"S5545_29 PERIOD that a rule gives", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nRDATE;VALUE=PERIOD:20260303T090000Z/PT2H", nil,
			"0302T0900/0302T1000 0303T0900/0303T1100"},
		{"S5545_29 the first of two PERIODs", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260303T090000Z/PT2H,20260303T090000Z/PT3H", nil,
			"0302T0900/0302T1000 0303T0900/0303T1100"},
		{"S5545_29 RDATE that is DTSTART", "DTSTART;VALUE=DATE:20260302\nRDATE;VALUE=DATE:20260302", nil, "0302T0000/0303T0000"},
		{"S5545_12 a day that a zone skips takes no time", days, apia, "1229T1000/1230T1000 1230T1000/1230T1000 1230T1000/1231T1000 1231T1000/0101T1000"},
		{"S5545_29 and is another than the next", days + "\nRDATE;VALUE=DATE:20111231", apia, "1229T1000/1230T1000 1230T1000/1230T1000 1230T1000/1231T1000 1231T1000/0101T1000"},
		{"S5545_28 and is excluded alone", days + "\nEXDATE;VALUE=DATE:20111230", apia, "1229T1000/1230T1000 1230T1000/1231T1000 1231T1000/0101T1000"},
		{"S5545_28 and the next without it", days + "\nEXDATE;VALUE=DATE:20111231", apia, "1229T1000/1230T1000 1230T1000/1230T1000 1231T1000/0101T1000"},
		{"S5545_25 and is overridden alone", days + "\n---\nRECURRENCE-ID;VALUE=DATE:20111230\nDTSTART;VALUE=DATE:20120105", apia,
			"1229T1000/1230T1000 1230T1000/1231T1000 1231T1000/0101T1000 0104T1000/0105T1000"},
		{"S5545_29 DTSTART that falls on what the rule gives is one with it", "DTSTART;TZID=America/St_Johns:19980405T004500\nDURATION:PT30M\nRRULE:FREQ=DAILY;BYHOUR=1;COUNT=3", nil,
			"0405T0415/0405T0445 0406T0415/0406T0445"},
		{"S5545_29 a time on a day that a zone skips falls on the next day's and is one with it", "DTSTART;TZID=Pacific/Apia:20111229T013000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4", nil,
			"1229T1130/1229T1230 1230T1130/1230T1230 1231T1130/1231T1230"},
		{"S5545_14 hours that are skipped are left out", "DTSTART;TZID=Europe/Dublin:20140330T001500\nDURATION:PT1H\nRRULE:FREQ=HOURLY;COUNT=3", nil,
			"0330T0015/0330T0115 0330T0115/0330T0215 0330T0215/0330T0315"},
		{"S5545_26 moved from a skipped time, the later ones come at the new one", moved + "20260329T023000\nDTSTART;TZID=Europe/Berlin:20260329T100000\nDURATION:PT1H", nil,
			"0327T0130/0327T0230 0328T0130/0328T0230 0329T0800/0329T0900 0330T0800/0330T0900"},
		{"S5545_26 a skipped one is moved to the time of the others", moved + "20260328T023000\nDTSTART;TZID=Europe/Berlin:20260328T100000\nDURATION:PT1H", nil,
			"0327T0130/0327T0230 0328T0900/0328T1000 0329T0800/0329T0900 0330T0800/0330T0900"},
		{"S5545_31 end after a skipped start is where it says", "DTSTART;TZID=Africa/Cairo:20260424T000000\nDTEND;TZID=Africa/Cairo:20260424T020000\nRRULE:FREQ=WEEKLY;COUNT=2", nil,
			"0423T2200/0423T2300 0430T2100/0430T2200"},
	}
	for _, tt := range tests {
		if got := spans(t, object(t, tt.lines), tt.local, false); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// A room is blocked by what others may make of a skipped time.
func TestD_11_GapsBlockInEveryReading(t *testing.T) {
	const hours = "DTSTART;TZID=Europe/Dublin:20140330T001500\nDURATION:P1D\nRRULE:FREQ=HOURLY;COUNT=2"
	const skipped = "0330T0015/0330T2315 0330T0015/0331T0015 0330T0115/0331T0015 0330T0115/0331T0115"
	tests := []struct{ name, lines, want string }{
		{"RDATE", "DTSTART;TZID=America/New_York:20100308T020000\nDURATION:PT1H\nRDATE;TZID=America/New_York:20100314T020000", "0308T0700/0308T0800 0314T0600/0314T0700 0314T0700/0314T0800"},
		{"nominal days end apart where a skipped hour falls on the next", hours, skipped},
		{"and with two rules", hours + "\nRRULE:FREQ=HOURLY;COUNT=2", skipped},
		{"DTSTART with DTEND is as long as it looks, in all of the series", "DTSTART;TZID=Africa/Cairo:20260424T000000\nDTEND;TZID=Africa/Cairo:20260424T010000\nRRULE:FREQ=WEEKLY;COUNT=2",
			"0423T2100/0423T2200 0423T2200/0423T2300 0430T2100/0430T2200"},
		{"both skipped", "DTSTART;TZID=Africa/Cairo:20260424T000000\nDTEND;TZID=Africa/Cairo:20260424T003000", "0423T2100/0423T2130 0423T2200/0423T2230"},
		{"PERIOD with end", "DTSTART;TZID=Africa/Cairo:20260410T000000\nDURATION:PT1H\nRDATE;VALUE=PERIOD;TZID=Africa/Cairo:20260424T000000/20260424T010000",
			"0409T2200/0409T2300 0423T2100/0423T2200 0423T2200/0423T2300"},
	}
	for _, tt := range tests {
		o := object(t, tt.lines)
		if got := spans(t, o, nil, true); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
		first, last, endless := o.Bounds(nil)
		is, err := o.Readings(at("2000-01-01"), at("2030-01-01"), nil)
		for _, i := range is {
			if err != nil || i.Start.Before(first) || i.End.After(last) || endless {
				t.Errorf("%s: %s to %s is not within %s to %s, %v, %v", tt.name, i.Start, i.End, first, last, endless, err)
			}
		}
	}
}

// What is cancelled without saying when lasts as long as the series.
func TestOverrideWithoutStart(t *testing.T) {
	o := object(t, "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID:20260303T090000Z\nSTATUS:CANCELLED")
	if got := starts(t, o, "2026-03-01", "2026-04-01", time.UTC); got != "0302T0900 0303T0900?" {
		t.Errorf("got %s", got)
	}
}
