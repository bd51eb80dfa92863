package itip

import (
	"bytes"
	"strings"
	"testing"
)

func TestS5546_06_08_Order(t *testing.T) {
	tests := []struct {
		name, stored, incoming string
		want                   Order
	}{
		{"S5546_06 higher SEQUENCE", "SEQUENCE:1\nDTSTAMP:20260201T000000Z", "SEQUENCE:2\nDTSTAMP:20260101T000000Z", Newer},
		{"S5546_06 lower SEQUENCE", "SEQUENCE:2", "SEQUENCE:1\nDTSTAMP:20270101T000000Z", Older},
		{"S5545_33 no SEQUENCE is 0", "SEQUENCE:0", "", Same},
		{"S5546_08 later DTSTAMP", "SEQUENCE:1\nDTSTAMP:20260101T000000Z", "SEQUENCE:1\nDTSTAMP:20260101T000001Z", Newer},
		{"S5546_08 earlier DTSTAMP", "DTSTAMP:20260101T000001Z", "DTSTAMP:20260101T000000Z", Older},
		{"S5546_08 equal DTSTAMP", "SUMMARY:a", "SUMMARY:b", Same},
		{"DEV_02 Exchange's counter rises", "X-MICROSOFT-CDO-APPT-SEQUENCE:1\nDTSTAMP:20260201T000000Z", "X-MICROSOFT-CDO-APPT-SEQUENCE:2\nDTSTAMP:20260101T000000Z", Newer},
		{"DEV_02 on one side only", "DTSTAMP:20260201T000000Z", "X-MICROSOFT-CDO-APPT-SEQUENCE:2\nDTSTAMP:20260101T000000Z", Older},
		{"DEV_02 SEQUENCE first", "SEQUENCE:2\nX-MICROSOFT-CDO-APPT-SEQUENCE:1", "SEQUENCE:1\nX-MICROSOFT-CDO-APPT-SEQUENCE:2", Older},
	}
	for _, tt := range tests {
		stored, incoming := object(t, "DTSTART:20260101T100000Z\n"+tt.stored), object(t, "DTSTART:20260101T100000Z\n"+tt.incoming)
		if got := Compare(stored.Master(), incoming.Master()); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if got := CompareObjects(stored, incoming); got != tt.want {
			t.Errorf("%s: objects %s, want %s", tt.name, got, tt.want)
		}
	}
	if Compare(nil, New("").Root) != Newer || CompareObjects(nil, New("")) != Newer {
		t.Error("what is not there is not older than anything")
	}
	o := object(t, "DTSTART:20260101T100000Z")
	o.Master().Remove("DTSTAMP")
	if got := Compare(o.Master(), object(t, "DTSTART:20260101T100000Z").Master()); got != Same {
		t.Errorf("a missing DTSTAMP orders %s", got)
	}
}

