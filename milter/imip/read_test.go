package imip

import (
	"fmt"
	"strings"
	"testing"

	"usher/itip"
)

const (
	hello = "\nhello"
	html  = "Content-Type: text/html\n\n<p>hello"
)

func TestWhereCalendarsAreFound(t *testing.T) {
	forwarded := "Content-Type: message/rfc822\n\n" + multi("alternative", hello, cal(request("1")))
	attached := "Content-Disposition: attachment; filename=x.bin\n" + cal(request("1"))
	readAll(t, []reading{
		{"ordinary mail", hello, ""},
		{"alone", cal(request("1")), "REQUEST VEVENT 1 in /"},
		{"S6047-12: in an alternative", multi("alternative", hello, html, cal(request("1"))), "REQUEST VEVENT 1 in /2"},
		{"S6047-12: deep", multi("mixed", multi("related", multi("signed", multi("alternative", hello, cal(request("1")))))), "REQUEST VEVENT 1 in /0/0/0/1"},
		{"S6047-12: in a multipart nobody knows", multi("x-new", hello, cal(request("1"))), "REQUEST VEVENT 1 in /1"},
		{"DEV-20: in mixed, without alternative", multi("mixed", hello, cal(request("1"))), "REQUEST VEVENT 1 in /1"},
		{"S6047-12: all of mixed", multi("mixed", hello, cal(request("1")), cal(request("2"))),
			"REQUEST VEVENT 1 in /1\nREQUEST VEVENT 2 in /2\nodd: several events in one mail"},
		{"S6047-16: by the type, in any case", "Content-Type: Text/CALENDAR; METHOD=request; charset=UTF-8\n\n" + request("1"), "REQUEST VEVENT 1 in /"},
		{"S6047-16: an attachment by its type", multi("mixed", hello, attached), "REQUEST VEVENT 1 in /1"},
		{"S6047-16: never by the file name", multi("mixed", hello, part(request("1"), "Content-Type: application/octet-stream; name=invite.ics")), ""},
		{"S6047-16: application/ics alone", multi("mixed", hello, part(request("1"), "Content-Type: application/ics; name=invite.ics; method=REQUEST")),
			"left alone: a calendar only as application/ics, which is a file and no message"},
		{"S5322-01: never in a forwarded mail", multi("mixed", hello, forwarded), ""},
		{"S5322-01: beside a forwarded mail", multi("mixed", cal(request("2")), forwarded), "REQUEST VEVENT 2 in /0"},
		{"S5322-01: never in a digest", multi("digest", "\n"+cal(request("1"))), ""},
		{"S5322-01: the mail itself is a forwarded one", "Content-Type: message/rfc822\n\n" + cal(request("1")), ""},
	})
}

func TestCopies(t *testing.T) {
	ics := part(request("1"), "Content-Type: application/ics; name=invite.ics")
	readAll(t, []reading{
		{"S6047-17, DEV-11: application/ics beside", multi("mixed", multi("alternative", hello, cal(request("1"))), ics),
			"REQUEST VEVENT 1 in /0/1\npart /1: application/ics is not looked at"},
		{"S6047-17: text/calendar twice", multi("mixed", cal(request("1")), cal(request("1"))),
			"REQUEST VEVENT 1 in /0\npart /1: the same as in part /0, left out"},
		{"S6047-17: a copy made at another moment", multi("mixed", cal(request("1")), cal(strings.Replace(request("1"), "120000Z", "120001Z", 1))),
			"REQUEST VEVENT 1 in /0\npart /1: the same as in part /0, left out"},
		{"one UID twice, and different", multi("mixed", cal(request("1")), cal(request("1", "LOCATION:Paris"))),
			"left alone: calendar part /1: it differs from another part with the same UID"},
		{"one UID twice, another METHOD", multi("mixed", cal(request("1")), cal(event("1", "METHOD:CANCEL"), "method=CANCEL", "charset=utf-8")),
			"left alone: calendar part /1: it differs from another part with the same UID"},
		{"an archive copy without METHOD", multi("mixed", cal(request("1")), cal(event("1"))),
			"REQUEST VEVENT 1 in /0\nother VEVENT 1 in /1"},
	})
}

