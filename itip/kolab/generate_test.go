package kolab

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"usher/itip"
)

// generator makes objects of all that Kolab has words for; with extras, also of what it has none for, and which its
// reader does not see.
type generator struct {
	*rand.Rand
	extras bool
	zone   string // of all local times of one object; "" is floating, "Z" UTC, "D" whole days
	b      strings.Builder
}

func generated(t testing.TB, r *rand.Rand, extras bool) *itip.Object {
	t.Helper()
	g := &generator{Rand: r, extras: extras}
	g.zone = g.one("", "Z", "D", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Europe/Berlin")
	if g.extras && g.maybe() {
		g.line("X-WR-CALNAME:Mine")
	}
	start := time.Date(2020+g.IntN(20), time.Month(1+g.IntN(12)), 1+g.IntN(28), g.IntN(24), 5*g.IntN(12), 0, 0, time.UTC)
	kind := g.one("VEVENT", "VEVENT", "VTODO")
	recurs := g.maybe()
	g.component(kind, start, recurs, false)
	if recurs {
		for i := range g.IntN(3) {
			g.component(kind, start.AddDate(0, 0, 7*i), false, true)
		}
	}
	return parse(t, g.b.String())
}

func (g *generator) maybe() bool { return g.IntN(2) == 0 }

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.b, format+"\n", args...) }

// some writes a line half of the times.
func (g *generator) some(format string, args ...any) {
	if g.maybe() {
		g.line(format, args...)
	}
}

func (g *generator) text() string {
	return itip.Escape(g.one("a", "Ärger & Co", "<b>", "a, b; c", "two\nlines", "back\\slash", "  spaces  ", "日本語", "\"q\"", "100 %", "'", "a=b")) +
		g.one("", " 1", " 2")
}

func (g *generator) time(name string, t time.Time) string {
	switch g.zone {
	case "":
		return name + ":" + t.Format(icalTime)
	case "Z":
		return name + ":" + t.Format(icalTime) + "Z"
	case "D":
		return name + ";VALUE=DATE:" + t.Format(icalDate)
	}
	return name + ";TZID=" + g.zone + ":" + t.Format(icalTime)
}

func (g *generator) component(kind string, start time.Time, recurs, override bool) {
	g.line("BEGIN:%s\nUID:u-%d\nDTSTAMP:20260102T030405Z", kind, 1)
	if !g.extras || g.maybe() {
		g.line("CREATED:20260101T000000Z")
	}
	g.some("SEQUENCE:%d", g.IntN(5))
	g.some("CLASS:%s", g.one("PUBLIC", "PRIVATE", "CONFIDENTIAL"))
	g.some("CATEGORIES:%s,%s", g.text(), g.text())
	g.some("SUMMARY:%s", g.text())
	g.some("DESCRIPTION:%s", g.text())
	g.some("COMMENT:%s", g.text())
	g.some("LOCATION:%s", g.text())
	g.some("PRIORITY:%d", 1+g.IntN(9))
	g.some("URL:https://example.org/?a=%d&b", g.IntN(9))
	if override {
		id := g.time("RECURRENCE-ID", start)
		if g.maybe() {
			id = strings.Replace(id, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1)
		}
		g.line("%s", id)
		start = start.AddDate(0, 0, g.IntN(3))
	}
	g.span(kind, start)
	if recurs {
		g.recurrence(start)
	}
	g.people()
	g.attachments()
	g.some("X-FOO-%d:%s", g.IntN(3), g.text())
	if g.extras {
		g.strange(kind)
	}
	for range g.IntN(3) {
		g.alarm()
	}
	g.line("END:%s", kind)
}

func (g *generator) span(kind string, start time.Time) {
	end := start.AddDate(0, 0, 1+g.IntN(3)).Add(time.Duration(g.IntN(300)) * time.Minute)
	if kind == "VTODO" {
		g.line("%s", g.time("DTSTART", start))
		g.some("%s", g.time("DUE", end))
		g.some("PERCENT-COMPLETE:%d", 1+g.IntN(99))
		g.some("STATUS:%s", g.one("NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED"))
		g.some("RELATED-TO:%s", g.text())
		return
	}
	g.some("STATUS:%s", g.one("TENTATIVE", "CONFIRMED", "CANCELLED"))
	g.some("TRANSP:%s", g.one("OPAQUE", "TRANSPARENT"))
	g.line("%s", g.time("DTSTART", start))
	switch g.IntN(3) {
	case 0:
		g.line("%s", g.time("DTEND", end))
	case 1:
		g.line("DURATION:%s", g.one("P1D", "P2W", "P1D"))
	}
}

func (g *generator) recurrence(start time.Time) {
	rule := "FREQ=" + g.one("DAILY", "WEEKLY;BYDAY=MO,TH", "MONTHLY;BYDAY=-1FR,2MO", "YEARLY;BYMONTHDAY=1,-1;BYMONTH=2,3",
		"YEARLY;BYYEARDAY=5", "YEARLY;BYDAY=MO;BYWEEKNO=7")
	if freq, by, ok := strings.Cut(rule, ";"); ok {
		rule = freq + g.limit(start) + ";" + by
	} else {
		rule += g.limit(start)
	}
	rule += g.one("", ";WKST=SU")
	if g.extras && strings.Contains(rule, "BYDAY=") && g.maybe() {
		rule = strings.TrimSuffix(rule, ";WKST=SU") + ";BYSETPOS=1"
	}
	g.line("RRULE:%s", rule)
	for _, name := range []string{"RDATE", "EXDATE"} {
		if g.maybe() {
			next := strings.TrimPrefix(g.time("", start.AddDate(0, 0, 9)), ":")
			g.line("%s,%s", g.time(name, start.AddDate(0, 0, 8)), next[strings.LastIndex(next, ":")+1:])
		}
	}
}