func TestS5546_05_KeysAreInstances(t *testing.T) {
	stored := object(t, "SEQUENCE:1\nDTSTART;TZID=Europe/Berlin:20260302T100000\nRRULE:FREQ=DAILY\n---\nSEQUENCE:5\nRECURRENCE-ID;TZID=Europe/Berlin:20260303T100000\nDTSTART:20260303T120000Z")
	tests := []struct {
		name, incoming string
		want           Order
	}{
		{"an instance with its own SEQUENCE", "SEQUENCE:4\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T120000Z", Older},
		{"an instance that has none is as old as the series", "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260303T120000Z", Newer},
		{"S5546_62 older than the series", "SEQUENCE:0\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260303T120000Z", Older},
		{"the highest counts", "SEQUENCE:0\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260303T120000Z\n---\nSEQUENCE:6\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T120000Z", Newer},
	}
	for _, tt := range tests {
		if got := CompareObjects(stored, object(t, tt.incoming)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestD_05_Recreated(t *testing.T) {
	stored := object(t, "SEQUENCE:3\nDTSTAMP:20260101T000000Z\nDTSTART:20260302T100000Z")
	tests := []struct {
		incoming string
		want     bool
	}{
		{"SEQUENCE:0\nDTSTAMP:20260101T000101Z\nDTSTART:20260302T100000Z", true},
		{"SEQUENCE:0\nDTSTAMP:20260101T000100Z\nDTSTART:20260302T100000Z", false},
		{"SEQUENCE:3\nDTSTAMP:20260102T000000Z\nDTSTART:20260302T100000Z", false},
		{"SEQUENCE:0\nDTSTAMP:20260102T000000Z\nRECURRENCE-ID:20260302T100000Z\nDTSTART:20260302T100000Z", false},
	}
	for _, tt := range tests {
		if got := Recreated(stored, object(t, tt.incoming)); got != tt.want {
			t.Errorf("%q: %v", tt.incoming, got)
		}
	}
}

func TestTimeChanged(t *testing.T) {
	const event = "DTSTART;TZID=Europe/Berlin:20260302T100000\nDTEND;TZID=Europe/Berlin:20260302T110000\n"
	const series = event + "RRULE:FREQ=WEEKLY;COUNT=5\n"
	const moved = "\n---\nRECURRENCE-ID;TZID=Europe/Berlin:20260309T100000\nDTSTART;TZID=Europe/Berlin:20260309T120000\nDURATION:PT1H"
	const exchange = "BEGIN:VTIMEZONE\nTZID:W. Europe\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n" +
		"BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n---\n"
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"nothing", event, event + "SUMMARY:x\nSEQUENCE:7", false},
		{"end as duration", event, "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H", false},
		{"in UTC", event, "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z", false},
		{"start", event, "DTSTART;TZID=Europe/Berlin:20260302T103000\nDTEND;TZID=Europe/Berlin:20260302T110000", true},
		{"end", event, "DTSTART;TZID=Europe/Berlin:20260302T100000\nDTEND;TZID=Europe/Berlin:20260302T113000", true},
		{"all day", "DTSTART;VALUE=DATE:20260302", "DTSTART:20260302T000000\nDTEND:20260303T000000", true},
		{"rule written otherwise", series, event + "RRULE:COUNT=5;INTERVAL=1;FREQ=WEEKLY;BYDAY=MO;WKST=MO", false},
		{"zone written otherwise", series, exchange + "DTSTART;TZID=W. Europe:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5", false},
		{"zone with other clocks", series, "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5", true},
		{"zone whose clocks part later", series, strings.ReplaceAll(series, "Europe/Berlin", "Africa/Lagos"), true},
		{"rule", series, event + "RRULE:FREQ=WEEKLY;COUNT=6", true},
		{"rule gone", series, event, true},
		{"UNTIL written otherwise", event + "RRULE:FREQ=WEEKLY;UNTIL=20260330T080000Z", event + "RRULE:FREQ=WEEKLY;UNTIL=20260330T100000", false},
		{"EXDATE", series, series + "EXDATE;TZID=Europe/Berlin:20260309T100000", true},
		{"EXDATE in another zone and order", series + "EXDATE;TZID=Europe/Berlin:20260309T100000,20260316T100000", series + "EXDATE:20260316T090000Z\nEXDATE:20260309T090000Z", false},
		{"RDATE", series, series + "RDATE:20260601T090000Z", true},
		{"override", series, series + moved, true},
		{"override the same", series + moved, series + moved, false},
		{"override gone", series + moved, series, true},
		{"override that moves nothing", series, series + "\n---\nRECURRENCE-ID;TZID=Europe/Berlin:20260309T100000\nDTSTART;TZID=Europe/Berlin:20260309T100000\nDURATION:PT1H\nSUMMARY:x", false},
		{"override cancelled", series, series + "\n---\nRECURRENCE-ID;TZID=Europe/Berlin:20260309T100000\nSTATUS:CANCELLED", true},
		{"instance alone that moves", series, moved[5:], true},
		{"instance alone as stored", series + moved, moved[5:], false},
		{"one of two instances alone as stored", series + moved + strings.ReplaceAll(moved, "0309T", "0316T"), moved[5:], false},
		{"instance alone that the series lacks", series, "RECURRENCE-ID:20260310T090000Z\nDTSTART:20260310T090000Z", true},
		{"unreadable", event, "DTSTART;TZID=Nowhere:20260302T100000", true},
	}
	for _, tt := range tests {
		if got := TimeChanged(object(t, tt.a), object(t, tt.b), berlin); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestSameContent(t *testing.T) {
	a := object(t, "METHOD:REQUEST\nDTSTART:20260302T090000Z\nSUMMARY:x\nATTENDEE;CN=A;RSVP=TRUE:mailto:a@b.example\n---\nRECURRENCE-ID:20260303T090000Z\nSUMMARY:y")
	b := object(t, "RECURRENCE-ID:20260303T090000Z\nSUMMARY:y\n---\nSUMMARY:x\nDTSTAMP:20270101T000000Z\nATTENDEE;RSVP=TRUE;CN=A:mailto:a@b.example\nDTSTART:20260302T090000Z")
	b.Root.SetText("PRODID", "other")
	b.SetCause("x;ACCEPTED")
	if !SameContent(a, b) || !SameContent(b, a) {
		t.Error("order, DTSTAMP, PRODID, METHOD and the mark count")
	}
	for _, change := range []func(o *Object){
		func(o *Object) { o.Master().SetText("SUMMARY", "z") },
		func(o *Object) { o.Master().Add(Prop{Name: "X-NEW", Value: "1"}) },
		func(o *Object) { o.Master().SetPartstat("a@b.example", Accepted) },
		func(o *Object) { o.Root.Parts = o.Root.Parts[:1] },
	} {
		c := a.Clone()
		if change(c); SameContent(a, c) {
			t.Errorf("not seen: %s", c.Encode())
		}
	}
}

func TestCauseSurvives(t *testing.T) {
	lines := "METHOD:REQUEST\nSEQUENCE:1\nDTSTART:20260302T090000Z\nRRULE:FREQ=DAILY\n---\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T100000Z"
	o := object(t, lines)
	cause := CauseOfMessage(o, "o@example.org", "room@example.org", Accepted)
	if o.Cause() != "" {
		t.Error("a mark on an unmarked object")
	}
	o.SetCause(cause)
	if got := reparse(t, o).Cause(); got != cause || got.Decision() != Accepted {
		t.Errorf("mark %q read as %q", cause, got)
	}
	if c := CauseOfMessage(object(t, lines), "o@example.org", "room@example.org", Declined); !c.Same(cause) {
		t.Error("the same message has another mark")
	}
	for _, other := range []string{
		lines[len("METHOD:REQUEST\n"):], lines + "\nSEQUENCE:2", "METHOD:CANCEL" + lines[len("METHOD:REQUEST"):],
		lines[:len(lines)-1] + "\nDTSTAMP:20260102T000000Z", "METHOD:REQUEST\nUID:u2\n" + lines[len("METHOD:REQUEST\n"):len("METHOD:REQUEST\n")+40],
	} {
		if CauseOfMessage(object(t, other), "o@example.org", "room@example.org", Accepted).Same(cause) {
			t.Errorf("another message has the same mark: %q", other)
		}
	}
	if CauseOfMessage(o, "o@example.org", "other@example.org", Accepted).Same(cause) || CauseOfMessage(o, "x@example.org", "room@example.org", Accepted).Same(cause) {
		t.Error("sender or recipient do not count")
	}
	if o.SetCause(""); o.Cause() != "" || bytes.Contains(o.Encode(), []byte(CauseProperty)) {
		t.Error("the mark stays")
	}
}
