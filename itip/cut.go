package itip

import (
	"math"
	"strings"
)

// cut ends a series right before a start: rules get an UNTIL one second earlier, or a lower COUNT, and RDATEs
// from there on go. A start that is the first one leaves nothing, which EXDATE says.
func (r *recurrence) cut(master *Component, at occurrence) error {
	if at.at <= r.start.at {
		master.Remove("RRULE", "RDATE")
		r.exclude(master, occurrence{r.start.wall, r.start.at})
		return nil
	}
	var props []Prop
	rules := r.rules
	for _, p := range master.Props {
		switch p.Name {
		case "RRULE":
			value, err := rules[0].before(at)
			if err != nil {
				return err
			}
			p.Value, rules = value, rules[1:]
		case "RDATE":
			p.Value = r.datesBefore(p, at)
		}
		if p.Value != "" || p.Name != "RRULE" && p.Name != "RDATE" {
			props = append(props, p)
		}
	}
	master.Props = props
	return nil
}

// before is the rule with an end right before a start, "" if that leaves DTSTART alone.
func (s *series) before(at occurrence) (string, error) {
	r := *s.source
	if r.count > 0 {
		return s.countBefore(r, at)
	}
	if s.until < at.at && !s.untilWall || s.untilWall && s.until < at.wall {
		return r.String(), nil
	}
	switch {
	case s.dtstart.date:
		r.until = &when{wall: at.wall - day, date: true}
	case !s.dtstart.utc && s.dtstart.tzid == "":
		r.until = &when{wall: at.wall - 1}
	default:
		r.until = &when{wall: at.at - 1, utc: true}
	}
	return r.String(), nil
}

func (s *series) countBefore(r rule, at occurrence) (string, error) {
	r.count = 0
	err := s.each(s.start, math.MaxInt64/4, func(o occurrence) bool {
		if o.at < at.at {
			r.count++
		}
		return o.at < at.at
	})
	if r.count < 2 {
		return "", err
	}
	return r.String(), err
}

func (r *recurrence) datesBefore(p Prop, at occurrence) string {
	dates, err := p.dates()
	if err != nil {
		return p.Value
	}
	var rest []string
	for _, d := range dates {
		w := d.when
		if d.date != r.start.date {
			w = r.start.on(floor(d.wall, day))
		}
		if m, err := r.zones.moment(w); err != nil || m.at < at.at {
			rest = append(rest, d.text)
		}
	}
	return strings.Join(rest, ",")
}
