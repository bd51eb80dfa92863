package kolab

import (
	"strings"
	"testing"
)

// edits are what a client does to a document that we wrote, and lines that are there and not there afterwards.
var edits = []struct{ name, lines, from, to, there, gone string }{
	{"a text that was kept in another form",
		"DTSTART:20260302T100000Z\nSUMMARY;LANGUAGE=de:Alt", "<text>Alt</text>", "<text>Neu</text>",
		"SUMMARY:Neu", "SUMMARY;LANGUAGE=de:Alt"},
	{"an answer of somebody with parameters of his own",
		"DTSTART:20260302T100000Z\nATTENDEE;PARTSTAT=NEEDS-ACTION;X-A=1;CUTYPE=ROOM:MAILTO:R@b.c", "NEEDS-ACTION", "ACCEPTED",
		"ATTENDEE;PARTSTAT=ACCEPTED;CUTYPE=ROOM;X-A=1:mailto:R@b.c", ""},
	{"another address",
		"DTSTART:20260302T100000Z\nATTENDEE;X-A=1:mailto:r@b.c", "%3Cr%40b.c%3E", "%3Cother%40b.c%3E",
		"ATTENDEE:mailto:other@b.c", "ATTENDEE;X-A=1:mailto:r@b.c"},
	{"a rule that was kept in another order",
		"DTSTART:20260302T100000Z\nRRULE:FREQ=DAILY;INTERVAL=2;COUNT=3", "<count>3</count>", "<count>4</count>",
		"RRULE:FREQ=DAILY;COUNT=4;INTERVAL=2", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"},
	{"a state where there was one that Kolab does not know",
		"DTSTART:20260302T100000Z\nSTATUS:MAYBE", "<x-custom>", "<status><text>CONFIRMED</text></status><x-custom>",
		"STATUS:CONFIRMED", "STATUS:MAYBE"},
	{"an alarm that was kept",
		"DTSTART:20260302T100000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT5M\nUID:a\nEND:VALARM", "-PT5M", "-PT6M",
		"TRIGGER:-PT6M", "TRIGGER:-PT5M"},
	{"nothing that concerns what is kept",
		"DTSTART:20260302T100000Z\nSUMMARY:a\nGEO:1;2", "<text>a</text>", "<text>b</text>", "GEO:1;2", ""},
	{"the end of a task of which the length is known",
		"DTSTART:20260302T100000Z\nDURATION:PT1H", "11:00:00Z", "12:00:00Z", "DUE:20260302T120000Z", "DURATION:PT1H"},
	{"a line that cannot be read",
		"DTSTART:20260302T100000Z\nGEO:1;2", "- GEO:1;2", "- BEGIN:VEVENT", "DTSTART:20260302T100000Z", "GEO:1;2"},
}

func TestWhatAClientEditsWins(t *testing.T) {
	for _, tt := range edits {
		kind := "VEVENT"
		if strings.Contains(tt.name, "task") {
			kind = "VTODO"
		}
		o := parse(t, "BEGIN:"+kind+"\nUID:u1\nCREATED:20260101T000000Z\nDTSTAMP:20260101T000000Z\n"+tt.lines+"\nEND:"+kind)
		xml := xmlOf(t, mustWrite(t, o))
		edited := xml
		if i := strings.LastIndex(xml[:strings.Index(xml+keptName, keptName)], tt.from); i >= 0 { // not in what is kept
			edited = xml[:i] + tt.to + xml[i+len(tt.from):]
		} else {
			edited = strings.Replace(xml, tt.from, tt.to, 1)
		}
		if edited == xml {
			t.Errorf("%s: nothing was edited\n%s", tt.name, xml)
			continue
		}
		back, err := readDocument(body{data: []byte(edited)})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		lines := "\r\n" + strings.ReplaceAll(string(back.Encode()), "\r\n ", "")
		if !strings.Contains(lines, "\r\n"+tt.there+"\r\n") || tt.gone != "" && strings.Contains(lines, "\r\n"+tt.gone+"\r\n") {
			t.Errorf("%s: want %s, and not %s\n%s\n%s", tt.name, tt.there, tt.gone, lines, edited)
		}
	}
}
