package itip

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exclusionProperty tells, on the series of a copy, what of it the organizer has taken away: EXDATEs that his messages
// brought, and where he ended the series. All others are of who owns the copy. It has SEQUENCE and DTSTAMP of the
// message, then the original starts in UTC, with spaces between; a + behind one stands for all that follow.
//
// Where it is lost, the owner has taken the instances out himself, and they stay out.
const exclusionProperty = "X-USHER-EXDATE"

// exclusionsOnLine keeps lines short enough for everybody.
const exclusionsOnLine = 50

const utcForm = "20060102T150405Z"

// excluded is what was taken away: one start, by its key, or all from there on.
type excluded struct {
	key    int64
	future bool
}

// exclusion is the message that did it.
type exclusion struct {
	sequence int
	stamp    time.Time
}

func exclusionOf(c *Component) exclusion { return exclusion{c.Sequence(), c.Stamp()} }

// outdates tells whether a component of an organizer's message is no later than what was taken away, and so does not
// bring it back (S5546-55).
func (e exclusion) outdates(c *Component) bool {
	if e.sequence != c.Sequence() {
		return e.sequence > c.Sequence()
	}
	return e.stamp.IsZero() || !c.Stamp().After(e.stamp)
}

type exclusions map[excluded]exclusion

// exclusions are those noted on a series, which may be nil.
func (c *Component) exclusions() exclusions {
	es := exclusions{}
	if c == nil {
		return es
	}
	for _, p := range c.All(exclusionProperty) {
		fields := strings.Fields(p.Text())
		if len(fields) < 3 {
			continue
		}
		n, err := strconv.Atoi(fields[0])
		stamp, errStamp := time.Parse(utcForm, fields[1])
		if err != nil || errStamp != nil && fields[1] != "-" {
			continue
		}
		for _, f := range fields[2:] {
			begin, future := strings.CutSuffix(f, "+")
			if at, err := time.Parse(utcForm, begin); err == nil {
				es[excluded{at.Unix(), future}] = exclusion{n, stamp}
			}
		}
	}
	return es
}

// setExclusions notes them instead of those that were noted.
func (c *Component) setExclusions(es exclusions) {
	c.Remove(exclusionProperty)
	by := map[string][]string{}
	for _, x := range es.sorted() {
		e, stamp, begin := es[x], "-", time.Unix(x.key, 0).UTC().Format(utcForm)
		if !e.stamp.IsZero() {
			stamp = e.stamp.UTC().Format(utcForm)
		}
		if x.future {
			begin += "+"
		}
		k := strconv.Itoa(e.sequence) + " " + stamp
		by[k] = append(by[k], begin)
	}
	for _, k := range sortedKeys(by) {
		for starts := range slices.Chunk(by[k], exclusionsOnLine) {
			c.Add(Prop{Name: exclusionProperty, Value: k + " " + strings.Join(starts, " ")})
		}
	}
}

func sortedKeys(m map[string][]string) (ks []string) {
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// sorted are what was taken away, in order.
func (es exclusions) sorted() (xs []excluded) {
	for x := range es {
		xs = append(xs, x)
	}
	slices.SortFunc(xs, func(a, b excluded) int {
		return cmp.Or(cmp.Compare(a.key, b.key), compareBool(a.future, b.future))
	})
	return xs
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// since are those that a message does not bring back.
func (es exclusions) since(c *Component) exclusions {
	since := exclusions{}
	for x, e := range es {
		if e.outdates(c) {
			since[x] = e
		}
	}
	return since
}

// away tells whether the instance of a component has been taken away since that was written.
func (es exclusions) away(key int64, c *Component) bool {
	for x, e := range es {
		if (x.key == key || x.future && x.key <= key) && e.outdates(c) {
			return true
		}
	}
	return false
}

// settleExclusions forgets what the series has again.
func (r *recurrence) settleExclusions(master *Component) {
	if r == nil || !master.Has(exclusionProperty) {
		return
	}
	es := master.exclusions()
	for x := range es {
		if !x.future && !r.excluded(occurrence{r.at(x.key).wall, x.key}) {
			delete(es, x)
		}
	}
	master.setExclusions(es)
}

// at is the moment of a key of this series.
func (r *recurrence) at(key int64) moment {
	m := r.start
	m.at, m.wall = key, m.zone.wall(key)
	return m
}
