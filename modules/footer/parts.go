package footer

import (
	"strings"

	"usher/milter/message"
)

// untouchable says why a mail is left as it is, or "".
func untouchable(m *message.Message) (why string) {
	if m.Truncated() {
		return "left alone: more parts than can be read"
	}
	m.Walk(func(p *message.Part) bool {
		switch {
		case p.Embedded:
			return false
		case sealed(p.MediaType()):
			why = "left alone: signed, encrypted or a report"
		case p.MediaType() == "text/calendar":
			why = "left alone: carries an invitation"
		}
		return why == ""
	})
	return why
}

// bodies are the parts a reader sees as the text of the mail: each form of an alternative, the root of a
// related, the last text among mixed ones (Apple Mail writes text, picture, text).
func bodies(p *message.Part) []*message.Part {
	if len(p.Children) == 0 {
		if isBody(p) {
			return []*message.Part{p}
		}
		return nil
	}
	switch p.MediaType() {
	case "multipart/alternative":
		var all []*message.Part
		for _, c := range p.Children {
			all = append(all, bodies(c)...)
		}
		return all
	case "multipart/related":
		return bodies(related(p))
	case "multipart/mixed":
		for i := len(p.Children) - 1; i >= 0; i-- {
			if found := bodies(p.Children[i]); len(found) > 0 {
				return found
			}
		}
	}
	return nil
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
