package itip

import (
	"fmt"
	"strings"
)

// split makes Objects of what was read: one for each UID and kind of component.
func split(roots []*Component, repairs []string, read int) ([]*Object, error) {
	var s splitter
	for _, root := range roots {
		if v, ok := root.Prop("VERSION"); ok && strings.HasPrefix(strings.TrimSpace(v.Value), "1.") {
			return nil, fmt.Errorf("%w: vCalendar 1.0 is another format", ErrSyntax) // S5546-12
		}
		if err := s.root(root); err != nil {
			return nil, err
		}
	}
	if len(s.objects) == 0 {
		return nil, fmt.Errorf("%w: nothing in it can be scheduled", ErrSyntax)
	}
	for _, o := range s.objects {
		o.Repairs = append([]string(nil), repairs...)
		if err := o.check(); err != nil {
			return nil, err
		}
		if err := o.checkSize(read); err != nil {
			return nil, err
		}
	}
	return s.objects, nil
}

type splitter struct {
	objects []*Object
	byKey   map[string]*Object
}

// root adds the components of one VCALENDAR. The usual one has one UID and is taken as it is.
func (s *splitter) root(root *Component) error {
	groups := map[string][]*Component{}
	var order []string
	for _, c := range root.Parts {
		if !c.scheduled() {
			continue
		}
		uid := c.Text("UID")
		if err := checkUID(uid); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		key := root.word("METHOD") + "\x00" + c.Name + "\x00" + uid
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], c)
	}
	if len(s.objects)+len(order) > MaxObjects {
		return fmt.Errorf("%w: more than %d different UIDs", ErrTooLarge, MaxObjects)
	}
	for _, key := range order {
		o := &Object{Root: root}
		if len(order) > 1 {
			o = &Object{Root: part(root, groups[key])}
		}
		s.add(key, o)
	}
	return nil
}

// add joins what several VCALENDARs say about one UID, as Notes writes instances of a series (DEV-16). Where they
// mean different time zones by one name they stay apart.
func (s *splitter) add(key string, o *Object) {
	if s.byKey == nil {
		s.byKey = map[string]*Object{}
	}
	first := s.byKey[key]
	if first == nil {
		s.byKey[key] = o
		s.objects = append(s.objects, o)
		return
	}
	for _, c := range o.Root.Parts {
		if c.Name == "VTIMEZONE" && first.zoneDiffers(c) {
			s.objects = append(s.objects, o)
			return
		}
	}
	parts := append([]*Component(nil), first.Root.Parts...)
	for _, c := range o.Root.Parts {
		if c.Name != "VTIMEZONE" || first.zone(c.Text("TZID")) == nil {
			parts = append(parts, c)
		}
	}
	first.Root = &Component{Name: first.Root.Name, Props: first.Root.Props, Parts: parts}
}

// part is a VCALENDAR with the components of one UID, the time zones they use and what is not understood.
func part(root *Component, mine []*Component) *Component {
	used := usedZones(mine)
	own := map[*Component]bool{}
	for _, c := range mine {
		own[c] = true
	}
	p := &Component{Name: root.Name, Props: append([]Prop(nil), root.Props...)}
	for _, c := range root.Parts {
		switch {
		case c.Name == "VTIMEZONE" && !used[c.Text("TZID")]:
		case c.scheduled() && !own[c]:
		default:
			p.Parts = append(p.Parts, c)
		}
	}
	return p
}

// usedZones are the TZIDs that components refer to, alarms included.
func usedZones(cs []*Component) map[string]bool {
	used := map[string]bool{}
	for _, c := range cs {
		for _, p := range c.Props {
			if id := p.Param("TZID"); id != "" {
				used[id] = true
			}
		}
		for id := range usedZones(c.Parts) {
			used[id] = true
		}
	}
	return used
}

// zone is the VTIMEZONE of this TZID, or nil.
func (o *Object) zone(tzid string) *Component {
	for _, c := range o.Root.Parts {
		if c.Name == "VTIMEZONE" && c.Text("TZID") == tzid {
			return c
		}
	}
	return nil
}

// zoneDiffers tells whether the object means something else by the name of this VTIMEZONE.
func (o *Object) zoneDiffers(z *Component) bool {
	mine := o.zone(z.Text("TZID"))
	return mine != nil && canonical(mine) != canonical(z)
}
