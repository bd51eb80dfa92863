package kolab

import (
	"strings"

	"usher/itip"
)

// keptName is the identifier of the x-custom properties in which we keep what Kolab has no words for. The value is
// a word, a space and content lines of iCalendar, unfolded and separated by line feeds. The word is
//
//   - the digest of what stands in Kolab's words instead of these lines: as long as that is still so, the lines are
//     what is meant (none at all: it was made up because Kolab asks for it). When a client has edited it, the lines
//     are out of date and given up, but for parameters of people, which stay with their address;
//   - "-" if nothing stands for them;
//   - "calendar" if they belong to the calendar object around, as time zones do.
//
// A line that begins with "=" has the value of the element that stands for it. Components are kept with BEGIN and END.
const keptName = "X-USHER-KEPT"

const (
	keptAlone    = "-"
	keptCalendar = "calendar"
)

// keep makes the x-custom for lines, and for what stands for them.
func keep(word string, standing, lines []itip.Prop) *node {
	texts := []string{}
	for _, p := range lines {
		text := p.String()
		steady := p.Name != "RRULE" && p.Name != "DURATION" // Kolab's software writes those its own way
		if steady && len(lines) == 1 && len(standing) == 1 && p.Name == standing[0].Name && p.Value == standing[0].Value {
			text = "=" + withValue(p, "").String()
		}
		texts = append(texts, text)
	}
	return xcustom(keptName, word+" "+strings.Join(texts, "\n"))
}

// keepLines keeps lines of which back is what Kolab has of them.
func keepLines(back, lines []itip.Prop) *node {
	if len(back) == 0 {
		return keep(keptAlone, nil, lines)
	}
	return keep(digest(back), back, lines)
}

// keepComponent keeps a component.
func keepComponent(word string, c *itip.Component) *node {
	return xcustom(keptName, word+" "+strings.Join(componentLines(c), "\n"))
}

func componentLines(c *itip.Component) []string {
	lines := []string{"BEGIN:" + c.Name}
	for _, p := range c.Props {
		lines = append(lines, p.String())
	}
	for _, part := range c.Parts {
		lines = append(lines, componentLines(part)...)
	}
	return append(lines, "END:"+c.Name)
}

// kept is what one such x-custom holds.
type kept struct {
	word  string
	lines []string
	taken bool
}

func parseKept(value string) *kept {
	word, text, _ := strings.Cut(value, " ")
	k := &kept{word: word}
	if text != "" {
		k.lines = strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	}
	return k
}

// component tells whether it is a component, not lines.
func (k *kept) component() bool { return len(k.lines) > 0 && strings.HasPrefix(k.lines[0], "BEGIN:") }

// props are the lines; standing is what Kolab has of them now. What cannot be read is left out: somebody else wrote it.
func (k *kept) props(standing []itip.Prop) []itip.Prop {
	var props []itip.Prop
	for _, text := range k.lines {
		text, valueless := strings.CutPrefix(text, "=")
		p, err := itip.ParseProp(text)
		if err != nil || !isName(p.Name) {
			continue
		}
		if valueless && len(standing) > 0 {
			p.Value = standing[0].Value
		}
		props = append(props, p)
	}
	return props
}

// parse reads the component; nil if it is none.
func (k *kept) parse() *itip.Component {
	var open []*itip.Component
	for i, text := range k.lines {
		p, err := itip.ParseProp(text)
		if err != nil {
			return nil
		}
		switch {
		case p.Name == "BEGIN" && len(open) < itip.MaxDepth:
			open = append(open, &itip.Component{Name: strings.ToUpper(p.Value)})
		case p.Name == "END" && len(open) == 1:
			if i != len(k.lines)-1 {
				return nil
			}
			return open[0]
		case p.Name == "END" && len(open) > 1:
			last := len(open) - 1
			open[last-1].Parts = append(open[last-1].Parts, open[last])
			open = open[:last]
		case p.Name == "BEGIN", p.Name == "END", len(open) == 0:
			return nil
		default:
			open[len(open)-1].Add(p)
		}
	}
	return nil
}

// shelf is all that one component keeps, in order and by word.
type shelf struct {
	all    []*kept
	byWord map[string][]*kept
}

func (s *shelf) put(k *kept) {
	if s.byWord == nil {
		s.byWord = map[string][]*kept{}
	}
	s.all = append(s.all, k)
	s.byWord[k.word] = append(s.byWord[k.word], k)
}

// take finds what is kept for a digest, each once.
func (s *shelf) take(digest string) *kept {
	ks := s.byWord[digest]
	if len(ks) == 0 {
		return nil
	}
	s.byWord[digest] = ks[1:]
	ks[0].taken = true
	return ks[0]
}
