package footer_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/net/html"

	"usher/milter/message"
)

// expectation is what expect.json says of one mail.
type expectation struct {
	Note          string   `json:"note"`
	Text          int      `json:"text"`
	HTML          int      `json:"html"`
	Once          int      `json:"once"`
	Contains      []string `json:"contains"`
	BytesContains string   `json:"bytes_contains"`
	Untouched     []string `json:"untouched"`
	Identical     int      `json:"identical"`
	Verify        string   `json:"verify"`
	InlinePGP     int      `json:"inline_pgp"`
	Flowed        int      `json:"flowed"`
	Reply         int      `json:"reply"`
	Calendar      int      `json:"calendar"`
	InnerOnce     int      `json:"inner_once"`
	Nobody        int      `json:"nobody"`
	LastText      int      `json:"last_text"`
	FooterCount   int      `json:"footer_count"`
}

// verdict collects what is wrong.
type verdict struct {
	wrong   []string
	missing string // a program that would have verified a signature
}

func (v *verdict) that(ok bool, format string, args ...any) {
	if !ok {
		v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
	}
}

// shape is a mail as its reader has it.
type shape struct {
	mail  *message.Message
	texts []string // what the plain text body parts say
	pages []string // what is seen of the HTML ones
	all   string   // everything decoded, for what has to be there
}

func look(m *message.Message) (s shape) {
	s.mail = m
	m.Walk(func(p *message.Part) bool {
		if p.Embedded {
			return false
		}
		kind, file := p.Disposition()
		if !p.IsLeaf() || !strings.HasPrefix(p.MediaType(), "text/") || kind == "attachment" || file != "" {
			return true
		}
		text, err := p.Text(1 << 24)
		if err != nil {
			return true
		}
		s.all += text + "\n"
		switch p.MediaType() {
		case "text/plain":
			s.texts = append(s.texts, text)
		case "text/html":
			s.pages = append(s.pages, visible(text))
			s.all += visible(text) + "\n"
		}
		return true
	})
	return s
}

// visible is what a reader sees of HTML, its white space made one space.
func visible(page string) string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return ""
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data + " ")
			case c.Type == html.ElementNode && !unseen(c):
				walk(c)
			}
		}
	}
	walk(doc)
	return strings.Join(strings.Fields(b.String()), " ")
}

func unseen(n *html.Node) bool {
	switch n.Data {
	case "head", "script", "style", "title", "template", "textarea", "noscript", "iframe", "svg", "math", "select":
		return true
	}
	for _, a := range n.Attr {
		style := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
		if a.Key == "hidden" || a.Key == "style" && (strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")) {
			return true
		}
	}
	return false
}

// showing is how many texts have the footer exactly once; more is one that has it several times.
func showing(texts []string) (n int, more bool) {
	for _, text := range texts {
		switch strings.Count(text, plainFooter) {
		case 0:
		case 1:
			n++
		default:
			more = true
		}
	}
	return n, more
}

// judge says which expectations a mail does not meet.
func judge(e expectation, in, out *message.Message, dir string) (wrong []string, missing string) {
	v := &verdict{}
	was, is := look(in), look(out)
	v.bodies(e, is)
	v.rest(e, in, out)
	for _, text := range e.Contains {
		v.that(strings.Contains(is.all, text), "contains: %q is not there any more", text)
	}
	if e.Flowed > 0 {
		v.flowed(out)
	}
	if e.Reply > 0 {
		v.reply(was, is)
	}
	if e.Nobody > 0 {
		v.nobody(in, out, is)
	}
	if e.InlinePGP > 0 {
		v.inline(was.all, is.all)
	}
	if e.Verify != "" {
		v.verify(e.Verify, out, dir)
	}
	return v.wrong, v.missing
}

