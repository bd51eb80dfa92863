package resource

import (
	"context"
	"fmt"
	"slices"

	"usher/itip"
	"usher/ldapdir"
)

// standing is how the facility treats the organizer.
func (b *booking) standing(ctx context.Context) (s standing, err error) {
	r := b.room.rules
	s.policy = r.Policy.of(b.organizer.Address)
	for _, list := range []struct {
		who []who
		on  *bool
	}{{r.BookInPolicy, &s.book}, {r.RequestInPolicy, &s.ask}, {r.RequestOutOfPolicy, &s.askOutOfPolicy}} {
		if *list.on, err = b.among(ctx, list.who, b.organizer, b.entry); err != nil {
			return s, err
		}
	}
	return s, nil
}

// headcount is how many people would come, for each component of an object that the message is about. It is only
// asked where it matters, as every attendee costs a look into the directory.
func (b *booking) headcount(ctx context.Context, o *itip.Object) (map[*itip.Component]int, error) {
	if r := b.room.rules; !r.EnforceCapacity || r.Capacity == 0 {
		return nil, nil
	}
	count, behind := map[*itip.Component]int{}, map[string]int{}
	for _, c := range o.Scheduled() {
		for _, u := range c.Attendees() {
			n, known := behind[u.Address.String()]
			if !known {
				var err error
				if n, err = b.heads(ctx, u); err != nil {
					return nil, err
				}
				behind[u.Address.String()] = n
			}
			if u.Partstat != declined && u.Role != "NON-PARTICIPANT" {
				count[c] += n
			}
		}
	}
	return count, nil
}

// heads is how many people an attendee stands for: none for what is a resource, of a group its members, else one.
// What the directory knows counts, not CUTYPE (S5545-04); that is asked of strangers only.
func (b *booking) heads(ctx context.Context, u itip.User) (int, error) {
	e, _, err := b.directory.Lookup(ctx, u.Address)
	switch {
	case err != nil:
		return 0, fmt.Errorf("who is %s: %w", u.Address, err)
	case e == nil && (u.CUType == "ROOM" || u.CUType == "RESOURCE"):
		return 0, nil
	case e == nil:
		return 1, nil
	case isResource(e):
		return 0, nil
	case e.Kind != ldapdir.Group:
		return 1, nil
	}
	people, outside, err := b.directory.Expand(ctx, e)
	if err != nil {
		return 0, fmt.Errorf("who is in %s: %w", e.Name, err)
	}
	people = slices.DeleteFunc(people, isResource)
	return len(people) + len(outside), nil
}
