package kolab

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // tests must not depend on the zones of the machine

	"usher/itip"
)

var update = flag.Bool("update", false, "write what is expected")

func dayBefore(s string) string {
	d, _ := time.Parse("20060102", s)
	return d.AddDate(0, 0, -1).Format("2006-01-02")
}

// parse makes an object of what stands inside of VCALENDAR.
func parse(t testing.TB, lines string) *itip.Object {
	t.Helper()
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n" + strings.TrimSpace(lines) + "\nEND:VCALENDAR\n"
	os, err := itip.Parse([]byte(text))
	if err != nil || len(os) != 1 {
		t.Fatalf("Parse: %d objects, %v\n%s", len(os), err, text)
	}
	return os[0]
}

func mustWrite(t testing.TB, o *itip.Object) []byte {
	t.Helper()
	mail, err := Write(&Message{Object: o, Date: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatalf("Write: %v\n%s", err, o.Encode())
	}
	return mail
}

func mustRead(t testing.TB, mail []byte) *Message {
	t.Helper()
	m, err := Read(mail)
	if err != nil {
		t.Fatalf("Read: %v\n%s", err, mail)
	}
	return m
}

// xmlOf is the document in a mail.
func xmlOf(t testing.TB, mail []byte) string {
	t.Helper()
	_, b, err := takeApart(mail)
	if err != nil {
		t.Fatal(err)
	}
	return string(b.data)
}

// different tells what a second object says otherwise, property by property; "" is nothing.
func different(a, b *itip.Object) string {
	x, y := linesOf(a), linesOf(b)
	var out []string
	for l, n := range x {
		if y[l] != n {
			out = append(out, "- "+l)
		}
	}
	for l, n := range y {
		if x[l] != n {
			out = append(out, "+ "+l)
		}
	}
	if len(out) == 0 && !itip.SameContent(a, b) {
		out = append(out, "SameContent says no")
	}
	return strings.Join(out, "\n")
}

func linesOf(o *itip.Object) map[string]int {
	m := map[string]int{}
	var walk func(path string, c *itip.Component)
	walk = func(path string, c *itip.Component) {
		id, _ := c.Prop("RECURRENCE-ID")
		path += c.Name + "(" + id.Value + ")/"
		m[path]++
		for _, p := range c.Props {
			if len(path) > len("VCALENDAR()/") || !unwritten[p.Name] {
				m[path+sorted(p)]++
			}
		}
		for _, part := range c.Parts {
			walk(path, part)
		}
	}
	walk("", o.Root)
	return m
}

func toJSON(v any) string {
	data, _ := json.MarshalIndent(v, "", " ")
	return string(data)
}

// contrast shows the lines that only one of two values has.
func contrast(got, want any) string {
	g, w := strings.Split(toJSON(got), "\n"), strings.Split(toJSON(want), "\n")
	count := map[string]int{}
	for _, l := range g {
		count[l]++
	}
	for _, l := range w {
		count[l]--
	}
	var out []string
	for l, n := range count {
		if n > 0 {
			out = append(out, "got  "+strings.TrimSpace(l))
		} else if n < 0 {
			out = append(out, "want "+strings.TrimSpace(l))
		}
	}
	return strings.Join(out, "\n")
}