func (v *verdict) bodies(e expectation, is shape) {
	texts, more := showing(is.texts)
	if e.Nobody == 0 {
		v.that(texts == e.Text && !more, "text: %d parts show the footer once, want %d (one more than once: %v)", texts, e.Text, more)
	}
	pages, more := showing(is.pages)
	v.that(pages == e.HTML && !more, "html: %d parts show the footer once, want %d (one more than once: %v)", pages, e.HTML, more)
	all := strings.Join(append(is.texts, is.pages...), "\n")
	if e.Once > 0 {
		v.that(strings.Count(all, plainFooter) == 1, "once: the footer is there %d times", strings.Count(all, plainFooter))
	}
	if e.FooterCount > 0 {
		v.that(strings.Count(all, plainFooter) == e.FooterCount, "footer_count: the footer is there %d times", strings.Count(all, plainFooter))
	}
	if e.LastText > 0 {
		last := is.texts[len(is.texts)-1]
		before := strings.Join(is.texts[:len(is.texts)-1], "\n")
		v.that(strings.Contains(last, plainFooter) && !strings.Contains(before, "Vertraulich"), "last_text: the footer is not in the last text alone")
	}
}

// rest is what must be the same bytes.
func (v *verdict) rest(e expectation, in, out *message.Message) {
	if e.Identical > 0 {
		v.that(raw(in.Root()) == raw(out.Root()) && in.Header.Get("Content-Type") == out.Header.Get("Content-Type"), "identical: the body was changed")
	}
	if e.BytesContains != "" {
		old := []byte(raw(in.Root()))
		for _, form := range []string{e.BytesContains, latin1(e.BytesContains)} {
			if bytes.Contains(old, []byte(form)) {
				v.that(strings.Contains(raw(out.Root()), form), "bytes_contains: the bytes of %q are not there any more", e.BytesContains)
			}
		}
	}
	for _, name := range e.Untouched {
		a, b := named(in, name), named(out, name)
		v.that(a != "" && a == b, "untouched: %s was changed", name)
	}
	v.that(others(in) == others(out), "another part than a text was changed")
	if e.Calendar > 0 {
		v.that(typed(in, "text/calendar") != "" && typed(in, "text/calendar") == typed(out, "text/calendar"), "calendar: the invitation was changed")
	}
	if e.InnerOnce > 0 {
		v.that(typed(in, "message/rfc822") != "" && typed(in, "message/rfc822") == typed(out, "message/rfc822"), "inner_once: the mail inside was changed")
	}
}

func raw(p *message.Part) string {
	b, _ := io.ReadAll(p.Raw())
	return string(b)
}

// whole is a part with its header.
func whole(p *message.Part) string {
	var b strings.Builder
	for _, f := range p.Header {
		b.WriteString(f.Name + ":" + f.Raw + "\n")
	}
	return b.String() + "\n" + raw(p)
}

func latin1(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func named(m *message.Message, name string) (found string) {
	for p := range m.Parts() {
		if _, file := p.Disposition(); file == name {
			found += whole(p)
		}
	}
	return found
}

func typed(m *message.Message, kind string) (found string) {
	for p := range m.Parts() {
		if p.MediaType() == kind {
			found += raw(p)
		}
	}
	return found
}

// others are the contents of all leaves that are no text.
func others(m *message.Message) (all string) {
	for p := range m.Parts() {
		if p.IsLeaf() && p.MediaType() != "text/plain" && p.MediaType() != "text/html" {
			all += p.MediaType() + "\n" + raw(p) + "\n"
		}
	}
	return all
}

// flowed: the text is still one, and the footer is a paragraph of its own (RFC 3676 4.2).
func (v *verdict) flowed(m *message.Message) {
	for p := range m.Parts() {
		if p.MediaType() != "text/plain" {
			continue
		}
		v.that(strings.EqualFold(p.Param("format"), "flowed") && strings.EqualFold(p.Param("delsp"), "yes"), "flowed: it is %s", p.Header.Get("Content-Type"))
		text, _ := p.Text(1 << 24)
		before := ""
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\r\n")
			if strings.Contains(line, plainFooter) {
				alone := line == plainFooter && (before == "-- " || !strings.HasSuffix(before, " "))
				v.that(alone, "flowed: the footer is joined with other lines: %q, %q", before, line)
			}
			before = line
		}
	}
}

