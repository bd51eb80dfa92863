package invitation

import (
	"context"
	"errors"
	"fmt"

	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
)

// Bounds of what one answer is passed on to.
const (
	maxCopies = 100  // people
	maxAsked  = 1000 // attendees looked up
)

// propagate brings the copies of all attendees of ours up to date with the organizer's object: how everybody has
// answered, their own entries aside. All answers are brought, not only the last one. That is why a calendar that cannot
// be read is left out and told (missed), and is no error: the next answer makes it good, while an error would keep
// this one from the organizer as long as a single attendee's calendar is out of order. A directory that does not answer
// is an error as always.
func (v *visit) propagate(ctx context.Context, now *itip.Object) (puts []filter.PutEvent, missed []string, err error) {
	if !v.UpdateAttendees {
		return nil, nil, nil
	}
	others, err := v.others(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	written := map[string]bool{v.folder: true}
	for _, e := range others {
		put, err := v.inform(ctx, e, now)
		switch {
		case ctx.Err() != nil:
			return nil, nil, fmt.Errorf("pass on to %s: %w", e.Name, ctx.Err())
		case err != nil:
			v.note("not passed on to %s: %v", e.Name, err)
			missed = append(missed, e.Name)
		case put != nil && !written[put.Calendar]:
			written[put.Calendar] = true
			puts = append(puts, *put)
		}
	}
	return puts, missed, nil
}

// crowd is how many copies are brought up to date with every single answer. Where there are more, answers that are given
// automatically are gathered as summaries are, as else each of n answers would write n copies.
const crowd = 10

// propagateNow is propagate, or nothing where it is better done with a later answer.
func (v *visit) propagateNow(ctx context.Context, now *itip.Object) ([]filter.PutEvent, []string, error) {
	if v.UpdateAttendees && len(everybody(now, crowd+2)) > crowd+1 {
		if waits, err := v.waits(ctx, now); waits || err != nil {
			v.note("many are invited: their copies wait, too")
			return nil, nil, err
		}
	}
	return v.propagate(ctx, now)
}

// others are the people of ours whose copies are brought up to date, who has answered included: what others answered
// before he had a copy is new to him. The organizer is none of them.
func (v *visit) others(ctx context.Context, now *itip.Object) (all []*ldapdir.Entry, err error) {
	seen := map[string]bool{v.person.DN: true}
	for _, a := range everybody(now, maxAsked) {
		e, ok, err := v.directory.Lookup(ctx, a)
		switch {
		case err != nil:
			return nil, fmt.Errorf("who is %s: %w", a, err)
		case !ok || e.Kind != ldapdir.Person || seen[e.DN]:
			continue
		case len(all) == maxCopies:
			v.note("passed on to the first %d attendees only", maxCopies)
			return all, nil
		}
		seen[e.DN] = true
		all = append(all, e)
	}
	return all, nil
}

// inform is the copy of an attendee as it should be, nil if it is so already or there is none. It keeps the mark of
// what made it: a retry of that must still find it.
func (v *visit) inform(ctx context.Context, e *ldapdir.Entry, now *itip.Object) (*filter.PutEvent, error) {
	c, ok, err := v.copyAt(ctx, e)
	if err != nil || !ok {
		return nil, err
	}
	is, err := itip.Informed(c.object, now, e.Addresses...)
	switch {
	case errors.Is(err, itip.ErrTakeover):
		return nil, nil // another organizer's event of the same UID
	case err != nil:
		return nil, err
	case itip.SameContent(c.object, is):
		return nil, nil
	}
	return &filter.PutEvent{Calendar: c.folder, UID: is.UID(), Object: is, Base: c.version, Optional: true}, nil
}
