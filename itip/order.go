package itip

import "time"

// Order is how an incoming component stands to the stored one.
type Order int

// The orders.
const (
	Older Order = -1 // the incoming one is out of date
	Same  Order = 0  // neither is later: a repetition, unless SameContent says otherwise
	Newer Order = 1
)

func (o Order) String() string {
	switch o {
	case Older:
		return "older"
	case Newer:
		return "newer"
	}
	return "same"
}

// Compare orders two components of one key, UID and RECURRENCE-ID, by SEQUENCE and then by DTSTAMP (RFC 5546
// 2.1.5). Between them stands Exchange's own counter, which rises while its SEQUENCE stays (DEV-02). A DTSTAMP
// that is missing orders nothing. No stored component is older than any.
func Compare(stored, incoming *Component) Order {
	if stored == nil {
		return Newer
	}
	if o := order(stored.Sequence(), incoming.Sequence()); o != Same {
		return o
	}
	const counter = "X-MICROSOFT-CDO-APPT-SEQUENCE"
	if stored.Has(counter) && incoming.Has(counter) {
		if o := order(stored.number(counter), incoming.number(counter)); o != Same {
			return o
		}
	}
	a, b := stored.Stamp(), incoming.Stamp()
	if a.IsZero() || b.IsZero() {
		return Same
	}
	return Order(b.Compare(a))
}

func order(stored, incoming int) Order { return Order(compare(int64(incoming), int64(stored))) }

// CompareObjects is the highest order of the components of an incoming object, each compared with what is
// stored for its instance: Older only if all of it is out of date.
func CompareObjects(stored, incoming *Object) Order {
	if stored == nil {
		return Newer
	}
	highest := Older
	for _, c := range incoming.Scheduled() {
		highest = max(highest, Compare(stored.Counterpart(incoming, c), c))
	}
	return highest
}

// Counterpart is what o has for the instance that a component of another object is about: the override of that
// instance, else the master; nil if there is neither. A RECURRENCE-ID is compared as an instant.
func (o *Object) Counterpart(other *Object, c *Component) *Component {
	if !c.Has("RECURRENCE-ID") {
		return o.Master()
	}
	id, _, err := other.Zones(nil).recurrenceID(c)
	vs, errOwn := o.overrides(o.Zones(nil))
	if err == nil && errOwn == nil {
		for _, v := range vs {
			if v.id.at == id.at && v.id.date == id.date {
				return v.c
			}
		}
	}
	return o.Master()
}

// recreatedAfter is how much later a message has to be to be taken for one about a re-created event (D-05).
const recreatedAfter = 60 * time.Second

// Recreated tells whether an incoming object with a lower SEQUENCE looks like the same event made anew: its
// DTSTAMP is clearly later than what is stored. Whether that is believed is a matter of evidence (D-05); who
// believes it treats the stored object as if it were not there.
func Recreated(stored, incoming *Object) bool {
	a, b := stored.first(), incoming.Master()
	if m := stored.Master(); m != nil {
		a = m
	}
	return a != nil && b != nil && b.Sequence() < a.Sequence() && !a.Stamp().IsZero() &&
		b.Stamp().After(a.Stamp().Add(recreatedAfter))
}
