package imapcal

import (
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// believed is how long what is known is brought up to date with what a server says of changes (RFC 7162) before it is
// asked for the list of all messages again, which nothing can have been left out of.
const believed = time.Minute

// reopen opens the folder once more where that is how to see that nothing happened since.
func (x *section) reopen() (err error) {
	if x.conn.fresh || !x.conn.counts() {
		return nil
	}
	if x.box, err = x.conn.open(x.ctx, x.config.Timeout, x.mailbox); err != nil {
		return err
	}
	if x.box.validity != x.index.validity {
		return fmt.Errorf("%w: the folder was made anew", calendar.ErrUnreadable)
	}
	return nil
}

// catchUp brings what is known up to date without the list of all messages, which takes a server the longer the larger
// the folder is. all is false where that cannot be.
//
// UIDNEXT says how many messages may have come. If there are as many more as that, all of them came and none went.
func (x *section) catchUp() (all bool, err error) {
	was, now := x.index.state, x.box.state
	x.index.state = state{}
	came := int64(now.next) - int64(was.next)
	switch {
	case was == state{} || now == state{} || x.now().Sub(x.index.listed) > believed:
		return false, nil
	case came < 0 || came > batch || x.box.count != len(x.index.uids)+int(came):
		return false, nil
	case now != was:
		if all, err := x.follow(was, now); err != nil || !all {
			return false, err
		}
	}
	x.index.state = now
	return true, nil
}

// follow takes note of the messages that came, and of those whose flags changed.
func (x *section) follow(was, now state) (all bool, err error) {
	changed, err := x.conn.changed(x.ctx, x.config.Timeout, was)
	if err != nil {
		return false, err
	}
	for uid, flags := range changed {
		e := x.index.entries[uid]
		switch {
		case uid >= now.next: // it came since; that is for the next look
		case hasFlag(flags, imap.FlagDeleted), e == nil && uid < was.next:
			return false, nil
		case e != nil && e.pending && !hasFlag(flags, keyword):
			x.index.confirmed(e)
		}
	}
	var fresh []imap.UID
	for uid := was.next; uid < now.next; uid++ {
		fresh = append(fresh, uid)
	}
	x.index.uids = append(x.index.uids, fresh...)
	return x.learnAll(fresh)
}

// removed forgets messages that the server has removed.
func (x *section) removed(uids []imap.UID) {
	for _, uid := range uids {
		if e := x.index.entries[uid]; e != nil {
			x.index.drop(e)
		}
		if i, ok := slices.BinarySearch(x.index.uids, uid); ok {
			x.index.uids = slices.Delete(x.index.uids, i, i+1)
		}
	}
}
