package message

import (
	"fmt"
	"strings"
	"testing"
)

// ics is a calendar part as it stands in a multipart.
func ics(uid string) string {
	return "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nUID:" + uid + "\nEND:VCALENDAR"
}

// multi is a multipart/kind of these parts.
func multi(kind string, parts ...string) string {
	b := fmt.Sprintf("b%d%s", len(strings.Join(parts, "")), kind)
	s := "Content-Type: multipart/" + kind + "; boundary=" + b + "\n\n"
	for _, p := range parts {
		s += "--" + b + "\n" + p + "\n"
	}
	return s + "--" + b + "--"
}

func TestCalendarParts(t *testing.T) {
	text, html := "\nhello", "Content-Type: text/html\n\n<p>hello"
	base64 := "Content-Type: Text/Calendar; charset=utf-8\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVOREFSDQpVSUQ6MQ0KRU5EOlZDQUxFTkRBUg0K"
	tests := []struct{ name, mail, want string }{
		{"alone", ics("1"), "/"},
		{"none", text, ""},
		{"alternative", multi("alternative", text, html, ics("1")), "/2"},
		{"alternative in mixed", multi("mixed", multi("alternative", text, ics("1")), "Content-Type: application/ics; name=invite.ics\n\nx"), "/0/1"},
		{"deep", multi("mixed", multi("related", multi("signed", multi("alternative", text, ics("1"))))), "/0/0/0/1"},
		{"all of mixed", multi("mixed", text, ics("1"), ics("2")), "/1 /2"},
		{"one said twice, the last counts", multi("alternative", text, ics("1"), ics("1")), "/2"},
		{"one said twice in other encodings", multi("alternative", text, ics("1"), base64), "/2"},
		{"two that differ", multi("alternative", text, ics("1"), ics("2")), "/1? /2?"},
		{"two that differ and one", multi("alternative", ics("1"), ics("1"), ics("2")), "/0? /1? /2?"},
		{"forms that differ in number", multi("alternative", ics("1"), multi("mixed", ics("1"), ics("2"))), "/0? /1/0? /1/1?"},
		{"forms with the same", multi("alternative", multi("mixed", text, ics("1")), multi("related", html, ics("1"))), "/1/1"},
		{"differing inside a form", multi("alternative", text, multi("alternative", ics("1"), ics("2"))), "/1/0? /1/1?"},
		{"attachment by its type", multi("mixed", text, "Content-Disposition: attachment; filename=x.bin\n"+ics("1")), "/1"},
		{"never by its name", multi("mixed", text, "Content-Type: application/octet-stream; name=invite.ics\n\nBEGIN:VCALENDAR"), ""},
		{"never in a forwarded mail", multi("mixed", text, "Content-Type: message/rfc822\n\n"+multi("alternative", text, ics("1"))), ""},
		{"never in a digest", multi("digest", "\n"+ics("1")), ""},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range eml(tt.mail).CalendarParts() {
			s := p.Path.String()
			if p.Ambiguous {
				s += "?"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q; want %q", tt.name, s, tt.want)
		}
	}
}
