package invitation_test

import (
	"cmp"
	"strings"

	"usher/itip"
	"usher/itip/calendar"
)

// when is what happens.
var when = []phrase{
	says(`REQUEST(?: (free|busy|a|b))?`, func(p *play, w []string) {
		switch w[1] {
		case "busy":
			p.blocker(p.me, slot)
		case "a", "b":
			start := instances[w[1]]
			p.invite("REQUEST", event{rid: start, start: start, summary: w[1]})
			return
		}
		p.invite("REQUEST", event{})
	}),
	says(`REQUEST same SEQUENCE, new SUMMARY|same-SEQUENCE update`, func(p *play, _ []string) {
		p.invite("REQUEST", event{summary: "new", partstat: itip.Accepted})
	}),
	says(`REQUEST (same|lower) SEQUENCE`, func(p *play, w []string) {
		sequence := map[string]int{"same": p.stored, "lower": p.stored - 1}[w[1]]
		p.invite("REQUEST", event{summary: w[1], sequence: sequence, partstat: itip.Accepted, rsvp: "FALSE"})
	}),
	says(`REQUEST SEQUENCE\+1(?:, new time free| (busy))`, func(p *play, w []string) {
		p.known(itip.Tentative)
		if w[1] != "" {
			p.blocker(p.me, noon)
		}
		p.invite("REQUEST", event{start: noon, sequence: 1, partstat: itip.Accepted})
	}),
	says(`REPLY(?: (ACCEPTED|DECLINED|TENTATIVE|COMPLETED))?(?: SEQUENCE (\d))?`, func(p *play, w []string) {
		p.organizes("jane")
		p.answer("jane", event{partstat: cmp.Or(w[1], itip.Accepted), sequence: max(number(w[2]), 0), percent: map[bool]string{true: "100"}[w[1] == itip.Completed]})
	}),
	says(`REPLY with attendee DELEGATED-TO x and x as second attendee`, func(p *play, _ []string) {
		p.organizes("jane")
		p.ready()
		lines := p.lines(event{organizer: p.me})
		lines = append(lines, `ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:x@else.example":mailto:`+addr("jane"),
			`ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:`+addr("jane")+`":mailto:x@else.example`)
		p.send("jane", p.me, ical("REPLY", itip.Event, lines))
	}),
	says(`REPLY to (\w+)`, func(p *play, w []string) {
		p.me = w[1]
		p.answer("john", event{partstat: itip.Accepted})
	}),
	says(`CANCEL`, func(p *play, _ []string) {
		p.known(itip.Accepted)
		p.invite("CANCEL", event{sequence: 1, status: "CANCELLED"})
	}),
	says(`(first|second) automatic reply|(manual) reply`, func(p *play, w []string) {
		p.answer(map[string]string{"first": "jane", "second": "mark", "manual": "jack"}[w[1]+w[2]], event{partstat: itip.Accepted})
	}),
	says(`replies of jane and jack`, func(p *play, _ []string) {
		p.ready()
		for _, key := range []string{"jane", "jack"} {
			p.send("john", key, ical("REQUEST", itip.Event, p.lines(event{to: []string{"jane", "jack"}})))
		}
	}),
	says(`REQUEST from (\w+)`, func(p *play, w []string) {
		p.asOther(w[1], func() { p.invite("REQUEST", event{organizer: w[1]}) })
	}),
	says(`REQUEST RECURRENCE-ID same SEQUENCE`, func(p *play, _ []string) {
		p.series = true
		p.known(itip.Accepted)
		p.invite("REQUEST", event{rid: third, start: third, summary: "new", partstat: itip.Accepted})
	}),
	says(`two REQUESTs RECURRENCE-ID, SEQUENCE (\d) then (\d)`, func(p *play, w []string) {
		p.series = true
		p.known(itip.Accepted)
		p.invite("REQUEST", event{rid: third, start: moved, sequence: number(w[1])})
		p.invite("REQUEST", event{rid: third, start: moved2, sequence: number(w[2])})
	}),
	says(`REPLY RECURRENCE-ID from (\w+)`, func(p *play, w []string) {
		p.series = true
		p.organizes("jane", "mark")
		p.put(addr("mark"), itip.Event, p.lines(event{organizer: p.me, to: []string{"jane", "mark"}})...)
		p.answer(w[1], event{rid: third, start: third, partstat: itip.Accepted})
	}),
	says(`series REPLY from (\w+)`, func(p *play, w []string) { p.answer(w[1], event{partstat: itip.Accepted}) }),
	says(`CANCEL RECURRENCE-ID(?:;RANGE=(THISANDFUTURE) on 3rd week)?( of a moved instance)?`, func(p *play, w []string) {
		p.series = true
		p.known(itip.Accepted)
		switch {
		case w[2] != "":
			p.moveThird()
		case w[1] == "": // somebody who is free again has to say so to the next
			p.policies = append(p.policies, "ACT_ACCEPT_IF_NO_CONFLICT")
		}
		lines := p.lines(event{rid: third, start: third, sequence: 1, status: "CANCELLED", to: []string{p.me}})
		if w[1] != "" {
			for i, line := range lines {
				lines[i] = strings.Replace(line, "RECURRENCE-ID;", "RECURRENCE-ID;RANGE="+w[1]+";", 1)
			}
		}
		p.ready()
		p.send("john", p.me, ical("CANCEL", itip.Event, lines))
	}),
	says(`new REQUEST at that slot`, func(p *play, _ []string) {
		lines := p.lines(event{start: third, to: []string{p.me}})
		p.send("john", p.me, strings.Replace(strings.Replace(ical("REQUEST", itip.Event, lines), "UID:"+uid, "UID:u2", 1), "RRULE:FREQ=WEEKLY;COUNT=10\r\n", "", 1))
	}),
	says(`updates of a and b`, func(p *play, _ []string) {
		for _, name := range []string{"a", "b"} {
			p.invite("REQUEST", event{rid: instances[name], start: instances[name], summary: "updated " + name})
		}
	}),
	says(`REQUEST VTODO`, func(p *play, _ []string) {
		p.kind = itip.Todo
		p.invite("REQUEST", event{status: "NEEDS-ACTION", percent: "0"})
	}),
}

