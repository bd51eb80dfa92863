package itip

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// asOutlook writes a zone as Outlook and Exchange do: two observances, both from 1601 on, with the rules of today
// and whatever name. ok is false for zones that have no such rules.
func asOutlook(loc *time.Location, name string) (text string, ok bool) {
	text = "BEGIN:VTIMEZONE\nTZID:" + name + "\n"
	n := 0
	for _, g := range onsetsOf(loc) {
		cut, rule := g.rule()
		if cut == len(g) {
			continue
		}
		if n++; strings.Contains(rule, "BYMONTHDAY") || yearOf(g[cut].wall) > 2040 {
			return "", false
		}
		part := g[cut].component()
		clock := g[cut].wall % day
		text += fmt.Sprintf("BEGIN:%s\nDTSTART:16010101T%02d%02d00\nTZOFFSETFROM:%s\nTZOFFSETTO:%s\nRRULE:%s\nEND:%s\n", part.Name, clock/3600, clock/60%60,
			part.Text("TZOFFSETFROM"), part.Text("TZOFFSETTO"), strings.Replace(rule, "YEARLY;", "YEARLY;INTERVAL=1;", 1), part.Name)
	}
	return text + "END:VTIMEZONE\n---\n", n == 2
}

// TestDEV_03_CustomZones compares zones as Outlook writes them, under the names it uses when it knows none, with
// the zone database from when today's rules hold until 2100.
func TestDEV_03_CustomZones(t *testing.T) {
	names := []string{"Customized Time Zone", "tzone://Microsoft/Custom", "W. Europe Standard Time 1", "(UTC+01:00) Somewhere, Else"}
	compared := 0
	for n, zone := range zoneNames(t) {
		loc, _ := Location(zone)
		name := names[n%len(names)]
		text, ok := asOutlook(loc, name)
		if !ok {
			continue
		}
		o := object(t, text+"DTSTART;TZID="+strings.ReplaceAll(`"`+name+`"`, `\`, "")+":20300101T100000")
		z, err := o.Zones(nil).Find(name)
		if err != nil || z.loc != nil {
			t.Errorf("%s as %q: %v", zone, name, err)
			continue
		}
		compared++
		want := &Zone{loc: loc}
		for at := daysOf(2041, 1, 1) * day; at < daysOf(2100, 1, 1)*day; at += 3*day + 3600 {
			if z.offset(at) != want.offset(at) {
				t.Errorf("%s as %q: offset %d at %s, want %d", zone, name, z.offset(at), shownAt(at), want.offset(at))
				break
			}
		}
	}
	if t.Logf("%d zones compared", compared); compared < 100 {
		t.Errorf("only %d zones compared", compared)
	}
}

// Two zones of one mail that Windows gives one name are told apart by the number that Exchange appends.
func TestDEV_03_TwoZonesOfOneName(t *testing.T) {
	first, _ := asOutlook(berlin, "Customized Time Zone")
	second, _ := asOutlook(newYork, "Customized Time Zone 1")
	o := object(t, first+second+"DTSTART;TZID=Customized Time Zone:20260701T100000\nDTEND;TZID=Customized Time Zone 1:20260701T100000")
	if got := starts(t, o, "2026-07-01", "2026-07-02", time.UTC); got != "0701T0800/0701T1400" {
		t.Errorf("got %s", got)
	}
}
