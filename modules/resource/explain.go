package resource

import (
	"context"
	"fmt"
	"strings"
	"time"

	"usher/itip/calendar"
	"usher/milter/imip"
)

// maxExplained bounds the clashes a decline lists.
const maxExplained = 10

// explain gives an answer its reasons.
func (b *booking) explain(a *answer, v verdict) {
	w := b.words()
	if text := b.because(v); v.step == stepDecline && text != "" {
		a.said = append(a.said, text)
	}
	a.booked = v.booked()
	if len(v.out) > 0 {
		a.said = append(a.said, b.clashText(w.partly, v.inTheWay()))
	}
	if v.step == stepDecline {
		for n, p := range v.inTheWay() {
			if n < maxExplained {
				a.status = append(a.status, busyStatus(p))
			}
		}
	}
	a.each = map[int64]status{}
	for _, c := range v.clashes {
		if id := c.instance.RecurrenceID.Unix(); a.each[id].code == "" {
			a.each[id] = busyStatus(c.period)
		}
	}
	if !v.cut.IsZero() {
		kept := perInstance(v.instances)
		a.said = append(a.said, fmt.Sprintf(w.cut, b.times(kept[len(kept)-1].Start, kept[len(kept)-1].End)))
		a.status = append(a.status, status{"2.11", "Success, the series was cut", fmt.Sprint(len(kept))})
	}
}

// offer names others that could be booked at the time, and other times.
func (b *booking) offer(ctx context.Context, a *answer, v verdict) error {
	others, err := b.instead(ctx, v)
	if err != nil {
		return err
	}
	slots, err := b.slots(ctx, v)
	if err != nil {
		return err
	}
	var instead, times []string
	for _, f := range others {
		instead = append(instead, fmt.Sprintf("- %s <%s>", imip.Line(f.Name, maxName), f.Mail()))
	}
	for _, s := range slots[:min(len(slots), b.room.rules.Alternatives-len(others))] {
		times = append(times, "- "+b.times(s.Start, s.End))
	}
	a.list(b.collectionWords().others, instead)
	a.list(b.words().offer, times)
	return nil
}

// list says lines under a head, if there are any.
func (a *answer) list(head string, lines []string) {
	if len(lines) > 0 {
		a.said = append(a.said, strings.Join(append([]string{head}, lines...), "\n"))
	}
}

// busyStatus says what is in the way (S5546-67): never whose it is.
func busyStatus(p calendar.Period) status {
	const utc = "20060102T150405Z"
	return status{"4.0", "Event conflict, the time is taken", "DTSTART:" + p.From.UTC().Format(utc) + " DTEND:" + p.To.UTC().Format(utc)}
}

// because says which rule declined.
func (b *booking) because(v verdict) string {
	w := b.words()
	if v.rule == ruleBusy {
		return b.clashText(w.clash, v.inTheWay())
	}
	text := w.because[v.rule]
	if len(v.clashes) > 0 {
		text += "\n\n" + b.clashText(w.clash, v.inTheWay())
	}
	return strings.TrimSpace(text)
}

// clashText names the bookings in the way; of private ones, and where the configuration wants it so, only the times.
func (b *booking) clashText(head string, way []calendar.Period) string {
	w := b.words()
	lines := []string{head}
	for i, p := range way {
		if i == maxExplained {
			lines = append(lines, fmt.Sprintf(w.more, len(way)-i))
			break
		}
		line := "- " + b.times(p.From, p.To)
		if b.room.rules.ExplainConflicts == "details" && (p.Class == "" || p.Class == "PUBLIC") {
			line += fmt.Sprintf(" (%s, %s)", p.Organizer, imip.Line(p.Summary, maxTitle))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// span is when the event is next, in the organizer's own zone; "?" where that cannot be told.
func (b *booking) span() string {
	from := b.tx.Time
	if first, last, endless := b.incoming.Bounds(b.zone); !endless && last.Before(from) {
		from = first
	}
	is, err := b.incoming.Instances(from, from.Add(b.Horizon), b.zone)
	if err != nil || len(is) == 0 {
		return "?"
	}
	return b.times(is[0].Start, is[0].End)
}

// times writes a stretch of time on the clocks the organizer looks at: those of the event, or the resource's.
func (b *booking) times(from, to time.Time) string {
	start, _ := b.incoming.Scheduled()[0].Prop("DTSTART")
	zone, err := b.incoming.Zones(b.zone).Find(start.Param("TZID"))
	if err != nil {
		return b.words().times(from.In(b.zone), to.In(b.zone))
	}
	return b.words().times(zone.In(from), zone.In(to))
}
