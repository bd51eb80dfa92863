package imip

import (
	"strings"
	"testing"

	"usher/itip"
	"usher/milter/message"
)

// FuzzRead holds that whatever a mail is, reading it ends, keeps its bounds and gives the same twice, and that what
// was read is read again from a mail composed of it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		cal(request("1")), multi("mixed", multi("alternative", hello, cal(request("1"))), cal(task("2")), cal(request("1")), cal(event("1"))),
		multi("alternative", cal(request("1")), cal(request("1", "DESCRIPTION:x"))), cal(request("1") + request("2")),
		"Content-Type: text/calendar; method=REPLY; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//5CAEUARwBJAE4AOgBWAEMAQQBMAEUATgBEAEEAUgA=",
		"Message-ID: <a@b>\nReferences: <b@c>\n" + cal(request("1", "SUMMARY:\xfc", "ATTENDEE;CN=\"a;b\":mailto:a@b"), "charset=iso-8859-1"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := message.Read(strings.NewReader(string(data)), 0)
		if err != nil {
			t.Skip()
		}
		fuzzed(t, m)
	})
}

// FuzzPart is FuzzRead for one calendar part, which luck alone would seldom make.
func FuzzPart(f *testing.F) {
	f.Add([]byte(request("1", "SUMMARY:\xfc\xe4")), "method=request")
	f.Add([]byte(request("1", "RRULE:FREQ=DAILY")+request("1", "RECURRENCE-ID:20260310T100000Z")+task("2")), "charset=iso-8859-1")
	f.Add([]byte("\xff\xfeB\x00E\x00G\x00"), "charset=utf-16; method=\"a;b\"")
	f.Add([]byte(event("1", "METHOD:x y;z", "ATTENDEE;CN=\"a;b\":mailto:a@b", "X-A;B=^n:c")), "method*=utf-8''x%20y")
	f.Fuzz(func(t *testing.T, content []byte, params string) {
		fuzzed(t, letter(t, in64(string(content), params)))
	})
}

func fuzzed(t *testing.T, m *message.Message) {
	t.Helper()
	l := Read(m, itip.Event, itip.Todo)
	if again := Read(m, itip.Event, itip.Todo); told(l) != told(again) {
		t.Fatalf("%s\nand then\n%s", told(l), told(again))
	}
	if len(l.Items)+len(l.Others) > maxObjects || len(l.Repairs) > maxRepairs+1 || l.Silent() && len(l.Items) > 0 {
		t.Fatalf("%d items, %d others, %d repairs", len(l.Items), len(l.Others), len(l.Repairs))
	}
	for _, i := range l.Items {
		isMessage(t, i)
		isReadAgain(t, i.Object, m.Header)
	}
}

func isMessage(t *testing.T, i Item) {
	t.Helper()
	kind, method := i.Object.Kind(), i.Object.Method()
	if method == "" || kind != itip.Event && kind != itip.Todo || i.Part.Embedded || i.Part.MediaType() != "text/calendar" {
		t.Fatalf("%s %s in %s %s", method, kind, i.Part.MediaType(), i.Part.Path)
	}
}

func isReadAgain(t *testing.T, o *itip.Object, answers message.Header) {
	t.Helper()
	m := Compose(Draft{From: blue, To: []Mailbox{{o.UID(), "a@example.org"}}, Subject: o.UID(), Text: o.UID(), Object: o, Answers: answers})
	l := Read(letter(t, written(t, m)))
	if len(l.Items) != 1 || l.Items[0].Object.Method() != o.Method() || !itip.SameContent(l.Items[0].Object, o) {
		t.Fatalf("composed of\n%q\nand read\n%s", o.Encode(), told(l))
	}
}
