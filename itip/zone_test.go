package itip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// exchangeBerlin is a VTIMEZONE as Exchange writes it: rules since 1601.
const exchangeBerlin = `BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
---
`

// olsonNewYork has several observances one after the other, with UNTIL, RDATE and COUNT.
const olsonNewYork = `BEGIN:VTIMEZONE
TZID:%s
BEGIN:DAYLIGHT
DTSTART:19670430T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19730429T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19740106T020000
RDATE:19750223T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:DAYLIGHT
DTSTART:19760425T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19860427T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:DAYLIGHT
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;COUNT=20
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
END:VTIMEZONE
---
`

// sameOffsets compares a zone with an IANA one, every eleven hours and a bit.
func sameOffsets(t *testing.T, z *Zone, loc *time.Location, from, to int) {
	t.Helper()
	want := &Zone{loc: loc}
	for at := daysOf(from, 1, 1) * day; at < daysOf(to, 1, 1)*day; at += 11*3600 + 900 {
		if got := z.offset(at); got != want.offset(at) {
			t.Errorf("%s: offset %d at %s, want %d", loc, got, time.Unix(at, 0).UTC(), want.offset(at))
			return
		}
	}
}

func TestS5545_19_VTimezones(t *testing.T) {
	tests := []struct {
		name, zone string
		loc        *time.Location
		from, to   int
	}{
		{"rules since 1601 (DEV-03)", exchangeBerlin, berlin, 1997, 2100},
		{"UNTIL, RDATE, COUNT", olsonNewYork, newYork, 1970, 2100},
	}
	for _, tt := range tests {
		o := object(t, fmt.Sprintf(tt.zone, "Customized Time Zone")+"DTSTART;TZID=Customized Time Zone:20260101T100000")
		z, err := o.Zones(nil).Find("Customized Time Zone")
		if err != nil || z.loc != nil {
			t.Fatalf("%s: %v, %v", tt.name, z, err)
		}
		sameOffsets(t, z, tt.loc, tt.from, tt.to)
		for _, wall := range []string{"2026-03-08T02:30", "2026-03-29T02:30", "2026-10-25T02:30", "2026-11-01T01:30", "2026-07-01T12:00"} {
			got, exists := z.Instant(at(wall))
			want, wantExists := (&Zone{loc: tt.loc}).Instant(at(wall))
			if !got.Equal(want) || exists != wantExists {
				t.Errorf("%s: %s is %s, %v; want %s, %v", tt.name, wall, got, exists, want, wantExists)
			}
		}
	}
}

func TestVTimezoneBeforeItsFirstOnset(t *testing.T) {
	o := object(t, "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:-053000\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n---\nDTSTART;TZID=X:20100101T000000")
	if got := starts(t, o, "2010-01-01", "2010-01-02", time.UTC); !strings.HasPrefix(got, "0101T0530") {
		t.Errorf("got %s", got)
	}
}

// A rule that ends before its onset of that year has none in it.
func TestVTimezoneUntil(t *testing.T) {
	o := object(t, "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n"+
		"BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20200301T000000Z\nEND:DAYLIGHT\nEND:VTIMEZONE\n---\n"+
		"DTSTART;TZID=X:20190701T100000\nRRULE:FREQ=YEARLY;COUNT=3")
	if got := starts(t, o, "2019-01-01", "2022-01-01", time.UTC); got != "0701T0800/0701T0800 0701T0900/0701T0900 0701T0900/0701T0900" {
		t.Errorf("got %s", got)
	}
}

// A VTIMEZONE that cannot be followed is passed over for the name; without one that is known it is an error.
func TestBrokenVTimezones(t *testing.T) {
	for _, body := range []string{
		"", "BEGIN:STANDARD\nEND:STANDARD\n",
		"BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nEND:STANDARD\n",
		"BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+9900\nEND:STANDARD\n",
		"BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:STANDARD\n",
		"BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;COUNT=100000\nEND:STANDARD\n",
		strings.Repeat("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n", maxObservances+1),
	} {
		for name, want := range map[string]string{"Europe/Berlin": "0701T0800/0701T0800", "Customized Time Zone": `error: unknown time zone "Customized Time Zone"`} {
			o := object(t, "BEGIN:VTIMEZONE\nTZID:"+name+"\n"+body+"END:VTIMEZONE\n---\nDTSTART;TZID="+name+":20260701T100000")
			if got := starts(t, o, "2026-01-01", "2027-01-01", time.UTC); got != want {
				t.Errorf("%s with %.60q: %s, want %s", name, body, got, want)
			}
		}
	}
}

