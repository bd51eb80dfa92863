package addendum

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/net/html"
)

// complete gives both forms: the one that is missing is made of the other.
func (w Words) complete() Words {
	clean := strings.NewReplacer("\r\n", "\n", "\x00", "").Replace
	w.Text, w.HTML = strings.TrimRight(clean(w.Text), "\n"), strings.TrimRight(clean(w.HTML), "\n")
	switch {
	case w.Text == "":
		w.Text = plain(w.HTML)
	case w.HTML == "":
		lines := strings.ReplaceAll(html.EscapeString(w.Text), "\n", "<br>\n")
		w.HTML = "<p>" + lines + "</p>"
	}
	return w
}

// marker names the words in HTML, for a mail that quotes them; it does not say whose they are.
func (w Words) marker() string {
	sum := sha256.Sum256([]byte(key(w.Text) + "\x00" + key(plain(w.HTML))))
	return "addendum-" + hex.EncodeToString(sum[:6])
}

// plain is what a reader sees of HTML: a line for each block, an item or a cell set off, and where a link leads.
func plain(fragment string) string {
	var p plainText
	z := html.NewTokenizer(strings.NewReader(fragment))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		t := z.Token()
		switch kind {
		case html.TextToken:
			if !p.hidden {
				p.write(t.Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			p.open(t)
		case html.EndTagToken:
			p.close(t.Data)
		}
	}
	return strings.TrimSpace(p.b.String())
}

type plainText struct {
	b      strings.Builder
	link   string // where the open link leads
	said   string // what it says
	space  bool   // white space is due
	breaks int    // line breaks at the end
	hidden bool
}

func (p *plainText) write(text string) {
	p.said += text
	for i, word := range strings.Fields(text) {
		if (i > 0 || p.space || strings.TrimLeft(text, " \t\r\n") != text) && p.b.Len() > 0 && p.breaks == 0 {
			p.b.WriteByte(' ')
		}
		p.b.WriteString(word)
		p.space, p.breaks = false, 0
	}
	p.space = strings.TrimRight(text, " \t\r\n") != text
}

func (p *plainText) line(n int) {
	for p.b.Len() > 0 && p.breaks < n {
		p.b.WriteByte('\n')
		p.breaks++
	}
	p.space = false
}

func (p *plainText) open(t html.Token) {
	switch t.Data {
	case "br":
		p.line(p.breaks + 1)
	case "hr":
		p.line(1)
		p.write("--------")
		p.line(1)
	case "li":
		p.line(1)
		p.write("-")
		p.space = true
	case "td", "th":
		p.space = true
	case "a":
		p.link, p.said = attr(t, "href"), ""
	case "img":
		p.write(attr(t, "alt"))
	case "style", "script", "title":
		p.hidden = true
	default:
		p.block(t.Data)
	}
}

func (p *plainText) close(name string) {
	switch name {
	case "a":
		shown := strings.TrimSpace(p.said)
		bare := strings.TrimPrefix(strings.TrimPrefix(p.link, "mailto:"), "tel:")
		if p.link != "" && !strings.HasPrefix(p.link, "#") && !strings.EqualFold(bare, shown) && !strings.Contains(p.link, shown) {
			p.space = true
			p.write("<" + p.link + ">")
		}
		p.link = ""
	case "style", "script", "title":
		p.hidden = false
	}
	p.block(name)
}

func (p *plainText) block(name string) {
	if name == "p" {
		p.line(2)
	} else if blocks[name] && name != "td" && name != "th" {
		p.line(1)
	}
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// blocks are the elements that begin and end a line.
var blocks = map[string]bool{"address": true, "article": true, "blockquote": true, "body": true, "br": true, "center": true,
	"dd": true, "div": true, "dl": true, "dt": true, "fieldset": true, "footer": true, "form": true, "h1": true, "h2": true,
	"h3": true, "h4": true, "h5": true, "h6": true, "header": true, "hr": true, "html": true, "li": true, "ol": true, "p": true,
	"pre": true, "section": true, "table": true, "tbody": true, "td": true, "th": true, "tr": true, "ul": true}
