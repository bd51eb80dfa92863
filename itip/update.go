package itip

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Update is what a stored object becomes by a REQUEST: METHOD and the alarms of others are gone (S5546-14), what
// is older than the stored component of its instance is not taken (RFC 5546 2.1.5), and
//
//   - with a master, the request is the whole series. Overrides it does not repeat are lost (RFC 5546 4.4.7),
//     unless they are newer than the series (a higher SEQUENCE), or the series only changed in details (same
//     SEQUENCE, same times) as clients do that send the master alone (S5546-10);
//   - without, its instances are added to the stored series or replace their overrides; everything else stays.
//
// stored may be nil. ErrOutdated: all of the request is older. ErrNoInstance: a RECURRENCE-ID that the stored
// series does not have (S5546-63). ErrTooLarge: the series has grown over the limits. Neither argument changes.
func Update(stored, request *Object) (*Object, error) {
	in := request.Clone()
	in.forStore()
	if stored == nil {
		return in, nil
	}
	if err := sameKey(stored, in); err != nil {
		return nil, err
	}
	u, err := newUpdate(stored, in)
	if err != nil {
		return nil, err
	}
	if err := u.apply(); err != nil {
		return nil, err
	}
	return u.out.fitting()
}

func (u *update) apply() error {
	master := u.in.Master()
	if master != nil && !outdated(u.was, master) {
		return u.series(master)
	}
	return u.instances()
}

// outdated tells whether an incoming component changes nothing about a stored one: it is older, or would bring back
// what a message of the same age cancelled (S5546-55).
func outdated(stored, incoming *Component) bool {
	order := Compare(stored, incoming)
	return order == Older || order == Same && stored.Cancelled() && !incoming.Cancelled()
}

func sameKey(stored, in *Object) error {
	if stored.UID() != in.UID() || stored.Kind() != in.Kind() {
		return fmt.Errorf("stored %s and incoming %s are not the same object", stored.Kind(), in.Kind())
	}
	return nil
}

// forStore takes away what belongs to a message and not to an object in a calendar.
func (o *Object) forStore() {
	o.SetMethod("")
	for _, c := range o.Scheduled() {
		c.RemoveParts("VALARM")
		c.removeOurs()
		for i, p := range c.Props {
			if p.Param("SCHEDULE-FORCE-SEND") != "" {
				c.Props[i] = p.Without("SCHEDULE-FORCE-SEND") // RFC 6638 7.2
			}
		}
	}
}

// fits tells whether Parse would take the object again.
func (o *Object) fits() error {
	if n := o.Root.count(); n > MaxComponents {
		return fmt.Errorf("%w: %d components", ErrTooLarge, n)
	}
	for _, c := range o.Scheduled() {
		if n := len(c.All("ATTENDEE")); n > MaxAttendees {
			return fmt.Errorf("%w: %d attendees", ErrTooLarge, n)
		}
	}
	return o.checkSize(MaxSize)
}

// fitting is the object, if Parse would take it again.
func (o *Object) fitting() (*Object, error) {
	if err := o.fits(); err != nil {
		return nil, err
	}
	return o, nil
}

func (c *Component) count() int {
	n := 1
	for _, part := range c.Parts {
		n += part.count()
	}
	return n
}

// update is one REQUEST being applied.
type update struct {
	stored, in, out *Object
	was             *Component // the stored master
	old, new        map[instanceKey]*override
	names           map[string]string   // what TZIDs of one object are called in the other
	fresh           map[*Component]bool // of out: what the request brought
}

// replacement is a component that takes the place of another, or is new.
type replacement struct{ old, new *Component }

func newUpdate(stored, in *Object) (*update, error) {
	u := &update{stored: stored, in: in, was: stored.Master(), names: map[string]string{}, fresh: map[*Component]bool{}}
	var err error
	if u.old, err = stored.overrideMap(); err != nil {
		return nil, err
	}
	u.new, err = in.overrideMap()
	return u, err
}

func (o *Object) overrideMap() (map[instanceKey]*override, error) {
	vs, err := o.overrides(o.Zones(nil))
	m := map[instanceKey]*override{}
	for _, v := range vs {
		m[v.key()] = v
	}
	return m, err
}

// inOrder are the overrides in order of their instances, so that the result is always the same.
func inOrder(m map[instanceKey]*override) []*override {
	return slices.SortedFunc(maps.Values(m), func(a, b *override) int { return compare(a.id.at, b.id.at) })
}