func TestAlternatives(t *testing.T) {
	const differs = "left alone: calendar part %s: another form of it says something else"
	readAll(t, []reading{
		{"S6047-13: one said twice, the last counts", multi("alternative", hello, cal(request("1")), cal(request("1"))),
			"REQUEST VEVENT 1 in /2\npart /1: another form of part /2, left out"},
		{"S6047-13: the richer form is last", multi("alternative", cal(request("1")), cal(request("1", "DESCRIPTION:long", "X-ALT-DESC:<p>long"))),
			"REQUEST VEVENT 1 in /1\npart /0: another form of part /1, left out"},
		{"S6047-13, DEV-12: alarms in one form", multi("alternative", cal(request("1", "BEGIN:VALARM", "ACTION:DISPLAY", "END:VALARM")), cal(request("1"))),
			"REQUEST VEVENT 1 in /1\npart /0: another form of part /1, left out"},
		{"S6047-13: forms within multiparts", multi("alternative", multi("mixed", hello, cal(request("1"))), multi("related", html, cal(request("1")))),
			"REQUEST VEVENT 1 in /1/1\npart /0/1: another form of part /1/1, left out"},
		{"S6047-13: different UIDs", multi("alternative", hello, cal(request("1")), cal(request("2"))), fmt.Sprintf(differs, "/1")},
		{"S6047-13: different METHODs", multi("alternative", cal(event("1", "METHOD:CANCEL"), "method=CANCEL"), cal(request("1"))),
			fmt.Sprintf(differs, "/0")},
		{"S6047-13: different titles", multi("alternative", cal(request("1", "SUMMARY:a")), cal(request("1", "SUMMARY:b"))), fmt.Sprintf(differs, "/0")},
		{"S6047-13: different answers", multi("alternative", cal(request("1", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b")), cal(request("1", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b"))),
			fmt.Sprintf(differs, "/0")},
		{"S6047-13: two that agree and one", multi("alternative", cal(request("1")), cal(request("2")), cal(request("2"))), fmt.Sprintf(differs, "/0")},
		{"S6047-13: forms of different number", multi("alternative", cal(request("1")), multi("mixed", cal(request("1")), cal(request("2")))),
			fmt.Sprintf(differs, "/0")},
		{"S6047-13: within a form", multi("alternative", hello, multi("alternative", cal(request("1")), cal(request("2")))), fmt.Sprintf(differs, "/1/0")},
		{"a form that cannot be read", multi("alternative", cal("BEGIN:NONSENSE"), cal(request("1"))),
			"left alone: calendar part /0: not iCalendar: line 1: NONSENSE outside of VCALENDAR"},
	})
}

func TestLabels(t *testing.T) {
	const odd = "\nodd: METHOD is not what the part is labelled with\npart /: "
	readAll(t, []reading{
		{"S6047-09: without case", cal(strings.Replace(request("1"), "REQUEST", "request", 1), "method=Request"), "REQUEST VEVENT 1 in /"},
		{"S6047-09: quoted", cal(request("1"), `method="REQUEST"`), "REQUEST VEVENT 1 in /"},
		{"S6047-10, D-09, DEV-12: no method parameter", cal(request("1"), "charset=utf-8"),
			"REQUEST VEVENT 1 in /, unlabelled" + odd + `no method parameter, METHOD is "REQUEST"`},
		{"S6047-11: another method parameter", cal(request("1"), "method=REPLY"),
			"REQUEST VEVENT 1 in /, mislabelled" + odd + `the method parameter is "REPLY", METHOD is "REQUEST"`},
		{"S6047-11: of a part that is not wanted", cal(task("1"), "method=REPLY"),
			"other REQUEST VTODO 1 in /, mislabelled" + odd + `the method parameter is "REPLY", METHOD is "REQUEST"` + "\n" +
				"left alone: nothing in it is a message about an event"},
		{"DEV-18: no METHOD", cal(event("1")), "other VEVENT 1 in /\nleft alone: nothing in it is a message about an event"},
		{"DEV-18: PUBLISH", cal(event("1", "METHOD:PUBLISH"), "method=PUBLISH"), "PUBLISH VEVENT 1 in /"},
	})
}

func TestSeveralObjects(t *testing.T) {
	two := strings.Replace(request("1"), "END:VCALENDAR\n", strings.TrimPrefix(request("2"), "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Client//EN\nMETHOD:REQUEST\n"), 1)
	override := request("1", "RECURRENCE-ID:20260309T100000Z")
	readAll(t, []reading{
		{"D-06: two UIDs in one VCALENDAR", cal(two), "REQUEST VEVENT 1 in /\nREQUEST VEVENT 2 in /\nodd: several events in one mail"},
		{"D-06: two VCALENDARs with a UID each", cal(request("1") + request("2")),
			"REQUEST VEVENT 1 in /\nREQUEST VEVENT 2 in /\nodd: several VCALENDARs in one part\nodd: several events in one mail"},
		{"D-06, DEV-16: two VCALENDARs about one UID", cal(request("1", "RRULE:FREQ=DAILY") + override),
			"REQUEST VEVENT 1 in /\nodd: several VCALENDARs in one part"},
		{"a VCALENDAR in words is none", cal(request("1", "SUMMARY:a", " BEGIN:VCALENDAR")), "REQUEST VEVENT 1 in / aBEGIN:VCALENDAR"},
		{"a task beside", multi("mixed", cal(request("1")), cal(task("2"))), "REQUEST VEVENT 1 in /0\nother REQUEST VTODO 2 in /1"},
	})
}

