package itip

import (
	"slices"
	"strings"
	"time"

	"usher/address"
)

// Opinion is what one attendee has answered.
type Opinion struct {
	User
	Instance time.Time // original start of an instance that he answered otherwise than the series; zero for the whole
	Comment  string    // what he wrote to the organizer, "" if nothing
}

// Tally is who has answered what to an organizer's object, in the order they are listed: first to the whole, then to
// instances. The organizer himself is left out, and who need not answer: lists of people, whose members do, and who is
// to be informed only.
type Tally []Opinion

// TallyOf counts the answers that Answered has put down.
func TallyOf(o *Object) Tally {
	var t Tally
	z, series := o.Zones(nil), roll{}
	if m := o.Master(); m != nil {
		series = m.roll()
	}
	for _, c := range o.Scheduled() {
		var at time.Time
		if c.Has("RECURRENCE-ID") {
			id, _, err := z.recurrenceID(c)
			if err != nil || c.Cancelled() {
				continue
			}
			at = id.zone.time(id.at)
		}
		for _, u := range c.Attendees() {
			if p := (Opinion{u, at, u.said()}); c.answers(u) && !p.asIn(series) {
				t = append(t, p)
			}
		}
	}
	slices.SortStableFunc(t, func(a, b Opinion) int { return a.Instance.Compare(b.Instance) })
	return t
}

// said is the comment that is kept on an attendee's line.
func (u User) said() string { return shortened(strings.TrimSpace(u.Prop.Param(commentParam))) }

// answers tells whether an attendee is one who has to answer, or has.
func (c *Component) answers(u User) bool {
	organizer, _ := c.Organizer()
	if u.Address == "" || u.Address == organizer.Address {
		return false
	}
	return u.Partstat != NeedsAction || u.RSVP || u.CUType != "GROUP" && u.Role != "NON-PARTICIPANT"
}

// asIn tells whether an attendee has said of an instance what he said of the series.
func (p Opinion) asIn(series roll) bool {
	u, ok := series[p.Address]
	return !p.Instance.IsZero() && ok && u.Partstat == p.Partstat && u.said() == p.Comment
}

// With are those whose answer is one of these (PARTSTAT).
func (t Tally) With(partstats ...string) Tally {
	return slices.DeleteFunc(slices.Clone(t), func(p Opinion) bool { return !slices.Contains(partstats, p.Partstat) })
}

// Pending are those who have not answered.
func (t Tally) Pending() Tally { return t.With(NeedsAction) }

// Waits tells whether one of these has not answered.
func (t Tally) Waits(of ...address.Address) bool {
	return slices.ContainsFunc(t.Pending(), func(p Opinion) bool { return slices.Contains(of, p.Address) })
}