// series takes the request as the whole series.
func (u *update) series(master *Component) error {
	u.out = u.in
	for _, c := range u.in.Scheduled() {
		u.fresh[c] = true
	}
	r, err := u.in.series()
	if err != nil {
		return err
	}
	if r, err = u.cancelAgain(r, master); err != nil {
		return err
	}
	details := u.was != nil && u.was.Sequence() == master.Sequence() && !TimeChanged(u.was.alone(u.stored), master.alone(u.in), nil)
	for _, v := range inOrder(u.old) {
		if now, repeated := u.new[v.key()]; repeated {
			if outdated(v.c, now.c) {
				u.put(now.c, v.c, u.stored)
			}
			continue
		}
		if r == nil || !details && !outlasts(v.c, master) {
			continue
		}
		if _, is, err := r.find(v.id); err != nil {
			return err
		} else if is {
			u.put(nil, v.c, u.stored)
		}
	}
	return nil
}

// outlasts tells whether an override stays with a whole series that does not repeat it.
func outlasts(override, master *Component) bool {
	order := Compare(master, override)
	return order == Newer || order == Same && override.Cancelled()
}

// alone is an object with this component only.
func (c *Component) alone(of *Object) *Object {
	o := &Object{Root: &Component{Name: of.Root.Name}}
	for _, part := range of.Root.Parts {
		if part == c || part.Name == "VTIMEZONE" {
			o.Root.Parts = append(o.Root.Parts, part)
		}
	}
	return o
}

// instances takes the request as what it says about single instances.
func (u *update) instances() error {
	u.out = u.stored.Clone()
	series, err := u.out.series()
	if err != nil {
		return err
	}
	var todo []replacement
	away := u.was.exclusions()
	for _, v := range inOrder(u.new) {
		was, old := u.was, (*Component)(nil)
		if o := u.old[v.key()]; o != nil {
			was, old = o.c, u.out.Root.Parts[slices.Index(u.stored.Root.Parts, o.c)]
		}
		if outdated(was, v.c) || away.away(v.id.at, v.c) {
			continue
		}
		if err := series.accept(u.out.Master(), v.id); err != nil && old == nil {
			return err
		}
		todo = append(todo, replacement{old, v.c})
	}
	if len(todo) == 0 {
		return ErrOutdated
	}
	series.settleExclusions(u.out.Master())
	for _, r := range todo {
		u.put(r.old, r.new, u.in)
	}
	return nil
}

// series is what the master says about times; nil without one.
func (o *Object) series() (*recurrence, error) {
	master, steps := o.Master(), maxSteps
	if master == nil {
		return nil, nil
	}
	r, ok, err := o.Zones(nil).recurrenceOf(master, &steps)
	if err != nil || !ok {
		return nil, err
	}
	return r, nil
}

// put places a component of another object in the result, instead of old or at the end, and brings its zones.
func (u *update) put(old, c *Component, from *Object) {
	c = c.Clone()
	u.fresh[c] = from == u.in
	u.adopt(from, c)
	if i := slices.Index(u.out.Root.Parts, old); i >= 0 {
		u.out.Root.Parts[i] = c
		return
	}
	u.out.Root.Parts = append(u.out.Root.Parts, c)
}

// adopt brings the time zones that a component of the other object uses. One that has another meaning here gets
// another name (D-10), with a number as Exchange does it.
func (u *update) adopt(from *Object, c *Component) {
	for _, tzid := range slices.Sorted(maps.Keys(usedZones([]*Component{c}))) {
		if _, known := u.names[tzid]; !known {
			u.names[tzid] = u.out.adopt(from.zone(tzid), tzid)
		}
	}
	c.renameZones(u.names)
}

// adopt adds a VTIMEZONE unless it is there, and gives the name it has here.
func (o *Object) adopt(zone *Component, tzid string) string {
	if zone == nil {
		return tzid
	}
	zone = zone.Clone()
	for n := 1; o.zoneDiffers(zone); n++ {
		zone.SetText("TZID", tzid+" "+strconv.Itoa(n))
	}
	name := zone.Text("TZID")
	if o.zone(name) == nil {
		o.Root.Parts = slices.Insert(o.Root.Parts, 0, zone)
	}
	return name
}

func (c *Component) renameZones(names map[string]string) {
	for i, p := range c.Props {
		if tzid := p.Param("TZID"); tzid != "" && names[tzid] != tzid {
			c.Props[i] = p.With("TZID", names[tzid])
		}
	}
	for _, part := range c.Parts {
		part.renameZones(names)
	}
}
