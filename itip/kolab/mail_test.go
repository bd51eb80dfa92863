package kolab

import (
	"bytes"
	"encoding/base64"
	"errors"
	"mime"
	"os"
	"strings"
	"testing"

	"usher/itip"
)

const (
	kolabHead = "Subject: u1\r\nX-Kolab-Type: application/x-vnd.kolab.event\r\nX-KOLAB-MIME-VERSION: 3.0\r\n"
	start     = "<uid><text>u1</text></uid><created><date-time>2026-01-01T00:00:00Z</date-time></created>" +
		"<dtstamp><date-time>2026-01-01T00:00:00Z</date-time></dtstamp><dtstart><date-time>2026-03-02T10:00:00.5Z</date-time></dtstart>"
)

// doc is a document with these properties more.
func doc(more string) string {
	return `<icalendar xmlns="` + namespace + `"><vcalendar><properties/><components><vevent><properties>` + start + more +
		"</properties></vevent></components></vcalendar></icalendar>"
}

func TestMailsOfAnyShape(t *testing.T) {
	summary := "<summary><text>Käse</text></summary>"
	latin := strings.ReplaceAll(doc(summary), "ä", "\xe4")
	part := "Content-Type: application/calendar+xml"
	multi := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	for name, mail := range map[string]string{
		"alone":       part + "\r\n\r\n" + doc(summary),
		"line feeds":  strings.ReplaceAll(multi, "\r\n", "\n") + part + "\n\n" + doc(summary) + "\n--b--\n",
		"base64":      multi + part + "\r\nContent-Transfer-Encoding: BASE64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(doc(summary))) + "\r\n--b--\r\n",
		"no end":      multi + part + "\r\n\r\n" + doc(summary),
		"charset":     multi + part + "; charset=iso-8859-1\r\n\r\n" + latin + "\r\n--b--\r\n",
		"declaration": multi + part + "\r\n\r\n<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>" + latin + "\r\n--b--\r\n",
		"prefixes": multi + part + "\r\n\r\n" + strings.NewReplacer("</", "</x:", "<", "<x:", "xmlns=", "xmlns:x=").Replace(doc(summary)) +
			"\r\n--b--\r\n",
		"nested": "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + multi + part + "\r\n\r\n" + doc(summary) + "\r\n--b--\r\n--a--\r\n",
		"two":    multi + part + "\r\n\r\n" + doc(summary) + "\r\n--b\r\n" + part + "\r\n\r\n" + doc("") + "\r\n--b--\r\n",
	} {
		m, err := Read([]byte(kolabHead + mail))
		if err != nil || m.Object.Master().Text("SUMMARY") != "Käse" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNotRead(t *testing.T) {
	part := kolabHead + "Content-Type: application/calendar+xml\r\n\r\n"
	deep := strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)
	for _, tt := range []struct {
		name, mail string
		want       error
	}{
		{"the format before", "Subject: u1\r\nContent-Type: application/x-vnd.kolab.event\r\n\r\n<event/>", ErrVersion},
		{"a mail", kolabHead + "\r\nhello", ErrFormat},
		{"no XML", part + "hello", ErrFormat},
		{"cut off", part + doc("")[:200], ErrFormat},
		{"entities", part + `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + doc("<summary><text>&a;</text></summary>"), ErrFormat},
		{"another namespace", part + strings.ReplaceAll(doc(""), namespace, "urn:x"), ErrFormat},
		{"a contact", part + strings.ReplaceAll(doc(""), "vevent", "vcard"), ErrKind},
		{"nothing", part + `<icalendar xmlns="` + namespace + `"><vcalendar><components/></vcalendar></icalendar>`, itip.ErrSyntax},
		{"deep", part + doc(deep), itip.ErrTooLarge},
		{"large", part + strings.Repeat(" ", MaxDocument) + doc(""), itip.ErrTooLarge},
		{"many parts", kolabHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", MaxParts+1), itip.ErrTooLarge},
		{"no time", part + strings.ReplaceAll(doc(""), "2026-03-02T10:00:00.5Z", "soon"), ErrFormat},
	} {
		if _, err := Read([]byte(tt.mail)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestAttachmentsStayAsTheyAre(t *testing.T) {
	raw := "Content-Type: image/png; name=\"bild äöü.png\"\r\nContent-ID: <b.1.2.png>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n"
	mail := kolabHead + "X-Other: a\r\n b\r\nX-Kolab-Secret: no\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\nwhat this is\r\n" +
		"--b\r\nContent-Type: application/calendar+xml\r\n\r\n" + doc("<attach><uri>cid:b.1.2.png</uri></attach>") +
		"\r\n--b\r\n" + raw + "\r\n--b--\r\n"
	m := mustRead(t, []byte(mail))
	again, err := Write(m)
	if err != nil {
		t.Fatal(err)
	}
	back := mustRead(t, again)
	if len(back.Parts) != 1 || back.Parts[0].ContentID != "b.1.2.png" || string(back.Parts[0].Raw) != raw {
		t.Errorf("%q, want %q", back.Parts, raw)
	}
	if !bytes.Contains(again, []byte("\r\nX-Other: a\r\n b\r\n")) || bytes.Contains(again, []byte("Secret")) {
		t.Errorf("fields are not what they were:\n%s", again)
	}
}

func TestTheMailAsWeWriteIt(t *testing.T) {
	o := parse(t, "BEGIN:VEVENT\nUID:u1\nDTSTAMP:20260102T000000Z\nDTSTART;TZID=Europe/Berlin:20260302T100000\nSUMMARY:Überblick\n"+
		"ORGANIZER;CN=\"Doe, John\":mailto:john@example.org\nX-USHER-CAUSE:00ff\\;ACCEPTED\nEND:VEVENT")
	got := mustWrite(t, o)
	const name = "testdata/event.eml"
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if bytes.Contains(bytes.ReplaceAll(got, []byte("\r\n"), nil), []byte("\n")) {
		t.Error("a line ends without CR")
	}
}

func TestSubjectIsTheUID(t *testing.T) {
	decoder := new(mime.WordDecoder)
	for _, uid := range []string{"u1", "http://a-totally.stupid/?uid&x=1", "Ärger-1", "=?utf-8?q?a?=", " a  b ", strings.Repeat("ä1", 300)} {
		o := itip.New("")
		c := &itip.Component{Name: itip.Event}
		c.SetText("UID", uid)
		c.Set(itip.Prop{Name: "DTSTART", Value: "20260302T100000Z"})
		o.Root.Parts = append(o.Root.Parts, c)
		mail := mustWrite(t, o)
		header := parseEntity(mail)
		if got, err := decoder.DecodeHeader(header.field("Subject")); got != uid || err != nil {
			t.Errorf("subject %q, %v; want %q", got, err, uid)
		}
		for l := range strings.SplitSeq(string(mail), "\r\n") {
			if len(l) > 998 {
				t.Errorf("a line of %d bytes", len(l))
			}
		}
		if back := mustRead(t, mail).Object.UID(); back != uid {
			t.Errorf("UID %q, want %q", back, uid)
		}
	}
}

func TestExceptionsBelongToTheFirst(t *testing.T) {
	second := strings.NewReplacer("u1", "other", "</dtstart>", "</dtstart><recurrence-id><date-time>2026-03-09T10:00:00Z</date-time></recurrence-id>").Replace(start)
	xml := strings.Replace(doc("<rrule><recur><freq>WEEKLY</freq></recur></rrule>"), "</vevent>", "</vevent><vevent><properties>"+second+"</properties></vevent>", 1)
	o, err := readDocument(body{data: []byte(xml)})
	if err != nil || len(o.Overrides()) != 1 || o.Overrides()[0].Text("UID") != "u1" {
		t.Errorf("%v: %v", err, o)
	}
}

func TestOverridesComeAfterTheMaster(t *testing.T) {
	o := parse(t, "BEGIN:VEVENT\nUID:u1\nRECURRENCE-ID:20260303T100000Z\nDTSTART:20260303T110000Z\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nUID:u1\nDTSTART:20260302T100000Z\nRRULE:FREQ=DAILY\nEND:VEVENT")
	xml := xmlOf(t, mustWrite(t, o))
	if strings.Index(xml, "<rrule>") > strings.Index(xml, "<recurrence-id>") {
		t.Errorf("the override comes first:\n%s", xml)
	}
}

func TestOnlyEventsAndTasksAreWritten(t *testing.T) {
	o := parse(t, "BEGIN:VJOURNAL\nUID:u1\nEND:VJOURNAL")
	if _, err := Write(&Message{Object: o}); !errors.Is(err, ErrKind) {
		t.Errorf("%v, want ErrKind", err)
	}
}
