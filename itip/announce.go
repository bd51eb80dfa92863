package itip

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
)

// Announcement is one scheduling message that somebody has to be sent.
type Announcement struct {
	From, To address.Address
	Object   *Object // with METHOD, as it is to be sent; recipients of the same REQUEST may share it

	// Significant is false for a REQUEST that asks nothing new of its recipient: he was invited to these instances
	// before, their times and STATUS are the same (S5546-04).
	Significant bool
}

// Announce is what a change of a stored object by its owner has to tell others (RFC 6638 3.2). before is nil for an
// object that is created and after for one that is deleted; me are the addresses of the owner. For a copy that was
// made of an invitation, before is the copy as it was before he decided, so that only what he decided is told.
//
// As organizer he sends each attendee the instances that name him (S6638-07): a REQUEST to who is invited or whose
// instances changed, a CANCEL to who is no longer invited or whose instances do not take place any more; SEQUENCE
// and PARTSTAT are those of Revise. As attendee he sends the organizer a REPLY with the answers that changed: an
// instance that he took out (EXDATE) and an object that he deleted are declined (S6638-04, S6638-05); and a
// REQUEST to whom he delegates (S5546-21). Nobody is written to who is scheduled by another agent (S6638-01).
//
// No messages and no error: there is nobody to tell, or nothing. ErrOrganizer: components with different
// organizers, or another organizer than before (D-02). ErrSyntax: components of different UIDs or kinds, or two
// for one instance. Neither argument changes.
func Announce(before, after *Object, at time.Time, me ...address.Address) ([]Announcement, error) {
	x, err := newChange(before, after, me)
	if err != nil {
		return nil, fmt.Errorf("announce a change: %w", err)
	}
	x.at = at
	switch {
	case x.organizer.Address == "" || !served(x.organizer.Prop) || x.kind == Journal || x.kind == FreeBusy:
		return nil, nil
	case slices.Contains(me, x.organizer.Address):
		return x.asOrganizer()
	}
	return x.asAttendee()
}

// change is one change of an object.
type change struct {
	before, after *version // never nil
	organizer     User     // zero if there is none
	kind          string
	me            []address.Address
	at            time.Time
	seats         map[string]*views
}

func newChange(before, after *Object, me []address.Address) (*change, error) {
	x := &change{me: me}
	var err error
	if x.kind, err = oneObject(before, after); err != nil {
		return nil, err
	}
	if x.organizer, err = oneOrganizer(before, after); err != nil {
		return nil, err
	}
	if x.before, err = newVersion(before); err != nil {
		return nil, err
	}
	if x.after, err = newVersion(after); err != nil {
		return nil, err
	}
	if n := len(x.after.Overrides()); n > len(x.after.overrides) {
		return nil, fmt.Errorf("%w: two components for one instance", ErrSyntax)
	}
	return x, nil
}

// components are those of both versions, the new ones first.
func components(before, after *Object) []*Component {
	var cs []*Component
	if after != nil {
		cs = after.Scheduled()
	}
	if before != nil {
		cs = append(cs, before.Scheduled()...)
	}
	return cs
}

// oneObject tells the kind of component that all have, with the same UID.
func oneObject(before, after *Object) (kind string, err error) {
	cs := components(before, after)
	for _, c := range cs {
		if c.Name != cs[0].Name {
			return "", fmt.Errorf("%w: %s and %s in one object", ErrSyntax, c.Name, cs[0].Name)
		}
		if c.Text("UID") != cs[0].Text("UID") {
			return "", fmt.Errorf("%w: different UIDs in one object", ErrSyntax)
		}
		kind = c.Name
	}
	return kind, nil
}

// oneOrganizer is the organizer of the new version, or of the old one if the new one has none. Some clients write
// overrides without ORGANIZER; two that differ are an error.
func oneOrganizer(before, after *Object) (User, error) {
	var shared User
	for _, c := range components(before, after) {
		u, ok := c.Organizer()
		if !ok || u.Address == "" {
			continue
		}
		if shared.Address != "" && u.Address != shared.Address {
			return User{}, ErrOrganizer
		}
		if shared.Address == "" {
			shared = u
		}
	}
	return shared, nil
}

// served tells whether a calendar user is scheduled by the agent that stores the object (S6638-01).
func served(p Prop) bool {
	agent := strings.TrimSpace(p.Param("SCHEDULE-AGENT"))
	return agent == "" || strings.EqualFold(agent, "SERVER")
}

func forced(p Prop, method string) bool {
	return strings.EqualFold(strings.TrimSpace(p.Param("SCHEDULE-FORCE-SEND")), method)
}
