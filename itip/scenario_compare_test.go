package itip_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usher/address"
	"usher/itip"
)

// verdict is what comparing found: differences, and deviations of classes that are justified.
type verdict struct {
	diffs   []string
	differs []string // "S5546-02 …"
	notes   notes
	given   *itip.Object      // what is stored, as its owner wrote it,
	revised *itip.Object      // and as it is stored
	same    bool              // what is stored says the same before and after
	unasked []address.Address // whom the source never writes to
	refused []timed           // instances that were answered and are none
	broken  string            // why it could not be run to its end
}

func (v *verdict) diff(format string, args ...any) {
	v.diffs = append(v.diffs, fmt.Sprintf(format, args...))
}

func (v *verdict) differ(row string, format string, args ...any) {
	d := row + " " + fmt.Sprintf(format, args...)
	if !slices.Contains(v.differs, d) {
		v.differs = append(v.differs, d)
	}
}

// frame says what an object is compared as.
type frame struct {
	method    string // of a message, "" in a store
	recipient address.Address
	lead      bool    // the source raises SEQUENCE with everything it sends
	derived   bool    // in a store: an override that the source has only in outline
	organizer bool    // in a store: the recipient is the organizer
	struck    []timed // in a store: instances that the source keeps as cancelled
}

// object compares an object with what the file expects. What is expected has to be there; attendees, instances
// and times that are not expected must not.
func (v *verdict) object(want node, got *itip.Object, f frame) {
	m, ok := want.(mapping)
	if !ok {
		v.nothing(want, got)
		return
	}
	if got == nil {
		v.diff("no object")
		return
	}
	v.notes.unknown("object", without(m, "components", "method", "embedded-timezones")...)
	if w := strings.ToUpper(text(m["method"])); w != "" && w != got.Method() {
		v.diff("METHOD:%s, want %s", got.Method(), w)
	}
	for _, z := range list(m["embedded-timezones"]) {
		if !hasZone(got, unescaped(text(z))) {
			v.diff("no VTIMEZONE %s", text(z))
		}
	}
	v.components(m, got, f.of(m, got))
}

// of completes the frame of a store.
func (f frame) of(want mapping, got *itip.Object) frame {
	if f.method != "" {
		return f
	}
	u, _ := got.Organizer()
	f.organizer = u.Address == f.recipient
	for _, n := range list(want["components"]) {
		if w, _ := n.(mapping); w["recurrence-id"] != nil && text(w["status"]) == "CANCELLED" {
			f.struck = append(f.struck, readTimed(w["recurrence-id"]))
		}
	}
	return f
}

// nothing compares with an expectation that no object is there.
func (v *verdict) nothing(want node, got *itip.Object) {
	if want != nil && !strings.Contains(text(want), "no object written") {
		v.notes.unknown("object", fmt.Sprint(want))
	}
	if got != nil {
		v.diff("there is an object")
	}
}

func hasZone(o *itip.Object, tzid string) bool {
	return slices.ContainsFunc(o.Root.Parts, func(c *itip.Component) bool {
		return c.Name == "VTIMEZONE" && c.Text("TZID") == tzid
	})
}

func (v *verdict) components(want mapping, got *itip.Object, f frame) {
	left := got.Scheduled()
	for _, n := range list(want["components"]) {
		w, _ := n.(mapping)
		i := slices.IndexFunc(left, func(c *itip.Component) bool { return v.sameInstance(w, c) })
		if i < 0 {
			v.missing(w, got, f)
			continue
		}
		v.component(w, left[i], f)
		left = slices.Delete(slices.Clone(left), i, i+1)
	}
	for _, c := range left {
		p, _ := c.Prop("RECURRENCE-ID")
		v.diff("%s %s is too many", c.Name, p.Value)
	}
}

// missing is an instance that is not there: one that is cancelled may be an EXDATE, and one that never was has been
// refused.
func (v *verdict) missing(w mapping, got *itip.Object, f frame) {
	id := readTimed(w["recurrence-id"])
	switch {
	case slices.ContainsFunc(f.struck, func(s timed) bool { return sameTime(s, id) }) && excludes(got, id):
		v.differ("scheduling.md", "a cancelled instance becomes an EXDATE")
	case slices.ContainsFunc(v.refused, func(s timed) bool { return sameTime(s, id) }):
		v.differ("S5546-32", "a RECURRENCE-ID that is no instance is not applied")
	default:
		v.diff("no %s", instanceOf(w))
	}
}

func excludes(o *itip.Object, id timed) bool {
	return o.Master() != nil && slices.ContainsFunc(datesOf(o.Master(), "EXDATE"), func(d timed) bool { return sameTime(d, id) })
}

func instanceOf(w mapping) string {
	return strings.TrimSpace(text(w["component"]) + " " + text(w["recurrence-id"]))
}

func (v *verdict) sameInstance(w mapping, c *itip.Component) bool {
	p, has := c.Prop("RECURRENCE-ID")
	if !strings.EqualFold(text(w["component"]), c.Name) || has != (w["recurrence-id"] != nil) {
		return false
	}
	return !has || sameTime(readTimed(w["recurrence-id"]), timed{p.Value, p.Param("TZID")})
}

