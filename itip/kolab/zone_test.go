package kolab

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestZonesInKolabsWords(t *testing.T) {
	berlin := "/kolab.org/Europe/Berlin"
	for _, tt := range []struct{ name, zones, lines, want string }{
		{"an IANA name", "", "DTSTART;TZID=Europe/Berlin:20260302T100000", berlin},
		{"a Windows name without description", "", "DTSTART;TZID=W. Europe Standard Time:20260302T100000", berlin},
		{"a name that says nothing", fmt.Sprintf(outlookZone, "Custom"), "DTSTART;TZID=Custom:20260302T100000\nRRULE:FREQ=DAILY", berlin},
		{"a name that says something else", fmt.Sprintf(outlookZone, "America/New_York"), "DTSTART;TZID=America/New_York:20260302T100000\nRRULE:FREQ=DAILY", berlin},
		{"an offset", "", "DTSTART;TZID=\"(UTC+01:00)\":20260302T100000\nRRULE:FREQ=DAILY", "/kolab.org/Etc/GMT-1"},
		{"a zone that is named anew", "", "DTSTART;TZID=Europe/Kyiv:20260302T100000", "/kolab.org/Europe/Kiev"},
		{"a zone that Kolab does not know", "", "DTSTART;TZID=America/Ciudad_Juarez:20260302T100000\nRRULE:FREQ=DAILY", "/kolab.org/America/Denver"},
		{"a time of a zone that nobody has", oddZone, "DTSTART;TZID=Odd:20260302T100000", "<date-time>2026-03-02T08:43:00Z"},
		{"dates of several zones", "", "DTSTART:20260302T100000Z\nRDATE;TZID=Europe/Berlin:20260303T100000\nRDATE;TZID=Asia/Tokyo:20260304T100000",
			"<date-time>2026-03-04T01:00:00Z"},
		{"a local end of a rule", "", "DTSTART;TZID=Europe/Berlin:20260302T100000\nRRULE:FREQ=DAILY;UNTIL=20260710", "<date-time>2026-07-10T21:59:59Z"},
		{"all days end inside", "", "DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260305", "<date>2026-03-04</date>"},
		{"the length of a task is its end", "", "DTSTART:20260302T100000Z\nDURATION:P1DT2H", "<date-time>2026-03-03T12:00:00Z"},
	} {
		kind := "VEVENT"
		if strings.Contains(tt.name, "task") {
			kind = "VTODO"
		}
		o := parse(t, tt.zones+"BEGIN:"+kind+"\nUID:u1\nDTSTAMP:20260102T000000Z\n"+tt.lines+"\nEND:"+kind)
		mail := mustWrite(t, o)
		if xml := xmlOf(t, mail); !strings.Contains(xml, tt.want) {
			t.Errorf("%s: want %s\n%s", tt.name, tt.want, xml)
		}
		if d := different(o, mustRead(t, mail).Object); d != "" {
			t.Errorf("%s:\n%s", tt.name, d)
		}
	}
}

func TestASeriesOfAZoneThatNobodyHasIsNotWritten(t *testing.T) {
	for _, lines := range []string{oddZone + "BEGIN:VEVENT\nDTSTART;TZID=Odd:20260302T100000\nRRULE:FREQ=DAILY",
		"BEGIN:VEVENT\nDTSTART;TZID=Nowhere:20260302T100000"} {
		o := parse(t, lines+"\nUID:u1\nEND:VEVENT")
		if _, err := Write(&Message{Object: o}); !errors.Is(err, ErrZone) {
			t.Errorf("%s: %v, want ErrZone", lines, err)
		}
	}
}
