package itip

import (
	"slices"
	"strings"
)

// SameContent tells whether two objects say the same: DTSTAMP, PRODID, METHOD, the cause mark and the order of
// lines do not count. It is how a second attempt finds that there is nothing left to do.
func SameContent(a, b *Object) bool { return canonical(a.Root) == canonical(b.Root) }

// uncounted are the properties that say how an object came here, not what it is.
var uncounted = map[string]bool{
	"DTSTAMP": true, "PRODID": true, "METHOD": true, "VERSION": true, "CALSCALE": true, CauseProperty: true,
}

// canonical writes a component such that order and spelling of names make no difference.
func canonical(c *Component) string {
	var lines []string
	for _, p := range c.Props {
		if !uncounted[p.Name] {
			lines = append(lines, p.canonical())
		}
	}
	for _, part := range c.Parts {
		lines = append(lines, canonical(part))
	}
	slices.Sort(lines)
	return "\x01" + c.Name + "\n" + strings.Join(lines, "\n") + "\x02"
}

func (p Prop) canonical() string {
	if len(p.Params) > 1 {
		p.Params = slices.Clone(p.Params)
		slices.SortStableFunc(p.Params, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	}
	return p.String()
}
