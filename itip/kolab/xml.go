package kolab

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"usher/itip"
)

const namespace = "urn:ietf:params:xml:ns:icalendar-2.0"

const (
	maxNesting  = 32     // of elements in a document
	maxElements = 200000 // of a document
)

// node is an XML element: it holds text or other elements. Kolab uses no attributes.
type node struct {
	name  string
	text  string
	nodes []*node
}

func leaf(name, text string) *node { return &node{name: name, text: text} }

func branch(name string, nodes ...*node) *node { return &node{name: name, nodes: nodes} }

// child is the first element of this name, or nil.
func (n *node) child(name string) *node {
	if n != nil {
		for _, c := range n.nodes {
			if c.name == name {
				return c
			}
		}
	}
	return nil
}

// all are the elements of this name.
func (n *node) all(name string) []*node {
	var found []*node
	if n != nil {
		for _, c := range n.nodes {
			if c.name == name {
				found = append(found, c)
			}
		}
	}
	return found
}

// parseXML reads a document. There are no entities but XML's own: a document that declares some is refused, as is
// one that is not iCalendar.
func parseXML(data []byte, charset func(string, io.Reader) (io.Reader, error)) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = charset
	p := xmlParser{open: []*node{{}}}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.token(t)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrFormat, line(d), err)
		}
	}
	if len(p.open[0].nodes) != 1 {
		return nil, fmt.Errorf("%w: no document", ErrFormat)
	}
	return p.open[0].nodes[0], nil
}

func line(d *xml.Decoder) int { n, _ := d.InputPos(); return n }

type xmlParser struct {
	open  []*node
	count int
}

func (p *xmlParser) token(t xml.Token) error {
	top := p.open[len(p.open)-1]
	switch t := t.(type) {
	case xml.StartElement:
		if p.count++; p.count > maxElements || len(p.open) > maxNesting {
			return fmt.Errorf("%w: elements", itip.ErrTooLarge)
		}
		if t.Name.Space != namespace {
			return fmt.Errorf("element of another namespace")
		}
		n := &node{name: t.Name.Local}
		top.nodes = append(top.nodes, n)
		p.open = append(p.open, n)
	case xml.EndElement:
		if len(top.nodes) > 0 {
			top.text = "" // what makes it look nice
		}
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		top.text += string(t)
	case xml.Directive:
		return fmt.Errorf("declarations are not allowed")
	}
	return nil
}

// charsetReader decodes a document by the encoding that it declares.
func charsetReader(label string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("unknown charset")
	}
	return e.NewDecoder().Reader(r), nil
}

// render writes an element and what is in it, two spaces for each level as Kolab's own writer does.
func (n *node) render(b *strings.Builder, indent string) {
	b.WriteString(indent + "<" + n.name + ">")
	if len(n.nodes) == 0 {
		b.WriteString(escapeXML(n.text))
		b.WriteString("</" + n.name + ">\n")
		return
	}
	b.WriteString("\n")
	for _, c := range n.nodes {
		c.render(b, indent+"  ")
	}
	b.WriteString(indent + "</" + n.name + ">\n")
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")

// escapeXML writes text; what XML 1.0 cannot hold at all is left out.
func escapeXML(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	return xmlEscaper.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s))
}
