package itip_test

import (
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
)

// line is an ATTENDEE or ORGANIZER: whom it names, and its parameters in upper case, defaults filled in.
type line struct {
	addr   address.Address
	raw    string
	params map[string]string
}

// defaults are the parameters that mean something when they are not there (RFC 5545 3.2).
var defaults = map[string]string{"PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE", "ROLE": "REQ-PARTICIPANT", "CUTYPE": "INDIVIDUAL"}

// addressLists are the parameters that hold calendar addresses.
var addressLists = []string{"DELEGATED-TO", "DELEGATED-FROM", "SENT-BY", "MEMBER"}

func lineOf(p itip.Prop) line {
	c := &itip.Component{Name: itip.Todo, Props: []itip.Prop{p}} // knows all values of PARTSTAT
	l := line{raw: p.Value, params: map[string]string{}}
	if u, ok := c.Organizer(); ok {
		l.addr = u.Address
	}
	if us := c.Attendees(); len(us) > 0 {
		l.addr = us[0].Address
	}
	for _, q := range p.Params {
		values := slices.Clone(q.Values)
		if slices.Contains(addressLists, q.Name) {
			for i, v := range values {
				if a, err := address.Parse(v); err == nil {
					values[i] = a.String()
				}
			}
		}
		l.params[q.Name] = strings.Join(values, ",")
	}
	return l
}

func (l line) get(param string) string {
	s := l.params[param]
	if s == "" {
		return defaults[param]
	}
	if param == "SCHEDULE-STATUS" {
		s, _, _ = strings.Cut(s, ";")
	}
	if defaults[param] != "" {
		return strings.ToUpper(s)
	}
	return s
}

func linesOf(c *itip.Component, name string) []line {
	var ls []line
	for _, p := range c.All(name) {
		ls = append(ls, lineOf(p))
	}
	return ls
}

// users compares organizer and attendees: those expected and no others.
func (v *verdict) users(w mapping, c *itip.Component, f frame, name string) {
	given := &itip.Component{}
	for _, field := range []string{"organizer", "attendees"} {
		for _, n := range list(w[field]) {
			user(given, map[string]string{"organizer": "ORGANIZER", "attendees": "ATTENDEE"}[field], n, &v.notes)
		}
	}
	if len(given.All("ORGANIZER")) > 0 {
		v.sameLines(linesOf(given, "ORGANIZER"), linesOf(c, "ORGANIZER"), c, f, name)
	}
	v.sameLines(linesOf(given, "ATTENDEE"), linesOf(c, "ATTENDEE"), c, f, name)
}

func (v *verdict) sameLines(want, got []line, c *itip.Component, f frame, name string) {
	for _, w := range want {
		i := slices.IndexFunc(got, func(g line) bool { return g.raw == w.raw })
		if i < 0 {
			i = slices.IndexFunc(got, func(g line) bool { return g.addr == w.addr && g.addr != "" })
		}
		if i < 0 {
			if f.method == "CANCEL" && w.addr != f.recipient {
				v.differ("S5546-37", "a CANCEL lists whom it is for and nobody else")
				continue
			}
			v.diff("%s: %s is not there", name, w.raw)
			continue
		}
		v.sameParams(w, got[i], c, f, name)
		got = slices.Delete(slices.Clone(got), i, i+1)
	}
	for _, g := range got {
		switch {
		case f.derived: // said already
		case f.method == "" && c.Cancelled() && !f.organizer:
			v.differ("scheduling.md", "a cancelled copy gets STATUS:CANCELLED and is otherwise as it was")
		default:
			v.diff("%s: %s is too many", name, g.raw)
		}
	}
}

func (v *verdict) sameParams(want, got line, c *itip.Component, f frame, name string) {
	params := []string{"PARTSTAT"}
	for p := range want.params {
		if p != "PARTSTAT" {
			params = append(params, p)
		}
	}
	for _, p := range params {
		if p == "PARTSTAT" && f.method == "CANCEL" && want.params[p] == "" {
			continue // says nothing
		}
		if want.get(p) == got.get(p) {
			continue
		}
		switch {
		case p == "RSVP" && (f.method == "REPLY" || f.method == "CANCEL"):
			v.differ("S5546-28", "what answers or cancels does not ask for an answer: no RSVP")
		case strings.HasPrefix(p, "SCHEDULE-") && f.method != "":
			v.differ("S6638-15", "parameters of RFC 6638 are not sent")
		case p == "RSVP" && v.answered(got, f):
			v.differ("S5546-30", "who answered is not asked any more, and who is delegated to is asked by the delegator")
		case p == "PARTSTAT" && f.method == "REQUEST" && v.given != nil && got.get(p) == "NEEDS-ACTION" && v.forgotten(want):
			v.differ("S6638-08", "who is invited to other times is asked again")
		case p == "PARTSTAT" && want.get(p) == "DELEGATED" && got.get(p) == "NEEDS-ACTION" && got.params["DELEGATED-TO"] != "" && v.declinedFor(c, got):
			v.differ("S5546-47", "when the delegate declines the delegator is asked again")
		default:
			v.diff("%s: %s %s=%q, want %q", name, want.raw, p, got.get(p), want.get(p))
		}
	}
	for p := range got.params {
		if strings.HasPrefix(p, "SCHEDULE-") && f.method != "" {
			v.diff("%s: %s %s is sent", name, want.raw, p)
		}
	}
}

// answered tells whether an attendee in a store is not asked for an answer any more.
func (v *verdict) answered(got line, f frame) bool {
	if f.method != "" || got.addr == f.recipient || got.get("RSVP") != "FALSE" {
		return false
	}
	return got.get("PARTSTAT") != "NEEDS-ACTION" || got.params["DELEGATED-FROM"] != ""
}

// forgotten tells whether an answer that the owner wrote is not one to what is stored now.
func (v *verdict) forgotten(l line) bool {
	given, okGiven := v.given.Scheduled()[0].Attendee(l.addr)
	is, ok := v.revised.Scheduled()[0].Attendee(l.addr)
	return okGiven && ok && given.Partstat == l.get("PARTSTAT") && is.Partstat != given.Partstat
}

// declinedFor tells whether the delegate of somebody declined.
func (v *verdict) declinedFor(c *itip.Component, delegator line) bool {
	return slices.ContainsFunc(c.Attendees(), func(u itip.User) bool {
		return u.Partstat == itip.Declined && slices.Contains(u.DelegatedFrom, delegator.addr)
	})
}
