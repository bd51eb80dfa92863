package invitation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/itip"
	"usher/milter/imip"
)

// maxTold bounds how many changes a notice names.
const maxTold = 30

// maxValue is how much of a value stands in a notice, in characters.
const maxValue = 200

// ofUpdate tells what changed; the zero notice if nothing that people read.
func (v *visit) ofUpdate(changes []itip.Difference) notice {
	w := v.teller()
	var lines []string
	at := time.Time{}
	for n, d := range changes {
		if n == maxTold {
			lines = append(lines, fmt.Sprintf(w.more, len(changes)-n))
			break
		}
		if !d.Instance.Equal(at) {
			at = d.Instance
			if len(lines) > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, fmt.Sprintf(w.instance, w.point(at, w.days)))
		}
		lines = append(lines, w.change(d)...)
	}
	if len(lines) == 0 {
		return notice{}
	}
	name := title(v.incoming, v.stored)
	lines = append([]string{fmt.Sprintf(w.updatedBy, name, v.by()), ""}, lines...)
	return v.close(w.words, fmt.Sprintf(w.updated, name), lines)
}

// teller writes what changed on the clocks of an office.
type teller struct {
	words
	zone *time.Location
	days bool // the event is one of whole days
}

func (v *visit) teller() teller {
	start, _ := v.incoming.Scheduled()[0].Prop("DTSTART")
	return teller{v.told(), v.zone, len(start.Value) == len("20060102")}
}

// point writes a point in time, on the clocks of the event, or of the office where the event has none.
func (w teller) point(t time.Time, day bool) string {
	if name, _ := t.Zone(); name == "UTC" && !day {
		t = t.In(w.zone)
	}
	if day {
		return t.Format(w.date)
	}
	return w.moment(t)
}

// change writes one difference.
func (w teller) change(d itip.Difference) []string {
	label := w.labels[d.Name]
	switch d.Name {
	case "DTSTART", "DTEND", "DUE":
		return []string{label + ": " + w.turned(w.wasAt(d), w.isAt(d))}
	case "ATTENDEE":
		return w.people(d)
	case "STATUS":
		return []string{label + ": " + w.turned(w.states[d.Was], w.states[d.Is])}
	case "SUMMARY", "LOCATION", "URL", "PRIORITY":
		return []string{label + ": " + w.turned(imip.Line(d.Was, maxValue), imip.Line(d.Is, maxValue))}
	}
	if label == "" {
		return nil
	}
	if added := w.dates(d); added != "" {
		return []string{label + ": " + added}
	}
	return []string{label + ": " + w.changed}
}

// dates are the times that a list of dates got; "" if it is no such list, or lost some.
func (w teller) dates(d itip.Difference) string {
	was, is := values(d.Was), values(d.Is)
	if d.Name != "RDATE" && d.Name != "EXDATE" || slices.ContainsFunc(was, func(s string) bool { return !slices.Contains(is, s) }) {
		return ""
	}
	var all []string
	for _, s := range is {
		if !slices.Contains(was, s) && len(all) < maxTold {
			all = append(all, w.readable(s))
		}
	}
	return strings.Join(all, ", ")
}

func values(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' })
}

// readable writes one value as a person reads it; what stands in a zone stands on the clocks of the event.
func (w teller) readable(s string) string {
	if t, err := time.Parse("20060102T150405Z", s); err == nil {
		return w.point(t, false)
	}
	if t, err := time.Parse("20060102T150405", s); err == nil {
		return t.Format(w.date + " " + w.clock)
	}
	if t, err := time.Parse("20060102", s); err == nil {
		return w.point(t, true)
	}
	return imip.Line(s, maxName)
}

func (w words) turned(was, is string) string {
	return orNone(was) + " → " + orNone(is)
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// wasAt and isAt write the two times of a difference; the end of whole days is the last of them.
func (w teller) wasAt(d itip.Difference) string {
	return w.at(d, d.WasTime, len(d.Was) == len(time.DateOnly))
}

func (w teller) isAt(d itip.Difference) string { return w.at(d, d.Time, d.AllDay) }

func (w teller) at(d itip.Difference, t time.Time, allDay bool) string {
	switch {
	case t.IsZero():
		return ""
	case allDay && d.Name == "DTEND":
		t = t.AddDate(0, 0, -1)
	}
	return w.point(t, allDay)
}

// people writes who is invited now and who no longer is.
func (w teller) people(d itip.Difference) (lines []string) {
	for _, g := range []struct {
		label string
		who   []address.Address
	}{{w.invited, d.Added}, {w.uninvited, d.Removed}} {
		var names []string
		for _, a := range g.who[:min(len(g.who), maxTold)] {
			names = append(names, imip.Line(a.String(), maxName))
		}
		names = slices.DeleteFunc(names, func(s string) bool { return s == "" })
		if len(names) > 0 {
			lines = append(lines, g.label+": "+strings.Join(names, ", "))
		}
	}
	return lines
}