func TestKindsAreTheCallersChoice(t *testing.T) {
	both := multi("mixed", cal(request("1")), cal(task("2")))
	journal := cal(strings.ReplaceAll(request("3"), "VEVENT", "VJOURNAL"))
	tasks := multi("mixed", cal(task("2")), cal(task("3")))
	readAll(t, []reading{
		{"events and tasks", both, "REQUEST VEVENT 1 in /0\nREQUEST VTODO 2 in /1\nodd: several objects in one mail"},
		{"tasks", tasks, "REQUEST VTODO 2 in /0\nREQUEST VTODO 3 in /1\nodd: several tasks in one mail"},
		{"a journal", journal, "other REQUEST VJOURNAL 3 in /\nleft alone: nothing in it is a message about an event or a task"},
	}, itip.Event, itip.Todo)
	if got := told(Read(letter(t, journal))); got != "REQUEST VJOURNAL 3 in /" {
		t.Errorf("without kinds: %s", got)
	}
}

func TestWhole(t *testing.T) {
	tests := []struct {
		name, mail string
		want       bool
	}{
		{"nothing left over", cal(request("1")), true},
		{"an archive copy", multi("mixed", cal(request("1")), cal(event("1"))), true},
		{"another event without METHOD", multi("mixed", cal(request("1")), cal(event("2"))), false},
		{"a task", multi("mixed", cal(request("1")), cal(task("2"))), false},
	}
	for _, tt := range tests {
		if l := Read(letter(t, tt.mail), itip.Event); l.Silent() || l.Whole() != tt.want {
			t.Errorf("%s: silent %v, whole %v; want %v", tt.name, l.Silent(), l.Whole(), tt.want)
		}
	}
}

func TestBounds(t *testing.T) {
	var parts, objects []string
	for i := range maxParts + 1 {
		parts = append(parts, cal(request(fmt.Sprint(i))))
		objects = append(objects, request(fmt.Sprint(i)))
	}
	half := cal(strings.Join(objects[:maxObjects/2+1], ""))
	other := cal(strings.ReplaceAll(strings.Join(objects[:maxObjects/2], ""), "UID:", "UID:x"))
	large := cal(request("1", "ATTACH:"+strings.Repeat("x", maxText/9)))
	var many []string
	for range 2000 {
		many = append(many, "\nx")
	}
	tests := []struct{ name, mail, want string }{
		{"parts", multi("mixed", parts...), "left alone: more than 50 calendar parts"},
		{"objects in one part", cal(strings.Join(objects, "")), "left alone: calendar part /: more than 50 objects in one mail"},
		{"objects in two parts", multi("mixed", half, other), "left alone: calendar part /1: more than 50 objects in one mail"},
		{"a part", cal(request("1", "ATTACH:"+strings.Repeat("x", maxPart))), "left alone: calendar part /: read part /: too large: more than 1048576 bytes"},
		{"all parts", multi("mixed", large, large, large, large, large, large, large, large, large), "left alone: calendar part /8: more than 2097152 bytes of calendars in one mail"},
		{"parts of any kind", multi("mixed", append([]string{cal(request("1"))}, many...)...), "left alone: more parts than can be read"},
	}
	for _, tt := range tests {
		if l := Read(letter(t, tt.mail), itip.Event); l.Why != tt.want || !l.Silent() {
			t.Errorf("%s: %d items, %q; want %q", tt.name, len(l.Items), l.Why, tt.want)
		}
	}
}

func TestRepairsAreBounded(t *testing.T) {
	bad := cal(request("1") + strings.Repeat("text\n", 200))
	l := Read(letter(t, multi("mixed", bad, strings.Replace(bad, "UID:1", "UID:2", 1))))
	if n := len(l.Repairs); n != maxRepairs+1 || l.Repairs[maxRepairs] != "more was repaired" {
		t.Errorf("%d repairs, the last %q", n, l.Repairs[n-1])
	}
}