func TestDEV_03_ZoneNames(t *testing.T) {
	tests := []struct{ tzid, want string }{ // offset in July 2026
		{"Europe/Berlin", "+0200"},
		{"/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "+0200"}, // DEV-15
		{"/freeassociation.sourceforge.net/Europe/Berlin", "+0200"},
		{"/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "-0300"},
		{"/kolab.org/Europe/Berlin", "+0200"},
		{"/citadel.org/20070227_1/Europe/London", "+0100"},
		{"W. Europe Standard Time", "+0200"},
		{"w. europe standard time", "+0200"},
		{"W. Europe Standard Time 1", "+0200"},
		{"Eastern Standard Time", "-0400"},
		{"India Standard Time", "+0530"},
		{"Pacific Standard Time (Mexico)", "-0700"},
		{"tzone://Microsoft/Utc", "+0000"},
		{"tzone://Microsoft/Custom", ""},
		{"Customized Time Zone", ""},
		{"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "+0200"},
		{"(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "+0200"},
		{`(UTC+01:00) Brussels\, Copenhagen\, Madrid\, Paris`, "+0200"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "-0400"},
		{"(UTC+02:00) Helsinki, Kiev, Riga, Sofia, Tallinn, Vilnius", "+0300"},
		{"(UTC) Coordinated Universal Time", "+0000"},
		{"(UTC+01:00) Atlantis", ""},
		{"(UTC+01:00)", "+0100"},
		{"UTC+05:30", "+0530"},
		{"GMT-0500", "-0500"},
		{"GMT +0100 (Standard) / GMT +0200 (Daylight)", ""},
		{"UTC", "+0000"}, {"Z", "+0000"}, {"Etc/GMT-3", "+0300"}, {"EST5EDT", "-0400"},
		{"UTC+99", ""}, {"Local", ""}, {"../../etc/passwd", ""}, {"/etc/passwd", ""}, {"right/Europe/Berlin", ""}, {"Nowhere/Land", ""}, {"zone.tab", ""},
	}
	for _, tt := range tests {
		got := ""
		if loc, ok := Location(tt.tzid); ok {
			got = time.Date(2026, 7, 1, 0, 0, 0, 0, loc).Format("-0700")
		}
		if got != tt.want {
			t.Errorf("Location(%q): %q, want %q", tt.tzid, got, tt.want)
		}
	}
	for name := range windowsZones() {
		if _, ok := Location(name); !ok {
			t.Errorf("%q leads nowhere", name)
		}
	}
}

func TestD_10_TheObjectSaysWhatItMeans(t *testing.T) {
	odd := strings.ReplaceAll(fmt.Sprintf(exchangeBerlin, "America/New_York"), "+0100", "+0000")
	tests := []struct{ name, lines, want string }{
		{"disagrees with IANA", odd + "DTSTART;TZID=America/New_York:20260105T100000\nDURATION:PT1H", "0105T1000"},
		{"says nothing", "DTSTART;TZID=America/New_York:20260105T100000\nDURATION:PT1H", "0105T1500"},
		{"is about another name", odd + "DTSTART;TZID=Europe/Berlin:20260105T100000\nDURATION:PT1H", "0105T0900"},
	}
	for _, tt := range tests {
		if got := starts(t, object(t, tt.lines), "2026-01-01", "2026-02-01", time.UTC); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	_, err := object(t, "DTSTART:20260105T100000Z").Zones(nil).Find("Nowhere/Land")
	if !errors.Is(err, ErrZone) || !strings.Contains(err.Error(), "Nowhere/Land") {
		t.Errorf("unknown zone: %v", err)
	}
}

// What we write for an IANA zone, we and others read as that zone.
func TestS5546_13_WrittenZones(t *testing.T) {
	for _, name := range []string{
		"Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Moscow", "Europe/Dublin", "America/New_York", "America/Sao_Paulo",
		"America/Santiago", "America/St_Johns", "America/Havana", "Asia/Kolkata", "Asia/Tokyo", "Asia/Jerusalem", "Asia/Tehran", "Asia/Kathmandu",
		"Africa/Cairo", "Africa/Casablanca", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia", "Pacific/Kiritimati", "Etc/UTC",
	} {
		loc := mustLoad(name)
		c := writeZone("X", loc)
		z, err := newZone(c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sameOffsets(t, z, loc, 1970, 2100)
		if len(c.Parts) > 40 {
			t.Errorf("%s takes %d observances", name, len(c.Parts))
		}
	}
}
