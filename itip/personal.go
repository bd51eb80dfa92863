package itip

import (
	"slices"
	"strings"

	"usher/address"
)

// personal are the properties of which a person's copy keeps its own (RFC 6638 3.2.2.1): a stored one stays,
// where there is none the organizer's is taken.
var personal = []string{"CATEGORIES", "COLOR", "CREATED"}

// private are properties that are the person's alone: an organizer's are never taken.
var private = []string{"TRANSP", "PERCENT-COMPLETE", "COMPLETED", "X-MOZ-LASTACK", "X-MOZ-SNOOZE-TIME", "X-MOZ-GENERATION"}

// passing are notes of programs about the message they read last, which are wrong afterwards.
var passing = []string{"X-MOZ-RECEIVED-SEQUENCE", "X-MOZ-RECEIVED-DTSTAMP", "X-MOZ-SEND-INVITATIONS", CauseProperty}

// following begin the names of extensions that belong to scheduling or to what is scheduled, and so are the
// organizer's.
var following = []string{"X-MICROSOFT-", "X-MS-OLK-", "X-ALT-DESC", "X-GOOGLE-", "X-LOTUS-", "X-ZIMBRA-", "X-APPLE-STRUCTURED-LOCATION",
	"X-APPLE-TRAVEL-", "X-CALENDARSERVER-", "X-ZOOM-", "X-LIC-ERROR"}

// moved says what of a component takes place at another time than before.
type moved struct {
	start bool // it begins at another time
	any   bool // it begins or ends at another time, or there are new instances
}

// keepPersonal puts into a component of the organizer what the person had in his own (mine): answer, TRANSP, alarms
// and all that S6638-03 lists. One that moved is to be answered again (S5546-19), and takes the organizer's TRANSP
// if it starts at another time (S5545-22), or if his own was that he had declined.
func (c *Component) keepPersonal(mine *Component, m moved, me []address.Address) {
	c.Remove(passing...)
	c.keepAnswer(mine, m, me)
	c.keepAnswers(mine, me)
	c.keepAlarms(mine, m)
	for _, name := range private {
		if name == "TRANSP" && (m.start || m.any && mine.declinedBy(me)) {
			continue
		}
		c.replace(name, mine)
	}
	for _, name := range personal {
		if mine.Has(name) {
			c.replace(name, mine)
		}
	}
	c.keepExtensions(mine)
}

// replace takes the lines of this name over, in their order.
func (c *Component) replace(name string, mine *Component) {
	c.Remove(name)
	for _, p := range mine.All(name) {
		c.Add(p.Clone())
	}
}

func (c *Component) keepExtensions(mine *Component) {
	theirs := map[string]bool{}
	for _, p := range c.Props {
		theirs[p.Name] = true
	}
	for _, p := range mine.Props {
		if strings.HasPrefix(p.Name, "X-") && !theirs[p.Name] && !follows(p.Name) && p.Name != exclusionProperty {
			c.Add(p.Clone())
		}
	}
}

func follows(name string) bool {
	return slices.Contains(passing, name) || slices.ContainsFunc(following, func(begin string) bool { return strings.HasPrefix(name, begin) })
}

// keepAnswer keeps PARTSTAT and what belongs to it on the line that the organizer wrote for the person. A line that
// only the person's copy has stays if it is there for a list he is in.
func (c *Component) keepAnswer(mine *Component, m moved, me []address.Address) {
	was, had := mine.Attendee(me...)
	is, has := c.Attendee(me...)
	switch {
	case has && m.any && is.Partstat == Delegated: // the organizer asks the delegate
	case has && had && m.any:
		c.setAttendee(is.Prop.Without(answerParams...).With("PARTSTAT", NeedsAction))
	case has && had:
		line := is.Prop.Without(answerParams...)
		for _, name := range answerParams {
			if values := was.Prop.param(name); values != nil {
				line = line.With(name, values...)
			}
		}
		if userOf(line).Partstat != was.Partstat { // of several lines, S5545-23
			line = line.With("PARTSTAT", was.Partstat)
		}
		c.setAttendee(line)
	case had && was.Prop.Param("MEMBER") != "" && !m.any:
		c.setAttendee(was.Prop)
	case had && was.Prop.Param("MEMBER") != "":
		c.setAttendee(was.Prop.With("PARTSTAT", NeedsAction))
	}
}

// oneLine joins several lines of the person (S5545-23).
func (c *Component) oneLine(me []address.Address) {
	u, ok := c.Attendee(me...)
	if !ok {
		return
	}
	if userOf(u.Prop).Partstat != u.Partstat {
		u.Prop = u.Prop.With("PARTSTAT", u.Partstat)
	}
	if u.RSVP && !userOf(u.Prop).RSVP {
		u.Prop = u.Prop.With("RSVP", "TRUE")
	}
	c.setAttendee(u.Prop)
}

// keepAlarms keeps all of the person's alarms; the organizer's never come in. Of one that has been acknowledged
// before the new start that is forgotten when the start moves, as it has to ring again (S9074-01).
func (c *Component) keepAlarms(mine *Component, m moved) {
	c.RemoveParts("VALARM")
	for _, part := range mine.Parts {
		if part.Name != "VALARM" {
			continue
		}
		alarm := part.Clone()
		if m.start && alarm.acknowledgedBefore(c) {
			alarm.Remove("ACKNOWLEDGED")
		}
		c.Parts = append(c.Parts, alarm)
	}
}

func (c *Component) acknowledgedBefore(of *Component) bool {
	ack, ok := c.Prop("ACKNOWLEDGED")
	at, err := ack.when()
	start, errStart := firstOf(of, "DTSTART", "DUE").when()
	return ok && err == nil && errStart == nil && at.wall < start.wall+margin
}

func firstOf(c *Component, names ...string) Prop {
	for _, name := range names {
		if p, ok := c.Prop(name); ok {
			return p
		}
	}
	return Prop{}
}

// organizers is a component without all that is the person's: what two copies have in common.
func (c *Component) organizers(me []address.Address) *Component {
	o := c.Clone()
	o.RemoveParts("VALARM")
	o.Remove(slices.Concat(personal, private, passing, []string{"SEQUENCE", "LAST-MODIFIED", "DTSTAMP", answerProperty})...)
	o.Props = slices.DeleteFunc(o.Props, func(p Prop) bool { return strings.HasPrefix(p.Name, "X-") && !follows(p.Name) })
	for i, p := range o.Props {
		if p.Name == "ATTENDEE" && slices.Contains(me, userOf(p).Address) {
			o.Props[i] = p.Without(append([]string{"RSVP"}, answerParams...)...)
		}
	}
	return o
}
