package itip

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// readings lists them as UTC starts.
func readings(t *testing.T, o *Object, from, to string) string {
	t.Helper()
	is, err := o.Readings(at(from), at(to), berlin)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, i := range is {
		out = append(out, i.Start.UTC().Format("0102T1504"))
	}
	return strings.Join(out, " ")
}

func TestD_10_BothReadings(t *testing.T) {
	honest := fmt.Sprintf(exchangeBerlin, "Europe/Berlin")
	odd := strings.ReplaceAll(honest, "+0100", "+0000") // two hours ahead in summer, none in winter
	event := "DTSTART;TZID=Europe/Berlin:20260105T100000\nDURATION:PT1H"
	tests := []struct{ name, lines, want string }{
		{"agree", honest + event, "0105T0900"},
		{"disagree", odd + event, "0105T0900 0105T1000"},
		{"disagree in winter alone", odd + event + "\nRRULE:FREQ=MONTHLY;INTERVAL=6;COUNT=2", "0105T0900 0105T1000 0705T0800"},
		{"no IANA name", strings.ReplaceAll(odd+event, "Europe/Berlin", "Our Office"), "0105T1000"},
		{"behind a path", strings.ReplaceAll(odd+event, "Europe/Berlin", "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin"), "0105T0900 0105T1000"},
		{"no VTIMEZONE", event, "0105T0900"},
	}
	for _, tt := range tests {
		if got := readings(t, object(t, tt.lines), "2026-01-01", "2026-12-01"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestD_11_BothReadings(t *testing.T) {
	tests := []struct{ name, lines, want string }{
		{"single", "DTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT1H", "0329T0030 0329T0130"},
		{"of a series", "DTSTART;TZID=Europe/Berlin:20260328T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3", "0328T0130 0329T0030 0329T0130 0330T0030"},
		{"left out by the rule", "DTSTART;TZID=Europe/Berlin:20260328T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=2;COUNT=3", "0328T0130 0329T0030 0329T0130 0330T0030 0331T0030"},
		{"moved there", "DTSTART;TZID=Europe/Berlin:20260328T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\n---\nRECURRENCE-ID;TZID=Europe/Berlin:20260329T100000\nDTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT1H",
			"0328T0900 0329T0030 0329T0130"},
		{"taken away", "DTSTART;TZID=Europe/Berlin:20260328T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=2;COUNT=2\nEXDATE;TZID=Europe/Berlin:20260329T023000", "0328T0130 0330T0030"},
	}
	for _, tt := range tests {
		if got := readings(t, object(t, tt.lines), "2026-03-01", "2026-04-10"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestD_10_SettleZones(t *testing.T) {
	honest := fmt.Sprintf(exchangeBerlin, "Europe/Berlin")
	odd := strings.ReplaceAll(honest, "+0100", "+0000")
	winter := strings.ReplaceAll(honest, "+0200", "+0300") // differs in summer
	event := "DTSTART;TZID=Europe/Berlin:20260105T100000\nDURATION:PT1H"
	path := "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin"
	tests := []struct {
		name, lines string
		renamed     []string
		tzid        string // of DTSTART afterwards
	}{
		{"agrees", honest + event, nil, "Europe/Berlin"},
		{"agrees on the event", winter + event, nil, "Europe/Berlin"},
		{"differs for a later instance", winter + event + "\nRRULE:FREQ=MONTHLY", []string{"Europe/Berlin"}, "Europe Berlin (as sent)"},
		{"differs", odd + event, []string{"Europe/Berlin"}, "Europe Berlin (as sent)"},
		{"path to it", strings.ReplaceAll(honest+event, "Europe/Berlin", path), nil, "Europe/Berlin"},
		{"path and name say different things", strings.ReplaceAll(honest, "Europe/Berlin", path) + odd + strings.ReplaceAll(event, "Europe/Berlin", path) + "\nRDATE;TZID=Europe/Berlin:20260106T100000",
			[]string{"Europe/Berlin"}, "Europe/Berlin"},
		{"Windows name stays", strings.ReplaceAll(honest+event, "Europe/Berlin", "W. Europe Standard Time"), nil, "W. Europe Standard Time"},
		{"no VTIMEZONE", event, nil, "Europe/Berlin"},
	}
	for _, tt := range tests {
		o := object(t, tt.lines)
		before := starts(t, o, "2026-01-01", "2027-01-01", time.UTC)
		renamed := o.SettleZones(at("2026-01-01"), at("2027-01-01"), nil)
		p, _ := o.Master().Prop("DTSTART")
		if !slices.Equal(renamed, tt.renamed) || p.Param("TZID") != tt.tzid {
			t.Errorf("%s: renamed %q, DTSTART in %q; want %q, %q", tt.name, renamed, p.Param("TZID"), tt.renamed, tt.tzid)
		}
		if got := starts(t, o, "2026-01-01", "2027-01-01", time.UTC); got != before {
			t.Errorf("%s: was %s, is %s", tt.name, before, got)
		}
		if len(tt.renamed) > 0 {
			if loc, ok := Location(tt.tzid); ok && strings.Contains(tt.tzid, "sent") {
				t.Errorf("%s: the new name is that of %s", tt.name, loc)
			}
		}
		if again := o.SettleZones(at("2026-01-01"), at("2027-01-01"), nil); len(again) > 0 {
			t.Errorf("%s: settled, and once more %q", tt.name, again)
		}
	}
}
