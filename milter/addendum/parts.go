package addendum

import (
	"strings"

	"usher/milter/message"
)

// bodies are the parts a reader sees as the text of the mail: each form of an alternative, the root of a related, the
// last text among mixed ones (Apple Mail writes text, picture, text), or the first for words at the top.
func bodies(p *message.Part, first bool) []*message.Part {
	if p.IsLeaf() || p.Embedded {
		if isBody(p) {
			return []*message.Part{p}
		}
		return nil
	}
	switch p.MediaType() {
	case "multipart/alternative":
		return forms(p, first)
	case "multipart/related":
		return bodies(related(p), first)
	}
	if !isMixed(p) {
		return nil
	}
	for i := range p.Children {
		if !first {
			i = len(p.Children) - 1 - i
		}
		if found := bodies(p.Children[i], first); len(found) > 0 {
			return found
		}
	}
	return nil
}

// forms are the texts of an alternative, each kind once: the last of its kind, which is the one that is shown.
func forms(p *message.Part, first bool) (all []*message.Part) {
	kinds := map[string]bool{}
	for i := len(p.Children) - 1; i >= 0; i-- {
		found := bodies(p.Children[i], first)
		if len(found) == 1 && kinds[found[0].MediaType()] {
			continue
		}
		for _, f := range found {
			kinds[f.MediaType()] = true
		}
		all = append(found, all...)
	}
	return all
}

// isMixed tells whether a multipart is a row of parts: mixed, or what nobody knows (RFC 2046 5.1.7).
func isMixed(p *message.Part) bool {
	if !p.IsMultipart() || p.IsLeaf() || sealed(p) != "" {
		return false
	}
	switch p.MediaType() {
	case "multipart/digest", "multipart/appledouble", "multipart/form-data", "multipart/byteranges":
		return false
	}
	disposition, file := p.Disposition()
	return disposition != "attachment" && file == ""
}

// texts are all that a reader may see as text, a mail inside the mail excepted.
func texts(m *message.Message) (all []*message.Part) {
	m.Walk(func(p *message.Part) bool {
		if p.IsLeaf() && isBody(p) {
			all = append(all, p)
		}
		return !p.Embedded
	})
	return all
}

// related is the root of a multipart/related: the part named by start, else the first (RFC 2387 3.2).
func related(p *message.Part) *message.Part {
	if start := p.Param("start"); start != "" {
		for _, c := range p.Children {
			if strings.Trim(c.Header.Get("Content-ID"), "<>") == strings.Trim(start, "<>") {
				return c
			}
		}
	}
	return p.Children[0]
}

// isBody tells a text from an attached file. Inline is body unless it has a file name.
func isBody(p *message.Part) bool {
	if kind := p.MediaType(); p.Embedded || kind != "text/plain" && kind != "text/html" {
		return false
	}
	disposition, file := p.Disposition()
	return disposition != "attachment" && file == "" && p.Param("name") == ""
}
