package kolab

import (
	"strings"

	"usher/itip"
)

// foreignName is the property for x-customs whose identifier is no property name of ours; X-IDENTIFIER has it.
const foreignName = "X-KOLAB-CUSTOM"

func xcustom(identifier, value string) *node {
	return branch("x-custom", leaf("identifier", identifier), leaf("value", value))
}

// custom writes a property as x-custom, or nil if that would not be exactly the same. The value is a TEXT, as
// clients of Kolab take it.
func custom(p itip.Prop) *node {
	n := xcustom(p.Name, p.Text())
	if p.Name == foreignName {
		n = xcustom(p.Param("X-IDENTIFIER"), p.Text())
	}
	if back := readCustom(n); n.nodes[0].text == keptName || !sameLine(back, p) {
		return nil
	}
	return n
}

// readCustom reads x-custom.
func readCustom(n *node) itip.Prop {
	identifier, value := "", ""
	if i := n.child("identifier"); i != nil {
		identifier = i.text
	}
	if v := n.child("value"); v != nil {
		value = v.text
	}
	p := itip.Prop{Name: identifier, Value: itip.Escape(value)}
	if !strings.HasPrefix(identifier, "X-") || !isName(identifier) || identifier == foreignName {
		p.Name = foreignName
		p.Params = []itip.Param{{Name: "X-IDENTIFIER", Values: []string{identifier}}}
	}
	return p
}
