package imapcal

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// A message that ends the connection whenever it is fetched, because the library does not understand what the server
// says of it, or the server dies of it, must not keep a calendar from ever being read without anybody being told why.
// So after a connection was lost what was to be fetched is fetched one by one, and what ends two connections alone
// is taken for a message that cannot be read.

const (
	maxBreaks  = 2                // connections that one message may end
	quarantine = 10 * time.Minute // then it is tried again: perhaps it was the network
)

var (
	errBreaks  = errors.New("the connection is lost whenever it is fetched")
	errSuspect = errors.New("while messages were fetched")
)

// portions are the messages to be fetched with one command each. Those of which one is suspected come last, alone.
func (x *section) portions(fresh []imap.UID) [][]imap.UID {
	maps.DeleteFunc(x.index.suspects, func(uid imap.UID, _ int) bool {
		_, there := slices.BinarySearch(fresh, uid)
		return !there
	})
	var usual, alone []imap.UID
	for _, uid := range fresh {
		if _, is := x.index.suspects[uid]; is {
			alone = append(alone, uid)
		} else {
			usual = append(usual, uid)
		}
	}
	return slices.AppendSeq(slices.Collect(slices.Chunk(usual, batch)), slices.Chunk(alone, 1))
}

// accuse notes which messages may have ended the connection, if one was ended. A server that is slow is not.
func (x *section) accuse(uids []imap.UID, err error) error {
	if !errors.Is(err, errBroken) || errors.Is(err, errSlow) || x.ctx.Err() != nil {
		return err
	}
	uids = slices.DeleteFunc(slices.Clone(uids), func(u imap.UID) bool { return x.index.entries[u] != nil })
	for _, uid := range uids {
		breaks := x.index.suspects[uid]
		if len(uids) == 1 {
			breaks++
		}
		x.index.suspects[uid] = breaks
		if breaks >= maxBreaks {
			e := &entry{uid: uid, err: errBreaks, until: x.now().Add(quarantine)}
			x.tellUnreadable(e)
			x.index.add(e)
		}
	}
	return fmt.Errorf("%w: %w", errSuspect, err)
}

// parole lets messages be tried once more whose time is over.
func (x *section) parole() {
	for _, e := range slices.Clone(x.index.bad) {
		if !e.until.IsZero() && x.now().After(e.until) {
			x.index.drop(e)
			x.index.state = state{}
			x.index.suspects[e.uid] = maxBreaks - 1
		}
	}
}

// goesOn tells whether an attempt that ended with a lost connection is worth another one: the first, and those that
// find out which message it was.
func goesOn(err error, attempt int) bool {
	if !errors.Is(err, errBroken) {
		return false
	}
	return attempt == 0 || errors.Is(err, errSuspect) && attempt <= maxBreaks
}