func (v *verdict) component(w mapping, c *itip.Component, f frame) {
	name := instanceOf(w)
	f.derived = f.method == "" && c.Has("RECURRENCE-ID") && c.Has("DTSTART") && w["dtstart"] == nil
	if f.derived {
		v.differ("S5546-32", "an instance that is answered is made from the series, and complete")
	}
	v.times(w, c, f, name)
	v.users(w, c, f, name)
	for field, value := range w {
		switch {
		case timeFields[field] || dateFields[field] || slices.Contains([]string{"component", "attendees", "organizer", "rrule", "duration"}, field):
		case field == "sequence":
			v.sequence(text(value), c, f, name)
		case field == "alarms":
			v.alarms(count(value), c, f, name)
		case field == "other-properties":
			for _, other := range list(value) {
				v.other(text(other), c, f, name)
			}
		case field == "request-status":
			v.requestStatus(list(value), c, name)
		default:
			v.lines(field, list(value), c, name, f)
		}
	}
	if w["status"] == nil && c.Cancelled() && f.method != "CANCEL" {
		v.diff("%s: STATUS:CANCELLED", name)
	}
	if w["alarms"] == nil && count2(c, "VALARM") > 0 {
		v.diff("%s: %d VALARM", name, count2(c, "VALARM"))
	}
}

// other is a property of which the file has only the name.
func (v *verdict) other(want string, c *itip.Component, f frame, name string) {
	switch {
	case c.Has(want):
	case want == "PERCENT-COMPLETE" && f.organizer:
		v.differ("S5546-72", "how far an attendee is with a task is not how far the task is")
	case want == "COMMENT" && f.method == "" && !f.organizer:
		v.differ("S6638-03", "a comment in a person's copy is not kept when an update comes")
	default:
		v.diff("%s: no %s", name, want)
	}
}

func count2(c *itip.Component, part string) int {
	n := 0
	for _, p := range c.Parts {
		if p.Name == part {
			n++
		}
	}
	return n
}

// lines compares the values of a property as text; those expected have to be there.
func (v *verdict) lines(field string, want []node, c *itip.Component, name string, f frame) {
	for _, w := range want {
		if _, ok := w.(string); !ok {
			v.notes.unknown("component", field)
			continue
		}
		raw := rawFields[field]
		ok := slices.ContainsFunc(c.All(field), func(p itip.Prop) bool {
			return p.Text() == text(w) || raw && p.Value == text(w) || raw && strings.EqualFold(p.Value, text(w))
		})
		if ok {
			continue
		}
		if field == "status" && f.organizer && c.Name == itip.Todo && f.method == "" {
			v.differ("S5546-72", "the STATUS of a task is not that of an attendee")
			continue
		}
		if field == "status" && f.method == "CANCEL" && text(w) == "CANCELLED" && !c.Has("STATUS") {
			v.differ("S5546-56", "who is removed gets a CANCEL without STATUS")
			continue
		}
		v.diff("%s: %s %q, want %q", name, field, c.Text(field), text(w))
	}
}

func (v *verdict) requestStatus(want []node, c *itip.Component, name string) {
	for _, w := range want {
		code, _, _ := strings.Cut(text(w), ";")
		if !c.Has("REQUEST-STATUS") && strings.HasPrefix(code, "2.0") {
			v.differ("S5546-66", "no REQUEST-STATUS means 2.0")
			continue
		}
		if !slices.ContainsFunc(c.All("REQUEST-STATUS"), func(p itip.Prop) bool { return strings.HasPrefix(p.Value, code+";") }) {
			v.diff("%s: no REQUEST-STATUS %s", name, code)
		}
	}
}

func (v *verdict) alarms(want int, c *itip.Component, f frame, name string) {
	got := count2(c, "VALARM")
	if got == 0 && want > 0 && f.method != "" {
		v.differ("S5546-14", "alarms are their owner's and not sent")
		return
	}
	if got == 0 && want > 0 && !f.organizer {
		v.differ("S5546-14", "alarms of others are not stored")
		return
	}
	if got != want {
		v.diff("%s: %d VALARM, want %d", name, got, want)
	}
}

func (v *verdict) sequence(want string, c *itip.Component, f frame, name string) {
	n, err := strconv.Atoi(want)
	if err != nil {
		v.diff("%s: want SEQUENCE %q", name, want)
	}
	if n == c.Sequence() {
		return
	}
	if f.lead && n == c.Sequence()+1 {
		v.differ("S5546-02", "SEQUENCE rises when times or STATUS change or somebody is removed, not with every message")
		return
	}
	if f.method == "CANCEL" && v.given != nil && n < c.Sequence() && n == highest(v.given) {
		v.differ("S5546-40", "SEQUENCE of a CANCEL is higher than what was sent before")
		return
	}
	if f.method == "REQUEST" && v.given != nil && n == highest(v.given) && c.Sequence() == highest(v.revised) {
		v.differ("S5546-02", "SEQUENCE rises when times or STATUS change or somebody is removed, if the client raised it or not")
		return
	}
	if f.method == "" && n < c.Sequence() && v.found("S5546-34") {
		v.differ("S5546-34", "the series is sent along, with the SEQUENCE it has")
		return
	}
	v.diff("%s: SEQUENCE %d, want %d", name, c.Sequence(), n)
}

// found tells whether something differs by a row.
func (v *verdict) found(row string) bool {
	return slices.ContainsFunc(v.differs, func(d string) bool { return strings.HasPrefix(d, row+" ") })
}
