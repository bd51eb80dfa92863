package itip

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// scheduled tells components that have an identity of their own from time zones and the unknown.
func (c *Component) scheduled() bool {
	switch c.Name {
	case Event, Todo, Journal, FreeBusy:
		return true
	case "VTIMEZONE":
		return false
	}
	return c.Has("UID")
}

// Clone gives a copy that shares nothing with the original.
func (c *Component) Clone() *Component {
	d := &Component{Name: c.Name}
	for _, p := range c.Props {
		d.Props = append(d.Props, p.Clone())
	}
	for _, part := range c.Parts {
		d.Parts = append(d.Parts, part.Clone())
	}
	return d
}

// Prop is the first property of this name.
func (c *Component) Prop(name string) (Prop, bool) {
	for _, p := range c.Props {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Prop{}, false
}

// All are the properties of this name, in order.
func (c *Component) All(name string) []Prop {
	var ps []Prop
	for _, p := range c.Props {
		if strings.EqualFold(p.Name, name) {
			ps = append(ps, p)
		}
	}
	return ps
}

// Has tells whether there is a property of this name.
func (c *Component) Has(name string) bool {
	_, ok := c.Prop(name)
	return ok
}

// Text is the unescaped value of the first property of this name, or "".
func (c *Component) Text(name string) string {
	p, _ := c.Prop(name)
	return p.Text()
}

// Set leaves exactly one property of this name, in the place of the first one or at the end.
func (c *Component) Set(p Prop) {
	p.Name = strings.ToUpper(p.Name)
	at := slices.IndexFunc(c.Props, func(q Prop) bool { return strings.EqualFold(q.Name, p.Name) })
	if at < 0 {
		c.Props = append(c.Props, p)
		return
	}
	props := append(slices.Clone(c.Props[:at]), p)
	for _, q := range c.Props[at+1:] {
		if !strings.EqualFold(q.Name, p.Name) {
			props = append(props, q)
		}
	}
	c.Props = props
}

// SetText leaves exactly one property of this name, without parameters, its text escaped.
func (c *Component) SetText(name, text string) { c.Set(Prop{Name: name, Value: Escape(text)}) }

// Add appends a property.
func (c *Component) Add(p Prop) {
	p.Name = strings.ToUpper(p.Name)
	c.Props = append(c.Props, p)
}

// Remove takes all properties of these names away.
func (c *Component) Remove(names ...string) {
	c.Props = slices.DeleteFunc(slices.Clone(c.Props), func(p Prop) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, p.Name) })
	})
}

// RemoveParts takes all inner components of this name away.
func (c *Component) RemoveParts(name string) {
	c.Parts = slices.DeleteFunc(slices.Clone(c.Parts), func(p *Component) bool { return p.Name == name })
}

// Sequence is SEQUENCE, 0 if there is none (RFC 5545 3.8.7.4).
func (c *Component) Sequence() int { return c.number("SEQUENCE") }

// SetSequence sets SEQUENCE; 0 is written too.
func (c *Component) SetSequence(n int) { c.Set(Prop{Name: "SEQUENCE", Value: strconv.Itoa(n)}) }

func (c *Component) number(name string) int {
	p, _ := c.Prop(name)
	n, err := strconv.Atoi(strings.TrimSpace(p.Value))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Stamp is DTSTAMP, the zero time if there is none. A local DTSTAMP is read as UTC, which is what it has to be.
func (c *Component) Stamp() time.Time {
	p, ok := c.Prop("DTSTAMP")
	if !ok {
		return time.Time{}
	}
	w, err := parseWhen(p.Value, "")
	if err != nil {
		return time.Time{}
	}
	return time.Unix(w.wall, 0).UTC()
}

// SetStamp sets DTSTAMP.
func (c *Component) SetStamp(at time.Time) {
	c.Set(Prop{Name: "DTSTAMP", Value: at.UTC().Format("20060102T150405Z")})
}

// Cancelled tells whether STATUS says that it does not take place.
func (c *Component) Cancelled() bool { return c.word("STATUS") == "CANCELLED" }

// Transparent tells whether TRANSP says that it takes no time.
func (c *Component) Transparent() bool { return c.word("TRANSP") == "TRANSPARENT" }

func (c *Component) word(name string) string {
	return strings.ToUpper(strings.TrimSpace(c.Text(name)))
}

// Clone gives a copy that shares nothing with the original.
func (p Prop) Clone() Prop {
	params := p.Params
	p.Params = nil
	for _, q := range params {
		p.Params = append(p.Params, Param{Name: q.Name, Values: slices.Clone(q.Values)})
	}
	return p
}

// Text is the value with the escapes of TEXT resolved.
func (p Prop) Text() string { return Unescape(p.Value) }

// Param is the value of a parameter; several values are joined as they were written, "" is none.
func (p Prop) Param(name string) string {
	for _, q := range p.Params {
		if strings.EqualFold(q.Name, name) {
			return strings.Join(q.Values, ",")
		}
	}
	return ""
}

// With is the property with this parameter replaced or added.
func (p Prop) With(name string, values ...string) Prop {
	p = p.Without(name)
	p.Params = append(p.Params, Param{Name: strings.ToUpper(name), Values: values})
	return p
}

// Without is the property without these parameters.
func (p Prop) Without(names ...string) Prop {
	p = p.Clone()
	p.Params = slices.DeleteFunc(p.Params, func(q Param) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, q.Name) })
	})
	return p
}
