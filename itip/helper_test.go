package itip

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // tests must not depend on the zones of the machine
)

var (
	berlin  = mustLoad("Europe/Berlin")
	newYork = mustLoad("America/New_York")
)

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// object makes an object of component lines; UID and DTSTAMP are added where they are missing.
func object(t testing.TB, lines string) *Object {
	t.Helper()
	os, err := Parse([]byte(text(lines)))
	if err != nil {
		t.Fatalf("Parse: %v\n%.2000s", err, text(lines))
	}
	if len(os) != 1 {
		t.Fatalf("Parse gives %d objects, want one\n%s", len(os), text(lines))
	}
	return os[0]
}

// text wraps the lines of one or several components, separated by a line of dashes, into a VCALENDAR.
// A leading "METHOD:…" line goes to the VCALENDAR; a component that names itself with BEGIN is taken as it is.
func text(lines string) string {
	lines = strings.TrimSpace(lines)
	b := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n"
	if first, rest, _ := strings.Cut(lines, "\n"); strings.HasPrefix(first, "METHOD:") {
		b, lines = b+first+"\n", rest
	}
	for part := range strings.SplitSeq(lines, "\n---\n") {
		part = strings.TrimSpace(part)
		if strings.HasPrefix(part, "BEGIN:") {
			b += part + "\n"
			continue
		}
		if !strings.Contains("\n"+part, "\nUID:") {
			part = "UID:u1\n" + part
		}
		if !strings.Contains("\n"+part, "\nDTSTAMP") {
			part = "DTSTAMP:20260101T000000Z\n" + part
		}
		b += "BEGIN:VEVENT\n" + part + "\nEND:VEVENT\n"
	}
	return b + "END:VCALENDAR\n"
}

// starts lists instances as local start times, with / and the end where it is not an hour later, a question mark
// for cancelled ones.
func starts(t testing.TB, o *Object, from, to string, local *time.Location) string {
	t.Helper()
	is, err := o.Instances(at(from), at(to), local)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, i := range is {
		format := "0102T1504"
		if i.AllDay {
			format = "0102"
		}
		s := i.Start.In(local).Format(format)
		if i.End.Sub(i.Start) != time.Hour {
			s += "/" + i.End.In(local).Format(format)
		}
		if i.Cancelled {
			s += "?"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// at reads 2026-03-01, 2026-03-01T10:00 (UTC).
func at(s string) time.Time {
	if len(s) == len("2006-01-02") {
		s += "T00:00"
	}
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}
