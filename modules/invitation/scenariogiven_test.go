package invitation_test

import "usher/itip"

// given is how things are before.
var given = []phrase{
	says(`((?:ACT|ALL|EVENT|TASK)_[A-Z_]+)(?::(\w+)@…)?`, func(p *play, w []string) {
		if w[2] != "" {
			w[1] += ":" + addr(w[2])
		}
		p.policies = append(p.policies, w[1])
	}),
	says(`(accept|tentative)-if-free|(accept)|(save)`, func(p *play, w []string) {
		p.policies = append(p.policies, map[string]string{"accept": "ACT_ACCEPT_IF_NO_CONFLICT", "tentative": "ACT_TENTATIVE_IF_NO_CONFLICT"}[w[1]]+
			map[string]string{"accept": "ACT_ACCEPT"}[w[2]]+map[string]string{"save": "ALL_SAVE_TO_FOLDER"}[w[3]])
	}),
	says(`busy`, func(p *play, _ []string) { p.blocker(p.me, slot) }),
	says(`organizer ([A-Z_]+)`, func(p *play, w []string) { p.policies = append(p.policies, w[1]) }),
	says(`3 attendees`, func(p *play, _ []string) { p.organizes("jane", "mark", "jack") }),
	says(`2 with automatic policies`, func(p *play, _ []string) {
		p.people["jane"].policies = []string{"ACT_ACCEPT_IF_NO_CONFLICT", "ACT_REJECT_IF_CONFLICT"}
		p.people["mark"].policies = []string{"ACT_ACCEPT"}
		p.people["jack"].policies = []string{"ACT_TENTATIVE_IF_NO_CONFLICT", "ALL_SAVE_TO_FOLDER"}
	}),
	says(`preferredLanguage (\w+)`, func(p *play, w []string) {
		p.people[p.me].language = w[1]
		p.policies = []string{"ACT_UPDATE_AND_NOTIFY"}
	}),
	says(`stored SEQUENCE (\d)`, func(p *play, w []string) { p.stored = number(w[1]) }),
	says(`autoupdate_other_attendees_on_reply on`, func(p *play, _ []string) {
		p.people["jane"].policies = []string{"ACT_ACCEPT_IF_NO_CONFLICT", "ACT_REJECT_IF_CONFLICT", "ACT_UPDATE"}
		p.people["jack"].policies = []string{"ACT_TENTATIVE_IF_NO_CONFLICT", "ALL_SAVE_TO_FOLDER", "ACT_UPDATE"}
		p.organizes("jane", "jack")
	}),
	says(`event manually accepted SEQUENCE (\d)`, func(p *play, w []string) {
		p.stored = number(w[1])
		p.known(itip.Accepted)
	}),
	says(`CLASS:(\w+)`, func(p *play, w []string) {
		p.class = w[1]
		p.policies = []string{"ALL_SAVE_TO_FOLDER"}
	}),
	says(`folder annotated event\.(\w+)`, func(p *play, w []string) {
		p.put(addr(p.me)+"/"+w[1], itip.Event, "UID:old", "DTSTAMP:20250101T080000Z", "DTSTART:20250101T080000Z")
	}),
	says(`(\w+) is delegate of (\w+)`, func(p *play, w []string) {
		p.people[w[2]].delegates = []string{w[1]}
		p.me, p.copyOf = w[1], w[2]
	}),
	says(`event organized by (\w+) stored in (\w+) calendar`, func(p *play, w []string) {
		p.me, p.copyOf = w[1], w[2]
		p.organizes(w[2], "john")
	}),
}

func number(text string) int {
	n := 0
	for _, d := range text {
		n = n*10 + int(d-'0')
	}
	return n
}