// reply: the footer does not pile up, and a new one stands above what is quoted.
func (v *verdict) reply(was, is shape) {
	count := func(s shape) int { return strings.Count(strings.Join(append(s.texts, s.pages...), "\n"), plainFooter) }
	if count(was) > 0 {
		v.that(count(is) == count(was), "reply: the footer piles up: %d times", count(is))
		return
	}
	for _, page := range is.pages {
		at, quote := strings.Index(page, plainFooter), strings.Index(page, "Von:")
		v.that(at >= 0 && at < quote, "reply: the footer does not stand above what is quoted")
	}
}

// nobody: a mail without text stays, or all of it is a part of the new one.
func (v *verdict) nobody(in, out *message.Message, is shape) {
	if raw(in.Root()) == raw(out.Root()) {
		return
	}
	n, more := showing(is.texts)
	v.that(n == 1 && !more && strings.Contains(raw(out.Root()), raw(in.Root())), "nobody: the mail is not there as it was, beside the footer")
}

// inline: nothing stands in the armor that was not there.
func (v *verdict) inline(was, is string) {
	armor := func(s string) string {
		i, j := strings.Index(s, "-----BEGIN PGP"), strings.LastIndex(s, "-----END PGP")
		if i < 0 || j < 0 {
			return ""
		}
		return s[i:j]
	}
	v.that(armor(was) == armor(is) && strings.Index(is, "-----BEGIN PGP") == strings.Index(was, "-----BEGIN PGP"), "inline_pgp: the armor holds something else")
}

// verify asks the programs that made the signatures.
func (v *verdict) verify(kind string, m *message.Message, dir string) {
	tool := map[string]string{"pgp": "gpg", "clearsign": "gpg", "smime": "openssl"}[kind]
	switch {
	case tool == "":
		v.that(false, "verify: %q is not known", kind)
	case !hasTool(tool):
		v.missing = tool
	default:
		said, err := v.run(kind, m, dir)
		v.that(err == nil, "verify: %v: %s", err, said)
	}
}

func (v *verdict) run(kind string, m *message.Message, dir string) ([]byte, error) {
	home, err := os.MkdirTemp("", "verify")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	file := func(name, content string) string {
		path := filepath.Join(home, name)
		err = os.WriteFile(path, []byte(content), 0o600)
		return path
	}
	if kind == "smime" {
		var b strings.Builder
		m.WriteTo(&b)
		cert, _ := filepath.Abs(filepath.Join(dir, "alice.smime.crt"))
		return exec.Command("openssl", "cms", "-verify", "-inform", "SMIME", "-in", file("mail", b.String()), "-CAfile", cert, "-purpose", "any", "-out", os.DevNull).CombinedOutput()
	}
	gpg := func(args ...string) ([]byte, error) {
		return exec.Command("gpg", append([]string{"--homedir", home, "--batch", "--no-autostart", "--trust-model", "always"}, args...)...).CombinedOutput()
	}
	key, _ := filepath.Abs(filepath.Join(dir, "alice.pub.asc"))
	if said, err := gpg("--import", key); err != nil {
		return said, err
	}
	if kind == "clearsign" {
		return gpg("--verify", file("text", raw(m.Root())))
	}
	signed, signature, ok := signedParts(m)
	if !ok {
		return nil, fmt.Errorf("there is no signed part")
	}
	return gpg("--verify", file("signature", signature), file("signed", signed))
}

// signedParts cuts a multipart/signed as it is written: what is signed has its header with it (RFC 3156 5).
func signedParts(m *message.Message) (signed, signature string, ok bool) {
	boundary := m.Root().Param("boundary")
	parts := strings.Split("\r\n"+raw(m.Root()), "\r\n--"+boundary)
	if len(parts) < 3 {
		return "", "", false
	}
	_, signature, ok = strings.Cut(parts[2], "\r\n\r\n")
	return strings.TrimPrefix(parts[1], "\r\n"), signature, ok
}
