package calendar

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"usher/itip"
)

// Periods gives the time that one object takes up within some spans: events that are opaque and not cancelled,
// recurrence expanded, each instance with the status, class, organizer and summary of its own component.
// A period that reaches over an edge of a span is given whole. Tasks and journals take no time. Where programs
// disagree about when an instance is, all that they may mean is busy (D-10, D-11; see itip's Readings).
func Periods(o *itip.Object, local *time.Location, spans ...Span) ([]Period, error) {
	spans = union(spans)
	if len(spans) == 0 || !slices.ContainsFunc(o.Scheduled(), takesTime) {
		return nil, nil // what takes no time anyhow need not be followed: a cancellation may have any zone and rule
	}
	from, to := spans[0].From, spans[len(spans)-1].To
	instances, err := o.Readings(from, to.Add(time.Second-1), local) // it counts whole seconds; what is too late goes below
	if err != nil {
		return nil, err
	}
	var ps []Period
	told := map[*itip.Component]Period{}
	for _, in := range instances {
		if in.Cancelled || in.Transparent || in.Component.Name != itip.Event || !overlapsOne(spans, in.Start, in.End) {
			continue
		}
		p, ok := told[in.Component]
		if !ok {
			p = describe(o, in.Component)
			told[in.Component] = p
		}
		p.From, p.To, p.RecurrenceID = in.Start, in.End, in.RecurrenceID
		ps = append(ps, p)
	}
	SortPeriods(ps)
	return ps, nil
}

func takesTime(c *itip.Component) bool { return !c.Cancelled() && !c.Transparent() }

// overlapsOne tells whether a stretch of time shares some with spans that are in order and apart.
func overlapsOne(spans []Span, from, to time.Time) bool {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].To.After(from) })
	return i < len(spans) && Period{From: from, To: to}.Overlaps(spans[i].From, spans[i].To)
}

// describe says what a component tells about its time. Some clients leave out of an override what they did
// not change, so that what is missing there is read from the master: a private series keeps its secret.
func describe(o *itip.Object, c *itip.Component) Period {
	p := Period{UID: o.UID(), Status: Confirmed}
	sources := withMaster(o, c)
	if status, _ := first(sources, "STATUS"); strings.EqualFold(status, string(Tentative)) {
		p.Status = Tentative
	}
	p.Class = ClassOf(o, c)
	p.Summary, _ = first(sources, "SUMMARY")
	for _, s := range sources {
		if user, ok := s.Organizer(); ok {
			p.Organizer = user.Address
			break
		}
	}
	return p
}

// withMaster are a component and, where it is an override, what it overrides.
func withMaster(o *itip.Object, c *itip.Component) []*itip.Component {
	if master := o.Master(); master != nil && master != c {
		return []*itip.Component{c, master}
	}
	return []*itip.Component{c}
}

// ClassProperty is on a component whose CLASS was taken away for the sake of those who look at the calendar: what it was.
const ClassProperty = "X-USHER-CLASS"

// ClassOf is the CLASS of a component of an object: PUBLIC, PRIVATE or CONFIDENTIAL (RFC 5545 3.8.1.3). ClassProperty
// comes before CLASS, and a component that says neither is like its series.
func ClassOf(o *itip.Object, c *itip.Component) string {
	for _, s := range withMaster(o, c) {
		for _, name := range []string{ClassProperty, "CLASS"} {
			if s.Has(name) {
				return knownClass(s.Text(name))
			}
		}
	}
	return "PUBLIC"
}

// knownClass reads a CLASS; RFC 5545 3.8.1.3: one that is not known is PRIVATE.
func knownClass(class string) string {
	class = strings.ToUpper(strings.TrimSpace(class))
	if class != "PUBLIC" && class != "CONFIDENTIAL" {
		return "PRIVATE"
	}
	return class
}

// first gives a text property of the first component that has it.
func first(components []*itip.Component, name string) (string, bool) {
	for _, c := range components {
		if _, ok := c.Prop(name); ok {
			return c.Text(name), true
		}
	}
	return "", false
}

// SortPeriods orders by start; what starts together by end and by name, so that two looks see the same.
func SortPeriods(ps []Period) {
	slices.SortFunc(ps, func(a, b Period) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.UID, b.UID),
			a.RecurrenceID.Compare(b.RecurrenceID))
	})
}
