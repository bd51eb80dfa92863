// Package imapcal is a calendar.Store over IMAP: one message per object, in Kolab's format version 3 or as plain
// iCalendar. It knows go-imap, folders and how objects are encoded; it does not know whose a calendar is or who may
// book it.
//
// # Names
//
// A server-wide calendar has the name of its folder as the service account sees it, such as
// shared/Resources/Blue@example.org. A calendar of a user is named ~user/folder, such as
// ~jane@example.org/INBOX/Calendar: the account logs in for that user (RFC 4616, or Dovecot's master users) and opens
// the folder. Folders gives such names. Nobody's account is made by asking: callers look a user up in the directory
// before they ask for his folders, for Cyrus makes a mailbox for whoever is logged in for.
//
// # What is true
//
// The folder is the truth, and nothing else is. Before every answer the folder is looked at: which messages are
// there, which of them are new. Messages never change, so that only new ones are read; a look at a large calendar
// costs what changed. An object that cannot be read makes the calendar calendar.ErrUnreadable, with the IMAP UID of
// the message in the error, unless it is clear that it cannot matter; so does a folder that is not there. Messages
// that hold no event or task and do not look as if they should are left alone.
//
// Where the server counts changes (CONDSTORE, RFC 7162) it is asked for what changed, and for the list of all messages
// only if one went away, or once a minute.
//
// # Holds
//
// Several processes book at once without a lock: what they want to write they append as a message with a keyword
// ($UsherHold), in which a header says what it claims, and look. UIDs rise in the order of APPENDs, so of two that
// clash the one with the higher UID must see the other; it waits until that is confirmed or gone. To confirm is to
// take the keyword off that same message. Until then it is not there for readers; from then on it counts, and what it
// was written in the place of (the header says what) does not, even before it is removed.
//
// A hold may be confirmed for ConfirmWithin from before its APPEND, by its owner's own clock; the command that
// confirms has to be answered within. After HoldLife, by the server's clock, anybody removes it. In between a retry of
// the same Put, which has the same Key, takes over its place: it appends a hold of its own that names the old one, and
// if the old one is still there afterwards, everybody who decides must see one of the two. Nobody else's hold is ever
// confirmed, and no hold is removed while its owner may confirm it.
//
// # One writer
//
// With Writers: 1 a process relies on being the only one that books. Claims are kept in memory and wait for each other
// there. To confirm is to append the object as it is to stay, to look, and to remove what it replaces: fewer steps, and
// no keyword. A crash before the APPEND leaves nothing; one after it leaves the booking, which a
// retry finds. An APPEND whose answer is lost, and which is not seen by the next look, is sent again.
//
// Others who write all the same, such as calendar clients, are met by the look after the APPEND: what has a lower UID
// and takes the time, holds included, or changed the object, was first, and our message is removed again. So two
// processes that both rely on being alone never both say that they have booked. What is lost compared with holds: for a
// moment readers see the booking that is then removed; the two may both give way, to a third or to a hold, where one
// could have stayed (ErrStale, so it is planned anew); nobody waits for a claim in the other's memory; and a crash
// between the APPEND and the look leaves a booking that nobody checked, beside the other, and its retry takes it for done.
//
// # Rights
//
// On server-wide folders the account needs the rights l, r, w (the keyword), i, t and e (RFC 4314: lrwite); with
// Writers: 1 it needs no w. For users it acts with the user's own rights.
package imapcal

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip"
	"usher/itip/calendar"
)

// Store is calendar.Store over IMAP. It may be used by several goroutines.
type Store struct {
	config   Config
	options  Options
	servers  []server
	pool     *pool
	queues   calendar.Queues
	indexes  *calendar.LRU[string, *index]
	objects  *calendar.LRU[objectKey, *itip.Object]
	living   living
	promises promises
	stats    counters
}

// objectKey names a message for ever.
type objectKey struct {
	calendar string
	validity uint32
	uid      imap.UID
}

var _ calendar.Store = (*Store)(nil)

// Open makes a store. It connects to nobody yet. The error is Mistakes.
func Open(c Config, o Options) (*Store, error) {
	servers, ms := c.complete()
	if len(ms) > 0 {
		return nil, ms
	}
	if o.Local == nil {
		o.Local = time.UTC
	}
	if o.HoldLife == 0 {
		o.HoldLife = calendar.HoldLife
	}
	if o.ConfirmWithin == 0 {
		o.ConfirmWithin = calendar.ConfirmWithin
	}
	if o.HoldLife < o.ConfirmWithin+margin(o.ConfirmWithin) {
		return nil, fmt.Errorf("holds that live for %v cannot be confirmed for %v", o.HoldLife, o.ConfirmWithin)
	}
	return &Store{
		config: c, options: o, servers: servers, pool: newPool(),
		indexes: calendar.NewLRU[string, *index](c.Index), objects: calendar.NewLRU[objectKey, *itip.Object](c.Objects),
	}, nil
}

// Close ends all connections. Operations that are under way fail.
func (s *Store) Close() error {
	s.pool.close()
	return nil
}

// Busy implements calendar.Reader.
func (s *Store) Busy(ctx context.Context, cal string, spans ...calendar.Span) (ps []calendar.Period, v calendar.Version, err error) {
	err = s.look(ctx, cal, func(x *section) error {
		v = x.index.overview.Version()
		ps, err = x.busy(spans)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return ps, v, nil
}

// Find implements calendar.Reader.
func (s *Store) Find(ctx context.Context, cal, uid string) (o *itip.Object, ok bool, v calendar.Version, err error) {
	err = s.look(ctx, cal, func(x *section) error {
		o, ok, v = nil, false, ""
		e := x.index.find(uid)
		if e == nil {
			return x.mayHold(uid)
		}
		objects, err := x.read([]*entry{e})
		if err != nil {
			return err
		}
		o, ok, v = objects[0].Clone(), true, e.Version
		return nil
	})
	return o, ok, v, err
}
