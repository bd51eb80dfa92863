package addendum

import (
	"strings"

	"usher/milter/message"
)

// Closed says what the header of a mail alone tells: why nothing may be added, or "".
func Closed(h message.Header) Reason {
	if auto := strings.ToLower(h.Get("Auto-Submitted")); auto != "" && !strings.HasPrefix(auto, "no") { // RFC 3834 5
		return Automatic
	}
	kind, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	return sealed(strings.TrimSpace(kind))
}

// sealed says of a content type that stands for something that breaks when a byte changes why it does.
func sealed(kind string) Reason {
	switch kind {
	case "multipart/signed":
		return Signed
	case "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted":
		return Encrypted
	case "multipart/report":
		return Report
	}
	return ""
}

// untouchable says why a mail is left as it is, or "".
func untouchable(m *message.Message) (left Reason, why string) {
	if m.Truncated() {
		return Unknown, "more parts than can be read"
	}
	if left := Closed(m.Header); left != "" {
		return left, "it is " + string(left)
	}
	m.Walk(func(p *message.Part) bool {
		switch {
		case p.Embedded:
			return false
		case sealed(p.MediaType()) != "":
			left, why = sealed(p.MediaType()), "signed, encrypted or a report"
		case p.MediaType() == "text/calendar":
			left, why = Calendar, "carries an invitation"
		}
		return why == ""
	})
	return left, why
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
