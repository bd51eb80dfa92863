package resource

import (
	"context"
	"errors"

	"usher/itip"
	"usher/itip/calendar"
)

// maxOthers bounds how many other members are asked for a resource that cannot be had.
const maxOthers = 50

// instead are other members of the nearest collection that could be invited in its place: each has judged the same
// request. They leave room for another time among the alternatives. Instances do not leave their series, and of times that
// cannot be followed or are over it makes no difference who is asked.
func (b *booking) instead(ctx context.Context, v verdict) (found []*facility, _ error) {
	want := b.room.rules.Alternatives
	if want == 0 || len(b.room.collections) == 0 || v.step != stepDecline || v.rule == ruleTimes || v.rule == ruleAhead || b.incoming.Master() == nil {
		return nil, nil
	}
	family, err := b.members(ctx, b.room.collections[0], b.facility)
	if err != nil {
		return nil, err
	}
	for _, f := range family[:min(len(family), maxOthers)] {
		if len(found) == max(1, want-1) {
			break
		}
		free, err := b.couldBe(ctx, f)
		if err != nil {
			return nil, err
		}
		if free {
			found = append(found, f)
		}
	}
	return found, nil
}

// couldBe tells whether another resource would accept the same request.
func (b *booking) couldBe(ctx context.Context, f *facility) (bool, error) {
	if _, listed := invited(b.incoming, f.Addresses); listed || f.DN == b.room.DN || f.Mail() == "" || b.touches(f, b.incoming.UID()) {
		return false, nil
	}
	c := *b
	c.room, c.via = f, ""
	if err := c.find(ctx); err != nil || c.stored != nil {
		return false, err
	}
	o, err := itip.Update(nil, b.incoming)
	if err != nil {
		return false, nil
	}
	v, err := c.judge(ctx, o)
	if errors.Is(err, calendar.ErrUnreadable) {
		return false, nil
	}
	return err == nil && v.step == stepAccept && len(v.out) == 0 && v.cut.IsZero(), err
}
