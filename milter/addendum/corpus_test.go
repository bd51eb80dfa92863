package addendum

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/milter/message"
)

var everything = Words{
	Text: "Vertraulich – nur für Empfänger. 株式会社 €5\n-- \n > quoted?  \nFrom here",
	HTML: `<p class="disc">Vertraulich – nur für Empfänger. 株式会社 €5</p>`,
}

func read(t testing.TB, raw string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(raw), 1<<24)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func written(m *message.Message) string {
	var b strings.Builder
	m.WriteTo(&b)
	return b.String()
}

// undo checks that a result is the mail and the words, no more: without what was added, each part is what it was, byte
// for byte, or says what it said where it had to be written anew; and all that is no part is the same.
func undo(in *message.Message, r Result) error {
	if r.Mail == nil {
		if r.Left == "" || r.Why == "" {
			return errors.New("nothing was added, and it is not said why")
		}
		return nil
	}
	out, err := message.Read(strings.NewReader(written(r.Mail)), 1<<25)
	if err != nil {
		return err
	}
	for _, a := range r.Added {
		if a.Beside {
			return undoBeside(in, out, r)
		}
	}
	var old, now []span
	for p := range in.Parts() {
		i := slices.IndexFunc(r.Added, func(a Added) bool { return slices.Equal(a.Path, p.Path) })
		q, ok := out.Part(p.Path)
		switch {
		case !ok || len(q.Children) != len(p.Children):
			return fmt.Errorf("part %s is another one", p.Path)
		case i < 0:
			continue
		}
		if err := undoPart(p, q, r.Added[i]); err != nil {
			return fmt.Errorf("part %s: %w", p.Path, err)
		}
		old, now = append(old, spanOf(p)), append(now, spanOf(q))
	}
	if a, b := around(in, old), around(out, now); a != b {
		return fmt.Errorf("around the parts stands\n%q\nwant\n%q", b, a)
	}
	return nil
}

type span struct{ from, to int64 }

func spanOf(p *message.Part) span {
	from, to := p.Span()
	return span{from, to}
}

var mimeFields = regexp.MustCompile(`(?mi)^(content-type|content-transfer-encoding|mime-version)[ \t]*:.*(\n[ \t].*)*\n`)

// around is a mail without the content of some parts, and without the fields that say how they are written.
func around(m *message.Message, cut []span) string {
	whole := written(m)
	head := int64(len(whole)) - m.Body().Size()
	b, at := whole[:head], int64(0)
	for _, c := range cut {
		b, at = b+whole[head+at:head+c.from]+"\n…\n", c.to
	}
	return breaks.ReplaceAllString(mimeFields.ReplaceAllString(b+whole[head+at:], ""), "…")
}

// breaks may come with a part that was empty: its header then had no end of its own.
var breaks = regexp.MustCompile(`[\r\n]*…[\r\n]*`)

func undoPart(p, q *message.Part, a Added) error {
	now, err := q.Bytes(1 << 25)
	if err != nil {
		return err
	}
	if a.At < 0 || a.At+int64(len(a.Bytes)) > int64(len(now)) || !bytes.Equal(now[a.At:a.At+int64(len(a.Bytes))], a.Bytes) {
		return fmt.Errorf("the words are not at %d of %q", a.At, now)
	}
	rest := slices.Concat(now[:a.At], now[a.At+int64(len(a.Bytes)):])
	was, err := p.Bytes(1 << 25)
	if err != nil {
		return err
	}
	if a.Recoded && !bytes.Equal(was, rest) {
		text, err := p.Text(1 << 25)
		if err != nil || text != string(rest) {
			return fmt.Errorf("it says %q; want %q (%v)", rest, text, err)
		}
		return nil
	}
	if !bytes.Equal(was, rest) {
		return fmt.Errorf("it says %q; want %q", rest, was)
	}
	if !a.Recoded {
		return undoRaw(p, q)
	}
	return nil
}

