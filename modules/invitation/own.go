package invitation

import "usher/itip"

// settle lets take time again what was cancelled and takes place after all, and take none what the person has passed on.
func (v *visit) settle(o *itip.Object) {
	was, theirs := v.copyOrNone().Counterparts(o), v.incoming.Counterparts(o)
	for _, c := range o.Scheduled() {
		if before := was(c); before != nil && before.Cancelled() && !c.Cancelled() {
			v.showAs(c, theirs(c))
		}
		if v.partstat(c) == itip.Delegated {
			free(c)
		}
	}
}

// say writes an answer on every line of the person.
func (v *visit) say(c *itip.Component, partstat string) {
	for _, a := range v.me {
		c.SetPartstat(a, partstat)
	}
}

// showAs lets an event take time as the organizer wants it.
func (v *visit) showAs(c, theirs *itip.Component) {
	c.Remove("TRANSP")
	if theirs != nil && theirs.Transparent() {
		free(c)
	}
}

// free lets an event take no time.
func free(c *itip.Component) {
	if c.Name == itip.Event {
		c.SetText("TRANSP", "TRANSPARENT")
	}
}

// answered puts the person's answer into what is open. What he has declined or passed on takes no time, and what comes
// back to him takes time again.
func (v *visit) answered(r request, partstat string) {
	was, theirs := v.copyOrNone().Counterparts(r.object), v.incoming.Counterparts(r.object)
	for _, c := range r.open {
		v.say(c, partstat)
		if partstat == itip.Declined || partstat == itip.Delegated {
			free(c)
		} else if before := was(c); before != nil && v.partstat(before) == itip.Delegated {
			v.showAs(c, theirs(c))
		}
	}
}

// partstat is the person's answer in a component of his copy.
func (v *visit) partstat(c *itip.Component) string {
	u, _ := c.Attendee(v.me...)
	return u.Partstat
}
