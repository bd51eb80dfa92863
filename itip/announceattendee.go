package itip

import (
	"slices"

	"usher/address"
)

// asAttendee tells the organizer, and whom it concerns by delegation, what the owner answered.
func (x *change) asAttendee() ([]Announcement, error) {
	a := &answers{change: x, reply: New("REPLY")}
	if x.after.empty() {
		a.deleted()
	} else {
		a.changed()
		a.excluded()
		a.dropped()
	}
	if len(a.reply.Root.Parts) == 0 {
		return nil, nil
	}
	a.reply.bringZones(x.after.Object)
	a.reply.bringZones(x.before.Object)
	return a.messages(), nil
}

// answers is the REPLY in the making.
type answers struct {
	*change
	reply *Object
	from  address.Address   // the address by which the owner was asked
	also  []address.Address // who delegated to him
	to    []address.Address // to whom he delegates now
}

// mine is the owner as a component lists him.
func (a *answers) mine(c *Component) (User, bool) {
	if c == nil {
		return User{}, false
	}
	return c.Attendee(a.me...)
}

// add answers for a component.
func (a *answers) add(c *Component, me User, partstat string) {
	a.from = me.Address
	if a.after.master != nil && !c.Has("SUMMARY") && c.Has("RECURRENCE-ID") {
		if p, ok := a.after.master.Prop("SUMMARY"); ok {
			c = c.Clone()
			c.Add(p)
		}
	}
	r := answer(c, me.Address, partstat, a.at, "")
	if !c.Has("ORGANIZER") {
		r.Add(a.organizerLine())
	}
	if c.Name == Todo {
		progress(r, c)
	}
	if partstat == Delegated {
		a.others(r, c, me.DelegatedTo, &a.to)
	}
	a.others(r, c, me.DelegatedFrom, &a.also)
	a.reply.Root.Parts = append(a.reply.Root.Parts, r)
}

// progress tells how far a task is (S5546-71).
func progress(r, c *Component) {
	for _, name := range []string{"STATUS", "PERCENT-COMPLETE", "COMPLETED"} {
		if p, ok := c.Prop(name); ok {
			r.Add(p.Clone())
		}
	}
}

// others are the other side of a delegation: a REPLY names it too (S5546-21, S5546-46).
func (a *answers) others(r, c *Component, who []address.Address, told *[]address.Address) {
	for _, w := range who {
		u, ok := c.Attendee(w)
		if !ok || slices.Contains(a.me, w) {
			continue
		}
		r.Add(mailto(u.Prop, w).Without(commentParam))
		if !slices.Contains(*told, w) {
			*told = append(*told, w)
		}
	}
}

// changed are the answers that are not what they were.
func (a *answers) changed() {
	for _, c := range a.after.Scheduled() {
		me, ok := a.mine(c)
		if !ok || c.Cancelled() {
			continue
		}
		was, before := a.was(c)
		news := me.Partstat != was || delegations(me) != delegations(before) ||
			c.Name == Todo && me.Partstat != NeedsAction && worked(a.beforeOf(c), c)
		if p, ok := c.Prop("ORGANIZER"); ok && forced(p, "REPLY") || news {
			a.add(c, me, me.Partstat)
		}
	}
}

func delegations(u User) string {
	if u.Partstat != Delegated {
		return ""
	}
	return joined(u.DelegatedTo)
}

func joined(as []address.Address) string {
	s := ""
	for _, a := range as {
		s += a.String() + " "
	}
	return s
}

// worked tells whether the owner got on with a task.
func worked(was, c *Component) bool {
	if was == nil {
		was = &Component{}
	}
	return was.number("PERCENT-COMPLETE") != c.number("PERCENT-COMPLETE") || was.Text("COMPLETED") != c.Text("COMPLETED")
}

// beforeOf is what spoke for the instance of a component before.
func (a *answers) beforeOf(c *Component) *Component {
	if k := a.after.keyOf(c); k != nil {
		return a.before.counterpart(a.after.overrides[*k])
	}
	return a.before.master
}

// was is the answer that the owner gave before. One to other times than now is none any more: the organizer moved
// it and forgot it too.
func (a *answers) was(c *Component) (partstat string, before User) {
	before, ok := a.mine(a.beforeOf(c))
	if !ok {
		return NeedsAction, User{}
	}
	moved := false
	if k := a.after.keyOf(c); k != nil {
		moved = a.instanceMoved(a.after.overrides[*k])
	} else {
		moved = a.before.times.series != nil && a.seriesMoved()
	}
	if moved && c.Sequence() > a.beforeOf(c).Sequence() {
		return NeedsAction, User{}
	}
	return before.Partstat, before
}

// excluded are the instances that the owner took out of the series (S6638-04).
func (a *answers) excluded() {
	series, old := a.after.times.series, a.before.times.series
	me, ok := a.mine(a.after.master)
	if series == nil || !ok {
		return
	}
	for _, o := range series.excludedStarts() {
		if old != nil && old.excluded(o) {
			continue
		}
		was := a.before.counterpart(&override{id: moment{at: o.at, when: when{wall: o.wall, date: series.start.date}}})
		before, asked := a.mine(was)
		if was != nil && (was.Cancelled() || !asked || before.Partstat == Declined) {
			continue
		}
		a.add(a.after.timeline.derive(place{o, series.length, false}), me, Declined)
	}
}

// dropped are instances whose own component the owner took away without an EXDATE: what he answers to the series
// counts for them.
func (a *answers) dropped() {
	if a.after.master == nil {
		return
	}
	me, ok := a.mine(a.after.master)
	for _, v := range inOrder(a.before.overrides) {
		before, asked := a.mine(v.c)
		start, still := a.after.times.at(v.key())
		if !ok || !asked || a.after.overrides[v.key()] != nil || !still || start.cancelled || v.c.Cancelled() {
			continue
		}
		if me.Partstat != before.Partstat && me.Partstat != NeedsAction && a.after.master.Sequence() <= v.c.Sequence() {
			a.add(v.c, before, me.Partstat)
		}
	}
}

// deleted declines all that was not declined or cancelled (S6638-05).
func (a *answers) deleted() {
	for _, c := range a.before.Scheduled() {
		if me, ok := a.mine(c); ok && !c.Cancelled() && me.Partstat != Declined {
			a.add(c, me, Declined)
		}
	}
}

// messages are the REPLY to the organizer and to who delegated to the owner, and REQUESTs to his delegates.
func (a *answers) messages() []Announcement {
	ms := []Announcement{}
	for _, to := range append([]address.Address{a.organizer.Address}, a.also...) {
		if !slices.Contains(a.me, to) {
			ms = append(ms, Announcement{From: a.from, To: to, Object: a.reply.Clone(), Significant: true})
		}
	}
	for _, to := range a.to {
		if view := a.after.view(to); view != nil && to != a.organizer.Address {
			m := a.request(to, view, true)
			m.From = a.from
			ms = append(ms, m)
		}
	}
	return ms
}