var instances = map[string]string{"a": "20260306T170000", "b": "20260313T170000"}

// asOther does something about the event of another organizer, which has a UID of its own.
func (p *play) asOther(organizer string, do func()) {
	p.uid = map[bool]string{true: "of-lucy"}[organizer == "lucy"]
	do()
	p.uid = ""
}

// moveThird has the organizer move the third instance, as the person's copy shows it.
func (p *play) moveThird() {
	o := p.held(p.me, p.id())
	lines := p.lines(event{rid: third, start: moved, sequence: 1, to: []string{p.me}, partstat: itip.Accepted})
	over := p.parse("", itip.Event, lines).Scheduled()[0]
	o = o.Clone()
	o.Root.Parts = append(o.Root.Parts, over)
	_, _, version, _ := p.calendars.Find(p.t.Context(), addr(p.me), p.id())
	if err := p.calendars.Put(p.t.Context(), calendar.Put{Calendar: addr(p.me), UID: p.id(), Object: o, Base: version}); err != nil {
		p.t.Fatal(err)
	}
}

// moveAll has the organizer move the event to a time that Jack has no room for.
func (p *play) moveAll() {
	p.blocker("jack", noon)
	lines := p.lines(event{start: noon, sequence: 1, to: []string{"jane", "jack"}})
	_, _, version, _ := p.calendars.Find(p.t.Context(), addr("john"), p.id())
	if err := p.calendars.Put(p.t.Context(), calendar.Put{Calendar: addr("john"), UID: p.id(), Object: p.parse("", itip.Event, lines), Base: version}); err != nil {
		p.t.Fatal(err)
	}
	for _, key := range []string{"jack", "jane"} { // so that Jane's answer comes when Jack has the new one
		p.send("john", key, ical("REQUEST", itip.Event, lines))
	}
	p.says(p.master("jane"), "jane", itip.Accepted)
}
