package imip

import (
	"fmt"
	"strings"

	"usher/itip"
)

// choose takes the last of the forms of a multipart/alternative, which says most (RFC 2046 5.1.4), if the others
// are the same messages. If not, nobody knows which one a person was shown, and none is acted on (S6047-13).
func (r *reader) choose(forms [][]Item) ([]Item, error) {
	first, last := forms[0][0].Part, forms[len(forms)-1]
	for _, form := range forms[:len(forms)-1] {
		if !sameMessages(form, last) {
			return nil, fmt.Errorf("%v: another form of it says something else", first.Path)
		}
		r.note(form[0].Part, fmt.Sprintf("another form of part %v, left out", last[0].Part.Path))
	}
	return last, nil
}

func sameMessages(a, b []Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameMessage(a[i].Object, b[i].Object) {
			return false
		}
	}
	return true
}

// sameMessage asks for the same UID and METHOD, and for the same content but for what forms differ in.
func sameMessage(a, b *itip.Object) bool {
	return a.UID() == b.UID() && a.Method() == b.Method() && itip.SameContent(bare(a), bare(b))
}

// bare is an object without what one form may have and another not: long texts, which are there for display, and
// what is private to a client. It shares the rest.
func bare(o *itip.Object) *itip.Object { return &itip.Object{Root: strip(o.Root)} }

func strip(c *itip.Component) *itip.Component {
	d := &itip.Component{Name: c.Name}
	for _, p := range c.Props {
		if !decorates(p.Name) {
			d.Props = append(d.Props, p)
		}
	}
	for _, part := range c.Parts {
		if part.Name != "VALARM" {
			d.Parts = append(d.Parts, strip(part))
		}
	}
	return d
}

func decorates(property string) bool {
	switch property {
	case "DESCRIPTION", "STYLED-DESCRIPTION", "ATTACH", "IMAGE", "CREATED", "LAST-MODIFIED":
		return true
	}
	return strings.HasPrefix(property, "X-")
}
