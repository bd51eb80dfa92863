package imapcal

import (
	"cmp"
	"math"
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
	uids     []imap.UID // of all messages that were there at the last look, in order
	entries  map[imap.UID]*entry
	objects  map[string][]*entry // by the objects' UIDs: those that are not holds
	holds    []*entry            // in order of IMAP UID
	bad      []*entry
	over     *overview // nil until asked for
	clock    clock
	looked   bool             // all of this was true after the last look
	suspects map[imap.UID]int // messages that may have ended a connection, and how often alone
}

// entry is one message. A message that is no calendar object has only its uid.
type entry struct {
	uid         imap.UID
	object      string // its UID
	version     calendar.Version
	mark        calendar.Mixture // of object and version
	sequence    int
	stamp       int64            // DTSTAMP in Unix seconds
	first, last int64            // the time it can touch at all, in Unix seconds
	replaces    calendar.Version // what our message was written in the place of
	hold        *hold            // what a message of ours says of the hold that it is, or was
	pending     bool             // it is a hold still
	err         error            // why it cannot be read
	until       time.Time        // of one in quarantine
	subject     string           // of a message that cannot be read
	superseded  bool             // we have written another in its place
	duplicate   bool             // another message with the same UID counts
}

// overview is what every look needs of all objects that count.
type overview struct {
	version calendar.Version
	counted []*entry
}

func newIndex(validity uint32) *index {
	return &index{validity: validity, entries: map[imap.UID]*entry{}, objects: map[string][]*entry{}, suspects: map[imap.UID]int{}}
}

// describe fills in what an object says.
func (e *entry) describe(o *itip.Object, local *time.Location) {
	e.object, e.version = o.UID(), calendar.VersionOf(o)
	e.mark.Add(e.object, e.version)
	for _, c := range o.Scheduled() {
		e.sequence = max(e.sequence, c.Sequence())
		if stamp := c.Stamp(); !stamp.IsZero() {
			e.stamp = max(e.stamp, stamp.Unix())
		}
	}
	// Without a first moment there is nothing to tell by: whoever looks looks closer.
	e.first, e.last = math.MinInt64, math.MaxInt64
	if first, last, endless := o.Bounds(local); !first.IsZero() {
		e.first = first.Unix()
		if !endless {
			e.last = last.Unix()
		}
	}
}

// touches tells whether an object may take time within [from, to).
func (e *entry) touches(from, to time.Time) bool {
	return e.first <= to.Unix() && e.last >= from.Unix()
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
	case e.object != "":
		x.objects[e.object] = append(x.objects[e.object], e)
		x.settle(e.object)
	}
	x.over = nil
}

// drop takes a message out.
func (x *index) drop(e *entry) {
	is := func(o *entry) bool { return o == e }
	delete(x.entries, e.uid)
	x.bad = slices.DeleteFunc(x.bad, is)
	x.holds = slices.DeleteFunc(x.holds, is)
	if same, ok := x.objects[e.object]; ok && e.err == nil {
		if same = slices.DeleteFunc(same, is); len(same) == 0 {
			delete(x.objects, e.object)
		} else {
			x.objects[e.object] = same
		}
		x.settle(e.object)
	}
	x.over = nil
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
		e.superseded = slices.ContainsFunc(same, func(o *entry) bool { return o.replaces == e.version && o.uid > e.uid })
	}
	slices.SortFunc(same, func(a, b *entry) int {
		return cmp.Or(boolCompare(a.superseded, b.superseded), -cmp.Compare(a.sequence, b.sequence),
			-cmp.Compare(a.stamp, b.stamp), -cmp.Compare(a.uid, b.uid))
	})
	for i, e := range same {
		e.duplicate = i > 0
	}
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
		return e.version
	}
	return ""
}

// overview puts together what there is.
func (x *index) overview() *overview {
	if x.over != nil {
		return x.over
	}
	x.over = &overview{counted: make([]*entry, 0, len(x.objects))}
	var all calendar.Mixture
	for _, same := range x.objects {
		all.Mix(same[0].mark)
		x.over.counted = append(x.over.counted, same[0])
	}
	x.over.version = all.Version()
	return x.over
}
