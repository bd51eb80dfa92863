package itip

import (
	"errors"
	"slices"
	"strings"

	"usher/address"
)

// sharedParams are what every attendee may know of how another one answered; what he wrote to the organizer is not
// among it.
var sharedParams = []string{"PARTSTAT", "RSVP", "DELEGATED-TO", "DELEGATED-FROM", "SENT-BY", "X-NUM-GUESTS"}

// Informed is what an attendee's copy becomes by what the organizer's object knows of the answers of all others (me
// are the addresses of the attendee): his own entry, and whatever else the copy says, stay. Instances that somebody
// has answered differently get an override. Somebody the copy does not list is added only if he is the delegate, or a
// member, of somebody it does: an organizer may not show everybody to everybody.
//
// What of the copy is newer than the organizer's object is left as it is, and so is an answer later than the organizer
// knows of. When each was given is noted: an update that was written before must not undo it (Merge). ErrTakeover if the two have different
// organizers. Neither argument changes.
func Informed(copied, organizers *Object, me ...address.Address) (*Object, error) {
	if err := sameKey(copied, organizers); err != nil {
		return nil, err
	}
	if err := Bound(copied, organizers); err != nil {
		return nil, err
	}
	out := copied.Clone()
	if err := out.openFor(organizers, me); err != nil {
		return nil, err
	}
	theirs := organizers.Counterparts(out)
	for _, c := range out.Scheduled() {
		if k := theirs(c); k != nil && k.Sequence() >= c.Sequence() {
			c.inform(k, me)
		}
	}
	return out.fitting()
}

// openFor makes overrides for the instances of the organizer's object that have been answered differently from the
// series and have none. Instances that the copy does not have are not for the attendee.
func (o *Object) openFor(organizers *Object, me []address.Address) error {
	series := organizers.Master()
	if series == nil || o.Master() == nil {
		return nil
	}
	mine, zones, stands := o.Counterparts(organizers), organizers.Zones(nil), series.roll()
	for _, k := range organizers.Overrides() {
		if c := mine(k); c == nil || c.Has("RECURRENCE-ID") || !k.answersUnlike(stands, me) {
			continue
		}
		id, future, err := zones.recurrenceID(k)
		if err != nil {
			return err
		}
		c, err := o.Override(id.zone.time(id.at))
		switch {
		case errors.Is(err, ErrNoInstance):
			continue
		case err != nil:
			return err
		}
		if p, ok := c.Prop("RECURRENCE-ID"); ok && future {
			c.Set(p.With("RANGE", "THISANDFUTURE"))
		}
	}
	return nil
}

// answersUnlike tells whether somebody else stands in an override as he does not in the series.
func (c *Component) answersUnlike(series roll, me []address.Address) bool {
	return slices.ContainsFunc(c.Attendees(), func(u User) bool {
		return !slices.Contains(me, u.Address) && series[u.Address].Partstat != u.Partstat
	})
}

// inform takes over how all but one have answered.
func (c *Component) inform(k *Component, me []address.Address) {
	listed, given, known := c.roll(), k.answerRecords(), c.answerRecords()
	var lines []Prop
	var answers []givenAnswer
	for _, u := range k.Attendees() {
		a := u.Address
		if a == "" || slices.Contains(me, a) || known[a].later(given[a]) {
			continue
		}
		mine, ok := listed[a]
		switch {
		case ok && !sameShared(mine.Prop, u.Prop):
			lines = append(lines, share(mine.Prop, u.Prop))
		case !ok && listed.knows(u):
			lines, ok = append(lines, share(introduced(u), u.Prop)), true
			listed[a] = u
		}
		if ok && given[a].later(known[a]) {
			answers = append(answers, givenAnswer{a, given[a]})
		}
	}
	c.setAttendees(lines...)
	c.setAnswerRecords(answers...)
}

// introduced is the line of somebody who is new to a copy.
func introduced(u User) Prop {
	line := mailto(Prop{Name: "ATTENDEE"}, u.Address)
	for _, name := range []string{"CN", "CUTYPE", "ROLE", "MEMBER"} {
		if v := u.Prop.param(name); v != nil {
			line = line.With(name, v...)
		}
	}
	return line
}

func share(to, from Prop) Prop {
	to = to.Without(sharedParams...)
	for _, name := range sharedParams {
		if v := from.param(name); v != nil {
			to = to.With(name, v...)
		}
	}
	return to
}

func sameShared(a, b Prop) bool {
	return !slices.ContainsFunc(sharedParams, func(name string) bool {
		return !slices.EqualFunc(a.param(name), b.param(name), strings.EqualFold)
	})
}
