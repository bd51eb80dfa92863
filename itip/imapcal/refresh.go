package imapcal

import (
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// How much is asked for at once.
const (
	maxMessages = 1_000_000 // of a folder
	batch       = 256       // messages fetched with one command
	attempts    = 3         // to get a message of which other news came in between
)

// errMoves says that a folder changes faster than it can be read.
var errMoves = errors.New("it changes while it is read")

// refresh makes the index tell what is in the folder now. A message that goes away between being listed and being read
// may have been replaced by one that is not on the list: then the list is of no use, or an object would seem not to
// be there that was there all the time, and neither an earlier hold nor the one that has taken its place.
func (x *section) refresh() error {
	x.stats.looks.Add(1)
	x.index.looked = false
	x.parole()
	for range 10 * attempts {
		if err := x.reopen(); err != nil {
			return err
		}
		all, err := x.catchUp()
		if err == nil && !all {
			all, err = x.readList()
		}
		if err != nil {
			return err
		}
		if all {
			x.index.looked = true
			return nil
		}
	}
	return fmt.Errorf("%w: %w", calendar.ErrUnreadable, errMoves)
}

// readList asks the server which messages are there, and reads those that are new; all is false if something went away
// meanwhile.
func (x *section) readList() (all bool, err error) {
	x.stats.lists.Add(1)
	opened := x.box
	x.index.state = state{}
	uids, err := x.conn.list(x.ctx, x.config.Timeout, maxMessages)
	if err != nil {
		return false, err
	}
	fresh := x.compare(uids)
	x.index.uids = uids
	there, err := x.checkHolds()
	if err != nil {
		return false, err
	}
	if all, err = x.learnAll(fresh); err != nil || !all || !there {
		return false, err
	}
	// The list is younger than what SELECT said, but with as many messages and none that came later it is of the same.
	if n := len(uids); n == opened.count && (n == 0 || uids[n-1] < opened.state.next) {
		x.index.state, x.index.listed = opened.state, x.now()
	}
	return true, nil
}

// learnAll reads messages into the index; all is false if one went away before.
func (x *section) learnAll(fresh []imap.UID) (all bool, err error) {
	all = true
	for _, portion := range x.portions(fresh) {
		there, err := x.learn(portion)
		if err != nil {
			return false, x.accuse(portion, err)
		}
		all = all && there
	}
	return all, nil
}

// compare drops what is gone and gives what is new. Both lists are in order.
func (x *section) compare(uids []imap.UID) (fresh []imap.UID) {
	old := x.index.uids
	for len(old) > 0 || len(uids) > 0 {
		switch {
		case len(uids) == 0 || len(old) > 0 && old[0] < uids[0]:
			if e := x.index.entries[old[0]]; e != nil {
				x.index.drop(e)
			}
			old = old[1:]
		case len(old) == 0 || uids[0] < old[0]:
			fresh = append(fresh, uids[0])
			uids = uids[1:]
		default:
			if x.index.entries[uids[0]] == nil { // listed before, and then something went wrong
				fresh = append(fresh, uids[0])
			}
			old, uids = old[1:], uids[1:]
		}
	}
	return fresh
}

// checkHolds finds out which holds have become bookings since; there is false if one went away after it was listed.
// A hold is confirmed or goes away; it never comes back.
func (x *section) checkHolds() (there bool, err error) {
	if len(x.index.holds) == 0 {
		return true, nil
	}
	flags, err := x.conn.flags(x.ctx, x.config.Timeout, uidsOf(x.index.holds))
	if err != nil {
		return false, err
	}
	there = true
	for _, e := range slices.Clone(x.index.holds) {
		now, ok := flags[e.uid]
		switch {
		case !ok || hasFlag(now, imap.FlagDeleted):
			x.index.drop(e)
			there = false
		case !hasFlag(now, keyword):
			x.index.confirmed(e)
		}
	}
	return there, nil
}

// learn reads some messages into the index; there is false if one of them went away before.
func (x *section) learn(uids []imap.UID) (there bool, err error) {
	for range attempts {
		err := x.conn.fetch(x.ctx, x.config.Timeout, uids, x.config.MaxMessage+1, func(m message) {
			if !hasFlag(m.flags, imap.FlagDeleted) && x.index.entries[m.uid] == nil {
				x.take(m)
			}
		})
		if err != nil {
			return false, err
		}
		uids = slices.DeleteFunc(slices.Clone(uids), func(u imap.UID) bool { return x.index.entries[u] != nil })
		if len(uids) == 0 {
			return true, nil
		}
		// Gone meanwhile, or news of it came in the place of what was asked for.
		seen, err := x.conn.flags(x.ctx, x.config.Timeout, uids)
		if err != nil {
			return false, err
		}
		for _, uid := range uids {
			if flags, ok := seen[uid]; !ok || hasFlag(flags, imap.FlagDeleted) {
				return false, nil
			}
		}
	}
	return false, fmt.Errorf("message %d: %w: the server does not send it", uids[0], calendar.ErrUnreadable)
}

// take puts one message into the index.
func (x *section) take(m message) {
	x.stats.fetched.Add(1)
	e, object := x.enter(m)
	if e.err != nil {
		x.tellUnreadable(e)
	}
	x.index.add(e)
	if object != nil {
		x.objects.Put(x.key(e), object, 1)
	}
	if e.UID != "" && !e.pending && len(x.index.objects[e.UID]) > 1 {
		x.tellDuplicates(e.UID)
	}
}

// tellUnreadable reports a message that keeps its calendar from being booked, once for as long as it is remembered.
func (x *section) tellUnreadable(e *entry) {
	x.stats.unreadable.Add(1)
	x.notice(x.name, "a message cannot be read, so nothing is booked", uint32(e.uid))
}

// notice tells whoever wants to be told.
func (s *Store) notice(cal, what string, uids ...uint32) {
	if s.options.Notice != nil {
		s.options.Notice(Event{Calendar: cal, What: what, UIDs: uids})
	}
}

// tellDuplicates reports messages with one UID. What one of ours was written in the place of will be removed.
func (x *section) tellDuplicates(object string) {
	var uids []uint32
	for _, e := range x.index.objects[object] {
		if !e.superseded {
			uids = append(uids, uint32(e.uid))
		}
	}
	if len(uids) < 2 {
		return
	}
	x.stats.duplicates.Add(1)
	x.notice(x.name, "several objects with one UID, one counts", uids...)
}

func (x *section) key(e *entry) objectKey { return objectKey{x.name, x.index.validity, e.uid} }
