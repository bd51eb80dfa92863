package itip

import (
	"slices"
	"strings"
	"time"
)

// SettleZones makes the time zones of an object mean the same to everybody before it is stored (D-10). A
// VTIMEZONE with an IANA name, also behind a path, that puts every instance within [from, to) where the IANA
// database does gives way to that zone under its plain name. One that does not keeps what it says and gets a name
// that nobody looks up. VTIMEZONEs with other names stay.
//
// It edits the object; the VTIMEZONEs are replaced. renamed lists the TZIDs whose meaning was not that of their
// name. More instances than can be compared count as a difference: what was said is kept.
func (o *Object) SettleZones(from, to time.Time, local *time.Location) (renamed []string) {
	agreed := map[string]string{} // TZID to the name
	for i, c := range o.Root.Parts {
		tzid := c.Text("TZID")
		name, ok := ianaName(tzid)
		if c.Name != "VTIMEZONE" || !ok || agreed[tzid] != "" {
			continue
		}
		if o.agrees(c, from, to, local) {
			agreed[tzid] = name
			continue
		}
		own := o.freeName(tzid)
		o.renameZone(tzid, own)
		o.Root.Parts[i] = c.Clone()
		o.Root.Parts[i].SetText("TZID", own)
		renamed = append(renamed, tzid)
	}
	for i, c := range o.Root.Parts { // last, as the names are free now
		if name := agreed[c.Text("TZID")]; c.Name == "VTIMEZONE" && name != "" {
			o.renameZone(c.Text("TZID"), name)
			loc, _ := iana(name)
			o.Root.Parts[i] = writeZone(name, loc)
		}
	}
	o.Root.Parts = slices.DeleteFunc(o.Root.Parts, twice())
	return renamed
}

// twice tells of VTIMEZONEs whether one of that name came before: two paths may lead to one name.
func twice() func(*Component) bool {
	seen := map[string]bool{}
	return func(c *Component) bool {
		if c.Name != "VTIMEZONE" {
			return false
		}
		name := c.Text("TZID")
		was := seen[name]
		seen[name] = true
		return was
	}
}

// agrees tells whether the object takes place at the same times without this VTIMEZONE.
func (o *Object) agrees(zone *Component, from, to time.Time, local *time.Location) bool {
	root := *o.Root
	root.Parts = slices.DeleteFunc(slices.Clone(root.Parts), func(c *Component) bool { return c == zone })
	a, errA := o.reading(from, to, local)
	b, errB := (&Object{Root: &root}).reading(from, to, local)
	return errA == nil && errB == nil && slices.EqualFunc(a, b, func(i, j Instance) bool {
		return i.Start.Equal(j.Start) && i.End.Equal(j.End) && i.RecurrenceID.Equal(j.RecurrenceID)
	})
}

// freeName is a name for what a VTIMEZONE says that is no other zone's.
func (o *Object) freeName(tzid string) string {
	name := strings.ReplaceAll(strings.Trim(tzid, "/"), "/", " ") + " (as sent)"
	for o.zone(name) != nil {
		name += "*"
	}
	return name
}

// renameZone changes the TZID of every time that hangs in a zone.
func (o *Object) renameZone(from, to string) {
	if from == to {
		return
	}
	for _, c := range o.Scheduled() {
		c.renameZone(from, to)
	}
}

func (c *Component) renameZone(from, to string) {
	for i, p := range c.Props {
		if p.Param("TZID") == from {
			c.Props[i] = p.With("TZID", to)
		}
	}
	for _, part := range c.Parts {
		part.renameZone(from, to)
	}
}