func (g *generator) limit(start time.Time) string {
	interval := g.one("", ";INTERVAL=2")
	switch g.IntN(3) {
	case 0:
		return fmt.Sprintf(";COUNT=%d", 1+g.IntN(20)) + interval
	case 1:
		until := start.AddDate(0, g.IntN(30), 0)
		switch g.zone {
		case "D":
			return ";UNTIL=" + until.Format(icalDate) + interval
		case "":
			return ";UNTIL=" + until.Format(icalTime) + interval
		}
		return ";UNTIL=" + until.Format(icalTime) + "Z" + interval
	}
	return interval
}

func (g *generator) people() {
	cn := func() string { return g.one("", `;CN="Doe, John"`, ";CN=Jörg", ";CN=x") }
	g.some("ORGANIZER%s:mailto:o%d@example.org", cn(), g.IntN(3))
	for i := range g.IntN(4) {
		line := "ATTENDEE" + cn() + g.one("", ";PARTSTAT=ACCEPTED", ";PARTSTAT=NEEDS-ACTION", ";PARTSTAT=DELEGATED") +
			g.one("", ";ROLE=CHAIR", ";ROLE=OPT-PARTICIPANT") + g.one("", ";RSVP=TRUE") +
			g.one("", `;DELEGATED-TO="mailto:d@example.org","mailto:e@example.org"`) +
			g.one("", `;DELEGATED-FROM="mailto:f@example.org"`) + g.one("", ";CUTYPE=RESOURCE", ";CUTYPE=GROUP", ";CUTYPE=INDIVIDUAL")
		if g.extras {
			line += g.one("", ";X-NUM-GUESTS=1", `;SENT-BY="mailto:s@example.org"`, ";LANGUAGE=de")
			line = strings.Replace(line, "CUTYPE=GROUP", g.one("CUTYPE=ROOM", "CUTYPE=UNKNOWN", "CUTYPE=GROUP"), 1)
		}
		g.line("%s:mailto:p+%d@example.org", line, i)
	}
}

func (g *generator) attachments() {
	g.some("ATTACH;FMTTYPE=text/html;X-LABEL=%s:https://example.org/a", g.one("a", "Ä b", `"x,y"`))
	g.some("ATTACH;FMTTYPE=text/plain;X-LABEL=b.txt:cid:b.1.2.txt")
	g.some("ATTACH;FMTTYPE=text/plain;X-LABEL=c;ENCODING=BASE64;VALUE=BINARY:%s", g.one("eHh4", "eHh4eA=="))
}

func (g *generator) alarm() {
	g.line("BEGIN:VALARM")
	switch g.IntN(3) {
	case 0:
		g.line("ACTION:DISPLAY\nDESCRIPTION:%s", g.text())
	case 1:
		g.line("ACTION:EMAIL\nSUMMARY:%s\nDESCRIPTION:%s\nATTENDEE;CN=\"Doe, J\":mailto:j@example.org", g.text(), g.text())
	case 2:
		g.line("ACTION:AUDIO\nATTACH;FMTTYPE=audio/basic:https://example.org/s.au")
	}
	g.line("%s", g.one("TRIGGER:-PT15M", "TRIGGER;RELATED=END:PT5M", "TRIGGER;RELATED=START:-P1DT2H3M4S", "TRIGGER:-P1W",
		"TRIGGER;VALUE=DATE-TIME:20260301T080000Z"))
	g.some("REPEAT:3\nDURATION:PT10M")
	g.line("END:VALARM")
}

// strange writes what Kolab does not see.
func (g *generator) strange(kind string) {
	g.some("GEO:1.5;2.5")
	g.some("CONTACT;LANGUAGE=de:%s", g.text())
	g.some("LAST-MODIFIED:20260101T000000Z")
	g.some("REQUEST-STATUS:2.0;%s", g.text())
	g.some("CONFERENCE;VALUE=URI:https://example.org/c")
	if kind == "VEVENT" {
		g.some("RELATED-TO;RELTYPE=CHILD:u0")
	}
	g.some("X-WITH;PARAM=\"a;b\":%s", g.text())
}

// withoutExtras takes away what a shape has of strange.
func withoutExtras(m map[string]any) map[string]any {
	if custom, ok := m["custom"].([]any); ok {
		var left []any
		for _, c := range custom {
			if c.(map[string]any)["name"] != "X-WITH" {
				left = append(left, c)
			}
		}
		if m["custom"] = left; left == nil {
			delete(m, "custom")
		}
	}
	if m["start"] != nil && m["related_to"] != nil && m["percent_complete"] == nil {
		delete(m, "related_to")
	}
	inner, _ := m["exceptions"].([]any)
	for _, e := range inner {
		withoutExtras(e.(map[string]any))
	}
	return m
}
