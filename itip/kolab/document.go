package kolab

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
)

// body is a document, decoded but for its charset: what the mail says of that goes before what the document says.
type body struct {
	data    []byte
	charset func(string, io.Reader) (io.Reader, error)
}

// readDocument makes an object of the document. Package itip looks at it as at any other: what passes here can be
// scheduled.
func readDocument(b body) (*itip.Object, error) {
	root, err := parseXML(b.data, b.charset)
	if err != nil {
		return nil, err
	}
	if root.name != "icalendar" {
		return nil, fmt.Errorf("%w: not iCalendar", ErrFormat)
	}
	o, err := readCalendar(root.child("vcalendar"))
	if err != nil {
		return nil, err
	}
	parsed, err := itip.Parse(o.Encode())
	if err != nil {
		return nil, err
	}
	if len(parsed) != 1 {
		return nil, fmt.Errorf("%w: %d objects in one", ErrFormat, len(parsed))
	}
	return parsed[0], nil
}

func readCalendar(vcalendar *node) (*itip.Object, error) {
	o := itip.New("")
	if prodid := vcalendar.child("properties").child("prodid"); prodid != nil {
		o.Root.SetText("PRODID", textOf(prodid))
	}
	var found []*itip.Component
	components := vcalendar.child("components")
	if components == nil {
		return nil, fmt.Errorf("%w: no components", ErrFormat)
	}
	for _, n := range components.nodes {
		if n.name != "vevent" && n.name != "vtodo" || n.name != components.nodes[0].name {
			return nil, fmt.Errorf("%w: %.20q", ErrKind, n.name)
		}
		r := &reader{root: o.Root, component: &itip.Component{Name: strings.ToUpper(n.name)}}
		if r.read(n); r.err != nil {
			return nil, fmt.Errorf("%s: %w", n.name, r.err)
		}
		found = append(found, r.component)
	}
	for _, c := range found[min(1, len(found)):] { // Kolab's reader does not compare them
		c.Set(itip.Prop{Name: "UID", Value: itip.Escape(found[0].Text("UID"))})
	}
	o.Root.Parts = append(o.Root.Parts, found...)
	return o, nil
}

// reader reads one event or task.
type reader struct {
	root, component *itip.Component
	shelf           shelf
	custom          []itip.Prop
	err             error
}

func (r *reader) read(n *node) {
	props := n.child("properties")
	for _, x := range props.all("x-custom") {
		if i := x.child("identifier"); i != nil && i.text == keptName && x.child("value") != nil {
			r.shelf.put(parseKept(x.child("value").text))
		} else {
			r.custom = append(r.custom, readCustom(x))
		}
	}
	if props != nil {
		for _, e := range props.nodes {
			if e.name != "x-custom" {
				r.element(e)
			}
		}
	}
	r.people()
	r.component.Props = append(r.component.Props, r.custom...)
	r.alone()
	r.alarms(n.child("components"))
	r.calendar()
}

// element reads an element, or takes what is kept for it.
func (r *reader) element(e *node) {
	props := readElement(e)
	if len(props) == 0 {
		if isName(strings.ToUpper(e.name)) { // a time: without it something else would be scheduled
			r.err = fmt.Errorf("%w: %.20s cannot be read", ErrFormat, e.name)
		}
		return
	}
	if k := r.shelf.take(digest(props)); k != nil {
		props = k.props(props)
	}
	r.component.Props = append(r.component.Props, props...)
}

// people gives those that were edited the parameters back that Kolab has no place for.
func (r *reader) people() {
	var places map[string]int
	for _, k := range r.shelf.all {
		if k.taken || k.component() || k.word == keptAlone || k.word == keptCalendar {
			continue
		}
		for _, was := range k.props(nil) {
			if was.Name != "ATTENDEE" && was.Name != "ORGANIZER" {
				break
			}
			if places == nil {
				places = r.places()
			}
			if i, ok := places[personKey(was)]; ok {
				r.component.Props[i] = restored(r.component.Props[i], was)
			}
		}
	}
}

// places are where people stand.
func (r *reader) places() map[string]int {
	places := map[string]int{}
	for i, p := range r.component.Props {
		if p.Name != "ATTENDEE" && p.Name != "ORGANIZER" {
			continue
		}
		if _, twice := places[personKey(p)]; !twice {
			places[personKey(p)] = i
		}
	}
	return places
}

// personKey is the same for lines about the same person.
func personKey(p itip.Prop) string {
	written, _ := addressOf(p)
	if a, err := address.Parse(written); err == nil {
		written = a.String()
	}
	return p.Name + " " + written
}

// restored is a person as he is now with what Kolab has no place for.
func restored(is, was itip.Prop) itip.Prop {
	is = is.Clone()
	for _, q := range was.Params {
		if !native[q.Name] && is.Param(q.Name) == "" {
			is.Params = append(is.Params, q)
		}
	}
	if blurred[was.Param("CUTYPE")] && is.Param("CUTYPE") == "GROUP" {
		is = is.With("CUTYPE", was.Param("CUTYPE"))
	}
	return is
}

// alone adds what is kept and nothing stands for, unless a client has added one of its own.
func (r *reader) alone() {
	has := map[string]bool{}
	for _, p := range r.component.Props {
		has[p.Name] = single[p.Name]
	}
	for _, k := range r.shelf.all {
		if k.word != keptAlone || k.component() {
			continue
		}
		props := k.props(nil)
		if len(props) == 0 || has[props[0].Name] {
			continue
		}
		has[props[0].Name] = single[props[0].Name]
		r.component.Props = append(r.component.Props, props...)
	}
}

func (r *reader) alarms(components *node) {
	if components != nil {
		for _, n := range components.nodes {
			a := readAlarm(n)
			if k := r.shelf.take(digestAlarm(a)); k != nil {
				if c := k.parse(); c != nil {
					a = c
				}
			}
			if isName(a.Name) {
				r.component.Parts = append(r.component.Parts, a)
			}
		}
	}
	for _, k := range r.shelf.all {
		if k.word == keptAlone && k.component() {
			if c := k.parse(); c != nil {
				r.component.Parts = append(r.component.Parts, c)
			}
		}
	}
}

// calendar gives back what stood around the components; an event in it would be another object.
func (r *reader) calendar() {
	for _, k := range r.shelf.all {
		if k.word != keptCalendar {
			continue
		}
		if !k.component() {
			r.root.Props = append(r.root.Props, slices.DeleteFunc(k.props(nil), func(p itip.Prop) bool { return unwritten[p.Name] })...)
		} else if c := k.parse(); c != nil && (c.Name == "VTIMEZONE" || !c.Has("UID")) && !isScheduled(c.Name) {
			r.root.Parts = append(r.root.Parts, c)
		}
	}
}

func isScheduled(name string) bool {
	return name == itip.Event || name == itip.Todo || name == itip.Journal || name == itip.FreeBusy
}
