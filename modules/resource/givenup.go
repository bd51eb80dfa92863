package resource

import (
	"errors"
	"fmt"

	"usher/itip"
)

// givenUp is what a declined request leaves of what was booked before: the organizer's event has moved away from it. As
// after a cancellation it takes no time, and makes an older request that comes later outdated (S5546-55). nil: what is
// booked stays as it is.
func (b *booking) givenUp() (*itip.Object, error) {
	if b.stored == nil || b.stored.Master() == nil && b.incoming.Master() != nil {
		return nil, nil // instances that were booked by themselves were no part of what is declined
	}
	_, gone, err := itip.Cancelled(b.stored, b.incoming)
	switch {
	case errors.Is(err, itip.ErrNoInstance): // it was never booked, others of the series are
		return nil, nil
	case errors.Is(err, itip.ErrOutdated): // outdated and here: made anew (D-05), all that was is replaced
		return b.outlived(), nil
	case err != nil:
		return nil, fmt.Errorf("free what is booked: %w", err)
	}
	o, err := itip.Struck(b.stored, b.incoming)
	if err != nil {
		return nil, fmt.Errorf("free what is booked: %w", err)
	}
	if gone {
		b.bury(o)
	}
	b.asFree(o)
	b.void(o)
	return o, nil
}

// outlived is a booking that an event made anew has replaced: older than that are all messages about the one before.
func (b *booking) outlived() *itip.Object {
	o := b.stored.Clone()
	for _, c := range o.Scheduled() {
		c.SetStamp(b.incoming.Master().Stamp())
	}
	b.bury(o)
	b.void(o)
	return o
}

// asFree lets what is cancelled take no time.
func (b *booking) asFree(o *itip.Object) {
	for _, c := range o.Scheduled() {
		if c.Cancelled() {
			c.SetText("TRANSP", "TRANSPARENT")
		}
	}
}

// over says of an older request why it books nothing.
func over(known *itip.Object) string {
	if known.Cause().Decision() == declined {
		return "a later version was declined, nothing changed"
	}
	return "cancelled before, nothing changed"
}
