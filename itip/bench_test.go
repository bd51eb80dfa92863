package itip

import (
	"fmt"
	"strings"
	"testing"
)

// invitation is about 3 KB, as Exchange sends it.
func invitation() string {
	people := ""
	for i := range 12 {
		people += fmt.Sprintf("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Person %d:mailto:person%d@example.org\n", i, i)
	}
	return text("METHOD:REQUEST\n" + fmt.Sprintf(exchangeBerlin, "W. Europe Standard Time") +
		"DTSTART;TZID=W. Europe Standard Time:20260302T100000\nDTEND;TZID=W. Europe Standard Time:20260302T110000\nRRULE:FREQ=WEEKLY;BYDAY=MO\n" +
		"SUMMARY:Weekly\nORGANIZER;CN=Boss:mailto:boss@example.org\n" + people + "DESCRIPTION:" + strings.Repeat(`some words\n`, 60))
}

func BenchmarkParse(b *testing.B) {
	data := []byte(invitation())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	os, err := Parse([]byte(invitation()))
	if err != nil {
		b.Fatal(err)
	}
	o := os[0]
	b.ReportAllocs()
	for b.Loop() {
		o.Encode()
	}
}

func BenchmarkInstancesOfAYear(b *testing.B) {
	for _, zone := range []struct{ name, lines string }{
		{"IANA", "DTSTART;TZID=Europe/Berlin:20200106T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO"},
		{"VTIMEZONE", fmt.Sprintf(exchangeBerlin, "X") + "DTSTART;TZID=X:20200106T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO"},
	} {
		b.Run(zone.name, func(b *testing.B) {
			o := object(b, zone.lines)
			b.ReportAllocs()
			for b.Loop() {
				is, err := o.Instances(at("2026-01-01"), at("2027-01-01"), berlin)
				if err != nil || len(is) != 52 {
					b.Fatal(len(is), err)
				}
			}
		})
	}
}
