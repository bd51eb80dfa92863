package imip

import (
	"fmt"
	"strings"
	"testing"

	"usher/itip"
	"usher/milter/message"
)

// letter reads one mail as it lies in a file.
func letter(t testing.TB, text string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// event is an iCalendar object; more lines go into its VEVENT, those given as "METHOD:…" before it.
func event(uid string, lines ...string) string {
	head, body := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Client//EN\n", ""
	for _, l := range lines {
		if strings.HasPrefix(strings.ToUpper(l), "METHOD:") {
			head += l + "\n"
		} else {
			body += l + "\n"
		}
	}
	return head + "BEGIN:VEVENT\nUID:" + uid + "\nDTSTAMP:20260301T120000Z\nDTSTART:20260309T100000Z\n" + body +
		"END:VEVENT\nEND:VCALENDAR\n"
}

func request(uid string, lines ...string) string {
	return event(uid, append([]string{"METHOD:REQUEST"}, lines...)...)
}

func task(uid string) string { return strings.ReplaceAll(request(uid), "VEVENT", "VTODO") }

// part is a part with the fields of its header.
func part(content string, fields ...string) string {
	return strings.Join(fields, "\n") + "\n\n" + content
}

// cal is a text/calendar part that is labelled with the method REQUEST, or as params say.
func cal(content string, params ...string) string {
	if params == nil {
		params = []string{"method=REQUEST", "charset=utf-8"}
	}
	return part(content, "Content-Type: text/calendar; "+strings.Join(params, "; "))
}

// multi is a multipart/kind of these parts.
func multi(kind string, parts ...string) string {
	b := fmt.Sprintf("b%d%s", len(strings.Join(parts, "")), kind)
	s := "Content-Type: multipart/" + kind + "; boundary=" + b + "\n\n"
	for _, p := range parts {
		s += "--" + b + "\n" + p + "\n"
	}
	return s + "--" + b + "--\n"
}

// told is a letter in one line for each thing it says.
func told(l Letter) string {
	var lines []string
	for _, i := range l.Items {
		lines = append(lines, itemTold(i))
	}
	for _, i := range l.Others {
		lines = append(lines, "other "+itemTold(i))
	}
	for _, s := range l.Odd {
		lines = append(lines, "odd: "+s)
	}
	lines = append(lines, l.Repairs...)
	if l.Why != "" {
		lines = append(lines, l.Why)
	}
	return strings.Join(lines, "\n")
}

func itemTold(i Item) string {
	o := i.Object
	s := strings.TrimSpace(o.Method()+" "+o.Kind()) + " " + o.UID() + " in " + i.Part.Path.String()
	if summary := o.Scheduled()[0].Text("SUMMARY"); summary != "" {
		s += " " + summary
	}
	return s + [...]string{Labelled: "", Unlabelled: ", unlabelled", Mislabelled: ", mislabelled"}[i.Label]
}

// reading is one case: a mail, what it is asked for, and what is told of it.
type reading struct {
	name, mail string
	want       string
}

func readAll(t *testing.T, tests []reading, kinds ...string) {
	t.Helper()
	if kinds == nil {
		kinds = []string{itip.Event}
	}
	for _, tt := range tests {
		if got := told(Read(letter(t, "From: a@example.org\n"+tt.mail), kinds...)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}
