package invitation_test

import (
	"cmp"
	"fmt"
	"regexp"
	"time"

	"usher/itip"
)

// play is one row being played. Its words (given, when, expect) come in phrases, each of which the book below knows;
// what a row leaves open is always the same: John invites Jane, to an event of an hour on a Monday morning.
type play struct {
	*stage
	me       string   // whose policies the row is about
	policies []string // of me
	class    string
	kind     string
	stored   int    // SEQUENCE of the copy before
	copyOf   string // whose calendar holds the organizer's copy
	has      bool   // the copy is there before the first message
	series   bool
	n        int    // expectations of mails met so far
	uid      string // of the event that is the matter, if not the first
	differs  []string
	rows     []string
}

const (
	uid    = "u1"
	clock  = "20060102T150405"
	slot   = "20260309T090000" // the Monday after
	noon   = "20260309T120000"
	third  = "20260323T090000" // two weeks later, in a weekly series
	moved  = "20260323T140000"
	moved2 = "20260323T143000"
)

func (p *play) differ(format string, args ...any) {
	p.differs = append(p.differs, fmt.Sprintf(format, args...))
}

// id is the UID of the event.
func (p *play) id() string { return cmp.Or(p.uid, uid) }

// event is what a message says; the zero one is that of the first invitation.
type event struct {
	start, rid, summary, partstat string
	sequence                      int
	organizer                     string
	to                            []string
	rsvp, status                  string
	percent                       string
}

// lines are those of the message.
func (p *play) lines(e event) []string {
	start := e.start
	if start == "" {
		start = slot
	}
	end, _ := time.Parse(clock, start)
	all := []string{"UID:" + p.id(), "DTSTAMP:" + p.now.Format(clock) + "Z", fmt.Sprintf("SEQUENCE:%d", e.sequence), "SUMMARY:" + cmp.Or(e.summary, "test")}
	all = append(all, "DTSTART;TZID=Europe/Berlin:"+start, p.until()+";TZID=Europe/Berlin:"+end.Add(time.Hour).Format(clock))
	all = add(all, e.rid != "", "RECURRENCE-ID;TZID=Europe/Berlin:"+e.rid)
	all = add(all, e.rid == "" && p.series, "RRULE:FREQ=WEEKLY;COUNT=10")
	all = add(all, p.class != "", "CLASS:"+p.class)
	all = add(all, e.status != "", "STATUS:"+e.status)
	all = add(all, e.percent != "", "PERCENT-COMPLETE:"+e.percent)
	all = append(all, "ORGANIZER:mailto:"+addr(cmp.Or(e.organizer, "john")))
	for _, key := range e.to {
		all = append(all, fmt.Sprintf("ATTENDEE;PARTSTAT=%s;RSVP=%s:mailto:%s", cmp.Or(e.partstat, itip.NeedsAction), cmp.Or(e.rsvp, "TRUE"), addr(key)))
	}
	return all
}

func add(all []string, yes bool, line string) []string {
	if yes {
		return append(all, line)
	}
	return all
}

func (p *play) until() string {
	if p.kind == itip.Todo {
		return "DUE"
	}
	return "DTEND"
}

// invite sends the organizer's message to me.
func (p *play) invite(method string, e event) result {
	p.ready()
	if e.to == nil {
		e.to = []string{p.me}
	}
	return p.send(cmp.Or(e.organizer, "john"), p.me, ical(method, p.kind, p.lines(e)))
}

// answer sends somebody's answer to the organizer.
func (p *play) answer(from string, e event) result {
	p.ready()
	if e.organizer == "" {
		e.organizer = p.me
	}
	e.to, e.rsvp = []string{from}, "FALSE"
	return p.send(from, e.organizer, ical("REPLY", p.kind, p.lines(e)))
}

// ready gives me the policies of the row before the first mail. What is not given follows updates.
func (p *play) ready() {
	if p.pipeline == nil {
		if len(p.policies) == 0 {
			p.policies = []string{"ACT_UPDATE"}
		}
		p.people[p.me].policies = p.policies
	}
}

// known makes sure that me has the event by an earlier invitation: stored as answered, with what was in it then.
func (p *play) known(partstat string) {
	if p.has {
		return
	}
	p.has = true
	p.put(p.home(p.me), p.kind, p.lines(event{to: []string{p.me}, partstat: partstat, sequence: p.stored})...)
}

func (p *play) home(key string) string {
	if p.kind == itip.Todo {
		return addr(key) + "/tasks"
	}
	return addr(key)
}

// organizes makes sure that me has the event as its organizer, with these attendees.
func (p *play) organizes(attendees ...string) {
	if p.has {
		return
	}
	p.has = true
	lines := p.lines(event{organizer: p.me, to: attendees, sequence: p.stored})
	p.put(p.home(cmp.Or(p.copyOf, p.me)), p.kind, append(lines, inlineText)...)
}

const inlineText = "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:VGhpcyBpcyBhIHRleHQgYXR0YWNobWVudA=="

// blocker takes some time of somebody.
func (p *play) blocker(key, start string) {
	end, _ := time.Parse(clock, start)
	p.put(addr(key), itip.Event, "UID:blocker-"+start, "DTSTAMP:20260301T080000Z", "SUMMARY:blocker",
		"DTSTART;TZID=Europe/Berlin:"+start, "DTEND;TZID=Europe/Berlin:"+end.Add(time.Hour).Format(clock))
}

// phrase is one way to say something in the file, and what it means. The words in brackets are the groups of it.
type phrase struct {
	says *regexp.Regexp
	does func(p *play, words []string)
}

func says(text string, does func(p *play, words []string)) phrase {
	return phrase{regexp.MustCompile("^(?:" + text + ")$"), does}
}