// undoRaw: the encoded bytes are the old ones and, in one place, others; of base64 one group may have been opened.
func undoRaw(p, q *message.Part) error {
	was, _ := io.ReadAll(p.Raw())
	now, _ := io.ReadAll(q.Raw())
	n := 0
	for n < len(was) && n < len(now) && was[n] == now[n] {
		n++
	}
	k := 0
	for k < len(was)-n && k < len(now)-n && was[len(was)-1-k] == now[len(now)-1-k] {
		k++
	}
	spare := 0
	if p.Encoding() == "base64" {
		spare = 40 // a group, with whatever stands between its signs
	}
	if n+k < len(was)-spare {
		return fmt.Errorf("more than one stretch of %q is not that of %q", now, was)
	}
	return nil
}

// undoBeside: the part is in the new mail as it was, with its own fields.
func undoBeside(in, out *message.Message, r Result) error {
	for _, a := range r.Added {
		if !a.Beside {
			continue
		}
		p, ok := in.Part(a.Path)
		if !ok {
			return fmt.Errorf("there is no part %s", a.Path)
		}
		was, _ := io.ReadAll(p.Raw())
		for i := range 2 {
			q, ok := out.Part(append(slices.Clone(a.Path), i))
			if !ok {
				return fmt.Errorf("part %s has no second", a.Path)
			}
			now, _ := io.ReadAll(q.Raw())
			if bytes.Equal(was, now) && q.MediaType() == p.MediaType() && q.Encoding() == p.Encoding() {
				return nil
			}
		}
		return fmt.Errorf("part %s is not one of two, as it was: %q", a.Path, written(out))
	}
	return nil
}

// seen tells whether the words are seen in each HTML part they were added to, as a parser of documents has it.
func seen(r Result, marker string) error {
	out, err := message.Read(strings.NewReader(written(r.Mail)), 1<<25)
	if err != nil {
		return err
	}
	for _, a := range r.Added {
		p, ok := out.Part(a.Path)
		if !ok || a.Beside || p.MediaType() != "text/html" {
			continue
		}
		text, err := p.Text(1 << 25)
		if err != nil {
			return err
		}
		doc, err := html.Parse(strings.NewReader(text))
		if err != nil {
			continue // deeper than it reads
		}
		if !shown(doc, marker) {
			return fmt.Errorf("part %s: the words are not seen: %q", a.Path, text)
		}
	}
	return nil
}

func shown(n *html.Node, marker string) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		t := html.Token{Data: c.Data, Attr: c.Attr}
		if attr(t, "class") == marker {
			return true
		}
		if isHidden(t) || hides[c.Data] || c.Data == "template" || c.Data == "select" || c.Data == "svg" || c.Data == "math" {
			continue
		}
		if shown(c, marker) {
			return true
		}
	}
	return false
}

func corpus(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../message/testdata/footer/*.eml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d mails, %v", len(files), err)
	}
	mails := map[string]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		mails[name] = string(raw)
		mails[name+" with LF"] = strings.ReplaceAll(string(raw), "\r\n", "\n")
	}
	return mails
}

// TestTrickyMails: each mail, at each place, with words of each kind, can be had back.
func TestTrickyMails(t *testing.T) {
	for name, raw := range corpus(t) {
		for _, place := range []Place{Bottom, Top, AboveQuote} {
			for kind, w := range map[string]Words{"all signs": everything, "ascii": {Text: "Confidential, for you alone.\nDo not read."},
				"latin1": {Text: "für Empfänger"}, "long": {Text: strings.Repeat("lang für ", 200)}, "no space": {HTML: strings.Repeat("x", 1500)}} {
				for _, wrap := range []Treatment{Skip, Wrap} {
					in := read(t, raw)
					r, err := Add(in, w, Options{Place: place, Signed: wrap, AttachmentOnly: wrap == Wrap})
					if err == nil {
						err = undo(in, r)
					}
					if err == nil && r.Mail != nil {
						err = errors.Join(seen(r, w.complete().marker()), shortLines(raw, r))
					}
					if err != nil {
						t.Errorf("%s, %s %s %s: %v", name, place, kind, wrap, err)
					}
				}
			}
		}
	}
}

func shortLines(raw string, r Result) error {
	longest := func(s string) (n int) {
		for line := range strings.Lines(s) {
			n = max(n, len(strings.TrimRight(line, "\r\n")))
		}
		return n
	}
	if now := longest(written(r.Mail)); now > maxLine && now > longest(raw) {
		return fmt.Errorf("a line of %d bytes", now)
	}
	return nil
}
