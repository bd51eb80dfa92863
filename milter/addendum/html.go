package addendum

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxToken is how long a tag, a comment or a text may be in HTML that words are added to.
const maxToken = 2 << 20

// htmlView reads HTML as its tokenizer does: from the first byte to the last, without making a tree of it.
type htmlView struct {
	view
	finders []*finder
	marker  string
	z       *html.Tokenizer

	off    int64 // where the token begins
	lineAt int64 // where the last line begins

	top    int64 // right behind <body>, or before the first thing that is shown
	inside bool  // it is found
	frames frames

	body, root spot   // the last </body> and </html>
	closed     spot   // where a comment begins that is never closed
	raw        string // the open element that holds text, not elements
	rawAt      spot
	half       bool // the text ends with half an end tag
	quotes     quoteView
	crlf, lf   bool
}

// spot is an offset, and what has to be closed there for words to be seen.
type spot struct {
	set     bool
	at      int64
	column  int64
	closing string
}

func (v *htmlView) here() spot {
	return spot{true, v.off, v.off - v.lineAt, v.frames.closing()}
}

func readHTML(r io.Reader, place Place, finders []*finder, marker string) (*view, error) {
	c := &counter{r: r}
	v := &htmlView{finders: finders, marker: marker, z: html.NewTokenizer(c)}
	v.z.SetMaxBuf(maxToken)
	for kind := v.z.Next(); kind != html.ErrorToken; kind = v.z.Next() {
		raw := v.z.Raw()
		v.token(kind, raw)
		v.advance(raw)
	}
	switch err := v.z.Err(); err {
	case io.EOF:
	case html.ErrBufferExceeded:
		v.useless = "the HTML has a token that is too long"
	default:
		return nil, err
	}
	v.size = c.n
	v.finish(place)
	return &v.view, nil
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (v *htmlView) advance(raw []byte) {
	if i := bytes.LastIndexByte(raw, '\n'); i >= 0 {
		v.lineAt = v.off + int64(i) + 1
		if i > 0 && raw[i-1] == '\r' {
			v.crlf = true
		} else {
			v.lf = true
		}
	}
	v.off += int64(len(raw))
}

func (v *htmlView) token(kind html.TokenType, raw []byte) {
	v.half = kind == html.TextToken && bytes.HasSuffix(raw, []byte("</")) // a comment when anything follows
	switch kind {
	case html.TextToken:
		v.text(raw)
	case html.CommentToken:
		v.mark(raw)
		if !commentEnds(raw) {
			v.closed = v.here()
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		v.mark(raw)
		v.start(raw)
	case html.EndTagToken:
		name, _ := v.z.TagName()
		v.end(string(name))
	}
}

func (v *htmlView) mark(raw []byte) {
	if v.marker != "" && bytes.Contains(raw, []byte(v.marker)) {
		v.present = true
	}
}

// text is shown to the finders if it is shown to a reader.
func (v *htmlView) text(raw []byte) {
	if v.raw != "" {
		return
	}
	if !v.inside && len(bytes.TrimSpace(raw)) > 0 {
		v.top, v.inside = v.off, true
	}
	said := html.UnescapeString(string(raw))
	if i := strings.Index(said, "-----BEGIN PGP "); i >= 0 && v.armor == "" {
		v.armor = armorOf(said[i:])
	}
	for _, f := range v.finders {
		f.show([]byte(said))
	}
	if v.frames.hidden() {
		return
	}
	v.quotes.text(said, v.off+int64(len(raw)-len(bytes.TrimLeft(raw, " \t\r\n"))), v.here)
}

func (v *htmlView) start(raw []byte) {
	t := v.z.Token()
	switch {
	case t.Data == "body":
		v.top, v.inside = v.off+int64(len(raw)), true
	case t.Data == "meta":
		v.charset(t)
	case !v.inside && !ahead[t.Data]:
		v.top, v.inside = v.off, true
	}
	if blocks[t.Data] {
		v.lineBreak()
	}
	if !v.frames.hidden() {
		v.quotes.start(t, v.here)
	}
	if hides[t.Data] && v.raw == "" && t.Type == html.StartTagToken {
		v.raw, v.rawAt = t.Data, v.here()
	}
	v.frames.start(t)
}

func (v *htmlView) end(name string) {
	if name == v.raw {
		v.raw = ""
	}
	if blocks[name] {
		v.lineBreak()
	}
	switch name {
	case "body":
		v.body = v.here()
	case "html":
		v.root = v.here()
	}
	v.quotes.end(name)
	v.frames.end(name)
	if !v.inside && (name == "head" || name == "title" || name == "style" || name == "script") {
		v.top = v.off + int64(len(v.z.Raw()))
	}
}

func (v *htmlView) lineBreak() {
	for _, f := range v.finders {
		f.lineEnds()
	}
}

// ahead are the elements that may stand before what is shown.
var ahead = map[string]bool{"html": true, "head": true, "meta": true, "link": true, "base": true, "title": true, "style": true,
	"script": true}

var metaCharset = regexp.MustCompile(`(?i)charset\s*=\s*["']?([^\s"';]+)`)

func (v *htmlView) charset(t html.Token) {
	if c := attr(t, "charset"); c != "" {
		v.meta = strings.ToLower(c)
	} else if m := metaCharset.FindStringSubmatch(attr(t, "content")); m != nil {
		v.meta = strings.ToLower(m[1])
	}
}

func (v *htmlView) finish(place Place) {
	for _, f := range v.finders {
		v.present = f.end() || v.present
	}
	if v.crlf {
		v.eol = "\r\n"
	} else if v.lf {
		v.eol = "\n"
	}
	at := v.bottom()
	switch {
	case place == Top && v.inside:
		at = spot{at: v.top, column: maxLine} // a line of its own
	case place == AboveQuote && v.quotes.at.set:
		at, v.quoted = v.quotes.at, true
		at.closing = "" // what is open there stays open for the quotation, too
	}
	v.at, v.column, v.closing, v.inLine = at.at, at.column, at.closing, at.column > 0
}

// bottom is before the last real </body> or </html>, or the end; what hides all behind it stays behind.
func (v *htmlView) bottom() spot {
	switch {
	case v.body.set:
		return v.body
	case v.root.set:
		return v.root
	case v.closed.set:
		return v.closed
	case v.raw != "":
		return v.rawAt
	}
	end := v.here() // the tokenizer leaves half a tag unread
	if v.half {
		end.at, end.column = end.at-2, end.column-2
	}
	return end
}

// hides are the elements that hold text, not elements, up to their end tag.
var hides = map[string]bool{"iframe": true, "noembed": true, "noframes": true, "plaintext": true, "script": true,
	"style": true, "title": true, "textarea": true, "xmp": true}

// commentEnds tells whether a comment has its end. Whatever else begins with <! or <? is one that ends at the first >.
func commentEnds(raw []byte) bool {
	if !bytes.HasPrefix(raw, []byte("<!--")) {
		return bytes.HasSuffix(raw, []byte(">"))
	}
	for _, end := range []string{"-->", "--!>"} {
		if bytes.HasSuffix(raw, []byte(end)) {
			return true
		}
	}
	return string(raw) == "<!-->"
}
