package itip

import (
	"slices"

	"usher/address"
)

// asOrganizer tells each attendee what became of the instances that name him.
func (x *change) asOrganizer() ([]Announcement, error) {
	force := x.forced()
	x, err := x.revised()
	if err != nil {
		return nil, err
	}
	var ms []Announcement
	for _, who := range x.everybody() {
		ms = append(ms, x.tell(who, slices.Contains(force, who))...)
	}
	return ms, nil
}

// everybody are the attendees of both versions but the owner, those who were removed first.
func (x *change) everybody() []address.Address {
	var all []address.Address
	for _, a := range slices.Concat(x.before.attendees(), x.after.attendees()) {
		if !slices.Contains(all, a) && !slices.Contains(x.me, a) && a != x.organizer.Address {
			all = append(all, a)
		}
	}
	return all
}

// forced are the attendees that the owner wants to have a REQUEST in any case (RFC 6638 7.2).
func (x *change) forced() []address.Address {
	var all []address.Address
	for _, c := range x.after.Scheduled() {
		for _, p := range c.All("ATTENDEE") {
			if forced(p, "REQUEST") {
				all = append(all, userOf(p).Address)
			}
		}
	}
	return all
}

// tell is what one attendee is sent.
func (x *change) tell(who address.Address, force bool) []Announcement {
	v := x.views(who)
	switch {
	case v.was == nil && v.is == nil:
		return nil
	case v.is == nil:
		return []Announcement{x.cancel(who, x.lost(who, v.was, nil))}
	case v.was == nil:
		return []Announcement{x.request(who, v.is, true)}
	case x.silent(who) && !force:
		return nil
	case v.loss:
		return x.tellLoss(who, v.was, v.is, x.lost(who, v.was, v.is))
	case len(v.cancelled) > 0 && !force:
		ms := []Announcement{x.cancel(who, v.cancelled)}
		if v.rest { // his answers have to be to the SEQUENCE that the series has now
			ms = append(ms, x.request(who, v.is, false))
		}
		return ms
	case !v.changed && !force:
		return nil
	}
	return []Announcement{x.request(who, v.is, force || v.significant)}
}

// views are what attendees of one seat saw before and see now.
type views struct {
	was, is     *Object
	loss        bool         // something has to be cancelled, see lost
	cancelled   []*Component // instances that were cancelled, if that is all that matters
	rest        bool         // and the series has another SEQUENCE
	changed     bool
	significant bool
}

// views looks at each seat once.
func (x *change) views(who address.Address) *views {
	seat := x.before.seat(who) + " " + x.after.seat(who)
	if x.seats == nil {
		x.seats = map[string]*views{}
	}
	v := x.seats[seat]
	if v == nil {
		v = &views{was: x.before.view(who), is: x.after.view(who)}
		if v.was != nil && v.is != nil {
			x.compare(v, who)
		}
		x.seats[seat] = v
	}
	return v
}

func (x *change) compare(v *views, who address.Address) {
	v.loss = len(x.lost(who, v.was, v.is)) > 0
	v.changed, v.significant = changed(v.was, v.is), significant(v.was, v.is)
	if rest, cancelled := x.cancelledOnly(who, v.was); len(cancelled) > 0 && !changedBut(rest, v.is, "SEQUENCE") {
		v.cancelled, v.rest = cancelled, changed(rest, v.is)
	}
}

// silent is an attendee who delegated and does not want to hear more (S5546-48), unless he is one who takes no
// part and only passes on, as collections of rooms do (S5546-23).
func (x *change) silent(who address.Address) bool {
	for _, c := range x.after.parts {
		u, ok := x.after.user(c, who)
		if ok && (u.Partstat != Delegated || u.RSVP || u.Prop.Param("RSVP") == "" || u.Role == "NON-PARTICIPANT") {
			return false
		}
	}
	return true
}

// lost are the components of a view that a CANCEL has to name: the series, which stands for all of it, or single
// instances of which there is no series. Instances that leave a series are in the next REQUEST, as EXDATEs.
func (x *change) lost(who address.Address, was, is *Object) []*Component {
	if master := was.Master(); master != nil {
		if is == nil || is.Master() == nil {
			return []*Component{x.before.master}
		}
		return nil
	}
	if is != nil && is.Master() != nil {
		return nil
	}
	var cs []*Component
	for _, v := range inOrder(x.before.overrides) {
		now := x.after.overrides[v.key()]
		if x.before.invites(v.c, who) && (now == nil || !x.after.invites(now.c, who)) {
			cs = append(cs, v.c)
		}
	}
	return cs
}

// tellLoss cancels what is lost and, where something else is left that he does not know or would lose with it,
// asks for that anew.
func (x *change) tellLoss(who address.Address, was, is *Object, lost []*Component) []Announcement {
	cancel := x.cancel(who, lost)
	if was.Master() == nil {
		rest := x.without(was, lost)
		if !changed(rest, is) {
			return []Announcement{cancel}
		}
		return []Announcement{cancel, x.request(who, is, significant(rest, is))}
	}
	for _, c := range is.Scheduled() { // what was said before the CANCEL of the series is void (S5546-55)
		c.SetSequence(max(c.Sequence(), cancel.Object.highest()+1))
	}
	return []Announcement{cancel, x.request(who, is, true)}
}

// without is a view without some of its instances.
func (x *change) without(view *Object, lost []*Component) *Object {
	rest := view.Clone()
	gone := (&Object{Root: &Component{Parts: lost}}).keys()
	z := view.Zones(nil)
	rest.keep(func(c *Component) bool { return gone.counterpart(z, c) == nil })
	return rest
}

// cancelledOnly are the instances of a series that got STATUS:CANCELLED, and what he knew besides them.
func (x *change) cancelledOnly(who address.Address, was *Object) (rest *Object, cs []*Component) {
	var gone []*override
	for _, v := range inOrder(x.after.overrides) {
		if v.c.Cancelled() && x.before.invites(x.before.counterpart(v), who) {
			cs, gone = append(cs, v.c), append(gone, v)
		}
	}
	if len(cs) == 0 || was.Master() == nil {
		return nil, nil
	}
	rest = was.Clone()
	rest.keep(func(c *Component) bool {
		k := x.before.keyOf(c)
		return k == nil || !slices.ContainsFunc(gone, func(v *override) bool { return v.key() == *k })
	})
	rest.hide(gone, x.before.Object)
	return rest, cs
}

// request is a REQUEST with a view.
func (x *change) request(who address.Address, view *Object, significant bool) Announcement {
	for _, c := range view.Scheduled() {
		c.SetStamp(x.at)
		if !c.Has("ORGANIZER") {
			c.Add(x.organizerLine())
		}
	}
	return Announcement{From: x.organizer.Address, To: who, Object: view, Significant: significant}
}

func (x *change) organizerLine() Prop { return mailto(x.organizer.Prop, x.organizer.Address) }
