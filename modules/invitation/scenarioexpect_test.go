package invitation_test

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"usher/itip"
)

// expect is what has come of it.
var expect = []phrase{
	says(`(?:REPLY )?(ACCEPTED|DECLINED|TENTATIVE)(, stored)?`, func(p *play, w []string) {
		p.answered(0, w[1])
		p.goes(0, false)
		p.says(p.master(p.me), p.me, w[1])
	}),
	says(`update applied silently, PARTSTAT kept|update silent`, func(p *play, _ []string) {
		p.answered(p.last(), "")
		p.goes(p.last(), false)
		p.text(p.master(p.me), "SUMMARY", "new")
		p.says(p.master(p.me), p.me, itip.Accepted)
	}),
	says(`copy stored for reference`, func(p *play, _ []string) {
		if p.master(p.me); p.taken(p.me, slot) {
			p.differ("what was declined takes time")
		}
	}),
	says(`stored ([A-Z-]+)`, func(p *play, w []string) { p.says(p.master(p.me), p.me, w[1]) }),
	says(`no reply`, func(p *play, _ []string) { p.answered(p.last(), "") }),
	says(`mail not delivered`, func(p *play, _ []string) { p.goes(p.last(), false) }),
	says(`(?:original )?mail delivered`, func(p *play, _ []string) { p.goes(p.last(), true) }),
	says(`time and SEQUENCE stored`, func(p *play, _ []string) {
		p.starts(p.master(p.me), noon)
		p.text(p.master(p.me), "SEQUENCE", "1")
	}),
	says(`stored at new time with ([A-Z-]+), RSVP=([A-Z]+)`, func(p *play, w []string) {
		c := p.master(p.me)
		p.starts(c, noon)
		p.says(c, p.me, w[1])
		if line := c.All("ATTENDEE")[0]; line.Param("RSVP") != w[2] {
			p.differ("%s", line)
		}
	}),
	says(`organizer copy PARTSTAT ([A-Z-]+)|attendee ([A-Z-]+)|copy in (\w+) calendar updated`, func(p *play, w []string) {
		p.goes(0, false)
		if w[3] != "" {
			p.says(p.master(w[3]), "john", itip.Accepted)
			return
		}
		p.says(p.master(p.me), "jane", w[1]+w[2])
	}),
	says(`inline attachment of stored event kept`, func(p *play, _ []string) {
		if a, _ := p.master(p.me).Prop("ATTACH"); a.String() != inlineText {
			p.differ("the attachment is %q", a)
		}
	}),
	says(`delegator ([A-Z-]+) \+ delegated-to, delegate added ([A-Z-]+) \+ delegated-from`, func(p *play, w []string) {
		c := p.master(p.me)
		p.says(c, "jane", w[1])
		want := map[string]string{addr("jane"): "DELEGATED-TO mailto:x@else.example " + w[1], "x@else.example": "DELEGATED-FROM mailto:" + addr("jane") + " " + w[2]}
		for _, line := range c.All("ATTENDEE") {
			to, from := line.Param("DELEGATED-TO"), line.Param("DELEGATED-FROM")
			if got := strings.TrimSpace(label("DELEGATED-TO ", to) + label("DELEGATED-FROM ", from) + " " + line.Param("PARTSTAT")); got != want[strings.TrimPrefix(line.Value, "mailto:")] {
				p.differ("%s", line)
			}
		}
		if len(c.All("ATTENDEE")) != 2 {
			p.differ("the attendees are %v", c.All("ATTENDEE"))
		}
	}),
	says(`(?:stored )?STATUS.?([A-Z]+)( and transparent)?`, func(p *play, w []string) {
		p.goes(p.last(), false)
		c := p.master(p.me)
		p.text(c, "STATUS", w[1])
		if w[2] != "" && !c.Transparent() {
			p.differ("it is not transparent")
		}
	}),
	says(`object removed`, func(p *play, _ []string) {
		if p.held(p.me, p.id()) != nil {
			p.differ("it is still there")
		}
	}),
	says(`notice(?: mailed to user)?`, func(p *play, _ []string) {
		if !slices.ContainsFunc(p.policies, func(policy string) bool { return strings.HasSuffix(policy, "_AND_NOTIFY") }) {
			p.told(p.last(), 0)
			p.rows = append(p.rows, "scheduling.md")
			return
		}
		p.told(p.last(), 1)
	}),
	says(`notice in German`, func(p *play, _ []string) {
		if text := p.told(p.last(), 1); !strings.Contains(text, "Zugesagt") {
			p.differ("the notice is %q", text)
		}
	}),
	says(`no notice`, func(p *play, _ []string) { p.told(p.next(), 0) }),
	says(`one notice listing all incl\. Pending`, func(p *play, _ []string) {
		text := p.told(p.next(), 1)
		for _, key := range []string{"jane", "mark", "jack"} {
			if !strings.Contains(text, cast[key]) && !strings.Contains(text, addr(key)) {
				p.differ("the notice does not name %s: %q", key, text)
			}
		}
		if !pending.MatchString(text) {
			p.differ("the notice does not say who has not answered: %q", text)
		}
	}),
	says(`one more notice without Pending`, func(p *play, _ []string) {
		if text := p.told(p.next(), 1); pending.MatchString(text) {
			p.differ("the notice says that somebody has not answered: %q", text)
		}
	}),
	says(`PARTSTAT unchanged`, func(p *play, _ []string) { p.says(p.master(p.me), "jane", itip.NeedsAction) }),
	says(`organizer, jane and jack copies all show both answers`, func(p *play, _ []string) {
		for _, key := range []string{"john", "jane", "jack"} {
			c := p.master(key)
			p.says(c, "jane", itip.Accepted)
			p.says(c, "jack", itip.Tentative)
		}
	}),
	says(`own entry of a user is never overwritten by propagation`, func(p *play, _ []string) { p.moveAll() }),
	says(`after reschedule jack \(busy\) keeps ([A-Z-]+) in own copy`, func(p *play, w []string) {
		p.says(p.master("jack"), "jack", w[1])
		p.says(p.master("jack"), "jane", itip.Accepted)
	}),
	says(`first applied \+ notice`, func(p *play, _ []string) {
		p.goes(0, false)
		p.told(0, 1)
		p.text(p.master(p.me), "SUMMARY", "same")
	}),
	says(`second ignored`, func(p *play, _ []string) {
		p.told(1, 0)
		p.answered(1, "")
		p.text(p.master(p.me), "SUMMARY", "same")
	}),
	says(`stored in (that|task) folder`, func(p *play, w []string) {
		name := addr(p.me) + "/" + map[string]string{"that": strings.ToLower(p.class), "task": "tasks"}[w[1]]
		if _, ok, _, err := p.calendars.Find(p.t.Context(), name, p.id()); !ok || err != nil {
			p.differ("it is not in %s: %v", name, err)
		}
	}),
	says(`saved`, func(p *play, _ []string) {
		p.answered(1, "")
		p.goes(1, false)
		p.asOther("lucy", func() { p.says(p.master(p.me), p.me, itip.NeedsAction) })
	}),
	says(`exception added, PARTSTAT kept`, func(p *play, _ []string) {
		p.answered(0, "")
		p.text(p.override(p.me), "SUMMARY", "new")
		p.says(p.override(p.me), p.me, itip.Accepted)
	}),
	says(`([A-Z-]+) twice`, func(p *play, w []string) {
		p.answered(0, w[1])
		p.answered(1, w[1])
	}),
	says(`single exception with last start`, func(p *play, _ []string) {
		p.starts(p.override(p.me), moved2)
		if n := len(p.object(p.me).Overrides()); n != 1 {
			p.differ("%d exceptions", n)
		}
	}),
	says(`exception with jane (\w+) on organizer and on mark copy`, func(p *play, w []string) {
		p.says(p.override("john"), "jane", w[1])
		p.says(p.override("mark"), "jane", w[1])
	}),
	says(`mark (\w+) also visible inside the exception`, func(p *play, w []string) { p.says(p.override("john"), "mark", w[1]) }),
	says(`exception ([A-Z]+) transparent`, func(p *play, w []string) {
		c := p.override(p.me)
		p.text(c, "STATUS", w[1])
		if !c.Transparent() {
			p.differ("it is not transparent")
		}
	}),
	says(`new one ([A-Z-]+)`, func(p *play, w []string) { p.answered(p.last(), w[1]) }),
	says(`exception removed, EXDATE at the original instance date`, func(p *play, _ []string) {
		if o := p.object(p.me); len(o.Overrides()) > 0 || !excluded(o, third) {
			p.differ("the copy is %s", o.Encode())
		}
	}),
	says(`RRULE UNTIL = day before that instance`, func(p *play, _ []string) { p.checkEnd() }),
	says(`one object with both instances, each updated`, func(p *play, _ []string) {
		for _, name := range []string{"a", "b"} {
			p.text(p.overrideAt(p.me, instances[name]), "SUMMARY", "updated "+name)
		}
		if n := len(p.object(p.me).Scheduled()); n != 2 {
			p.differ("%d components", n)
		}
	}),
}

var pending = regexp.MustCompile(`(?i)pending|not answered|no answer|noch nicht`)

func label(name, value string) string {
	if value == "" {
		return ""
	}
	return name + value
}

// next is the mail that the next expectation of the row is about.
func (p *play) next() int { p.n++; return p.n - 1 }

func excluded(o *itip.Object, at string) bool {
	return slices.ContainsFunc(o.Scheduled()[0].All("EXDATE"), func(e itip.Prop) bool { return strings.Contains(e.Value, at) })
}

// checkEnd: the series ends right before the instance, which the file has end a day before (S5545-26).
func (p *play) checkEnd() {
	o := p.object(p.me)
	at, _ := time.ParseInLocation(clock, third, berlin)
	instances, err := o.Instances(at.AddDate(0, -1, 0), at.AddDate(1, 0, 0), berlin)
	if err != nil || len(instances) != 2 || !instances[1].Start.Equal(at.AddDate(0, 0, -7)) {
		p.differ("the instances are %v, %v", instances, err)
	}
	rule, _ := o.Scheduled()[0].Prop("RRULE")
	if !strings.Contains(rule.Value, "UNTIL=20260322") {
		p.rows = append(p.rows, "S5545-26")
	}
}
