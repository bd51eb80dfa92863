package imapcal

import (
	"cmp"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip"
	"usher/itip/calendar"
)

// index is what is remembered of one mailbox: which objects lie in which message, and when they take place. It is
// used by whoever has the calendar's turn, and by nobody else. Messages are immutable but for their flags, so
// that what was read of a UID stays true as long as UIDVALIDITY does.
type index struct {
	validity uint32
	uids     []imap.UID // of all messages that are there as far as we know, in order
	state    state      // of the folder when all of this was true; zero if it need not be
	listed   time.Time  // when the server was asked for the list
	entries  map[imap.UID]*entry
	objects  map[string][]*entry // by the objects' UIDs: those that are not holds
	holds    []*entry            // in order of IMAP UID
	bad      []*entry
	overview calendar.Overview[*entry] // of those that count
	clock    clock
	looked   bool             // all of this was true after the last look
	suspects map[imap.UID]int // messages that may have ended a connection, and how often alone
}

// entry is one message. A message that is no calendar object has only its uid.
type entry struct {
	calendar.Outline[*entry] // of the object

	uid        imap.UID
	sequence   int
	stamp      int64            // DTSTAMP in Unix seconds
	replaces   calendar.Version // what our message was written in the place of
	hold       *hold            // what a message of ours says of the hold that it is, or was
	pending    bool             // it is a hold still
	superseded bool             // we have written another in its place
	counts     bool             // and no other message with the same UID does
	err        error            // why it cannot be read
	until      time.Time        // of one in quarantine
	subject    string           // of a message that cannot be read
}

func newIndex(validity uint32) *index {
	return &index{validity: validity, entries: map[imap.UID]*entry{}, objects: map[string][]*entry{}, suspects: map[imap.UID]int{}}
}

// describe fills in what an object says.
func (e *entry) describe(o *itip.Object, local *time.Location) {
	e.Outline = calendar.OutlineOf(o, calendar.VersionOf(o), local, e)
	for _, c := range o.Scheduled() {
		e.sequence = max(e.sequence, c.Sequence())
		if stamp := c.Stamp(); !stamp.IsZero() {
			e.stamp = max(e.stamp, stamp.Unix())
		}
	}
}

// add takes a message into the index.
func (x *index) add(e *entry) {
	x.entries[e.uid] = e
	switch {
	case e.err != nil:
		x.bad = append(x.bad, e)
	case e.pending:
		x.holds = append(x.holds, e)
		slices.SortFunc(x.holds, func(a, b *entry) int { return cmp.Compare(a.uid, b.uid) })
	case e.UID != "":
		x.objects[e.UID] = append(x.objects[e.UID], e)
		x.settle(e.UID)
	}
}

// drop takes a message out.
func (x *index) drop(e *entry) {
	is := func(o *entry) bool { return o == e }
	delete(x.entries, e.uid)
	x.bad = slices.DeleteFunc(x.bad, is)
	x.holds = slices.DeleteFunc(x.holds, is)
	if same, ok := x.objects[e.UID]; ok && e.err == nil {
		x.count(e, false)
		if same = slices.DeleteFunc(same, is); len(same) == 0 {
			delete(x.objects, e.UID)
		} else {
			x.objects[e.UID] = same
		}
		x.settle(e.UID)
	}
}

// confirmed turns a hold into an object.
func (x *index) confirmed(e *entry) {
	x.drop(e)
	e.pending, e.hold.claim = false, calendar.Claim{}
	x.add(e)
}

// settle says which of the messages with one UID counts. What one of ours was written in the place of does not:
// so a booking is moved in the moment in which its hold is confirmed. Of what else is there the highest SEQUENCE,
// then DTSTAMP, then IMAP UID counts (SX-02).
func (x *index) settle(object string) {
	same := x.objects[object]
	for _, e := range same {
		e.superseded = slices.ContainsFunc(same, func(o *entry) bool { return o.replaces == e.Version && o.uid > e.uid })
	}
	slices.SortFunc(same, func(a, b *entry) int {
		return cmp.Or(boolCompare(a.superseded, b.superseded), -cmp.Compare(a.sequence, b.sequence),
			-cmp.Compare(a.stamp, b.stamp), -cmp.Compare(a.uid, b.uid))
	})
	for i, e := range same {
		x.count(e, i == 0)
	}
}

// count says whether a message counts.
func (x *index) count(e *entry, counts bool) {
	switch {
	case e.counts == counts:
		return
	case counts:
		x.overview.Add(&e.Outline)
	default:
		x.overview.Remove(&e.Outline)
	}
	e.counts = counts
}

// boolCompare puts false first.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// find gives the message that counts for an object.
func (x *index) find(object string) *entry {
	if same := x.objects[object]; len(same) > 0 {
		return same[0]
	}
	return nil
}

// version of an object; "" if there is none.
func (x *index) version(object string) calendar.Version {
	if e := x.find(object); e != nil {
		return e.Version
	}
	return ""
}
