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
	keys, z := stored.keys(), incoming.Zones(nil)
	highest := Older
	for _, c := range incoming.Scheduled() {
		highest = max(highest, Compare(keys.counterpart(z, c), c))
	}
	return highest
}

// Counterpart is what o has for the instance that a component of another object is about: the override of that
// instance, else the master; nil if there is neither. A RECURRENCE-ID is compared as an instant.
func (o *Object) Counterpart(other *Object, c *Component) *Component {
	return o.Counterparts(other)(c)
}

// Counterparts is Counterpart for many components of one other object: both are read once, so that the work grows with
// their number and not with its square. Neither object may change meanwhile, but for what is no RECURRENCE-ID, SEQUENCE
// or DTSTAMP.
func (o *Object) Counterparts(other *Object) func(c *Component) *Component {
	keys, zones := o.keys(), other.Zones(nil)
	return func(c *Component) *Component { return keys.counterpart(zones, c) }
}

// keys finds the components of an object by what they are about.
type keys struct {
	master   *Component
	byKey    map[instanceKey]*Component
	unplaced map[string]*Component // RECURRENCE-IDs in zones that nobody knows, as they are written
}

func (o *Object) keys() *keys {
	k := &keys{o.Master(), map[instanceKey]*Component{}, map[string]*Component{}}
	z := o.Zones(nil)
	for _, c := range o.Overrides() {
		id, _, err := z.recurrenceID(c)
		if err != nil {
			k.unplaced[written(c)] = c
			continue
		}
		key := instanceKey{id.at, id.date}
		if Compare(k.byKey[key], c) != Older {
			k.byKey[key] = c
		}
	}
	return k
}

func written(c *Component) string {
	p, _ := c.Prop("RECURRENCE-ID")
	return p.canonical()
}

// counterpart is Counterpart; z are the zones of the other object.
func (k *keys) counterpart(z *Zones, c *Component) *Component {
	if !c.Has("RECURRENCE-ID") {
		return k.master
	}
	id, _, err := z.recurrenceID(c)
	found := k.unplaced[written(c)]
	if err == nil {
		found = k.byKey[instanceKey{id.at, id.date}]
	}
	if found == nil {
		return k.master
	}
	return found
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
