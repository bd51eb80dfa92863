package kolab

import (
	"fmt"
	"testing"
)

func BenchmarkRead(b *testing.B) {
	mail := mustWrite(b, parse(b, hardText(hard["as Outlook writes it"])))
	b.SetBytes(int64(len(mail)))
	for b.Loop() {
		mustRead(b, mail)
	}
}

func BenchmarkWriteSeriesOfCustomZone(b *testing.B) {
	o := parse(b, fmt.Sprintf(outlookZone, "Custom")+"BEGIN:VEVENT\nUID:u1\nDTSTART;TZID=Custom:20260302T100000\nRRULE:FREQ=WEEKLY\nEND:VEVENT")
	for b.Loop() {
		mustWrite(b, o)
	}
}
