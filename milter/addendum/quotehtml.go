package addendum

import (
	"strings"

	"golang.org/x/net/html"
)

// quoteView finds where the quoted end of an HTML text begins: at what mailers put around or before what is answered.
type quoteView struct {
	at     spot
	within string // the element that holds the quotation; text behind its end is an answer
	depth  int    // elements of its name that are open in it
	final  bool   // all behind is quoted

	block   spot   // where the last blocks began that nothing was shown in yet
	fresh   bool   // a line begins
	said    string // on the line
	border  spot   // a line above, as Outlook draws it: before a label it is one
	attrib  spot   // "On … wrote:"
	rule    spot   // <hr>
	pending spot
}

// start looks at a start tag.
func (q *quoteView) start(t html.Token, here func() spot) {
	if q.final {
		return
	}
	if q.within != "" && t.Data == q.within && !void[t.Data] {
		q.depth++
	}
	if q.at.set {
		q.block = first(q.block, here)
		return
	}
	if len(t.Attr) == 0 && t.Data != "hr" { // says nothing about quotations
		q.opens(t, here)
		return
	}
	switch kind := quoteKind(t); {
	case kind == "block":
		if !attribution(q.said) {
			q.attrib = spot{}
		}
		q.at = or(q.attrib, or(q.pending, here()))
		q.within, q.depth = t.Data, 1
	case kind == "end":
		q.at, q.final = or(q.rule, here()), true
	case kind == "prefix":
		q.pending = or(q.pending, here())
	case outlookBorder(t):
		q.border = or(q.block, here())
	case t.Data == "hr":
		q.rule = here()
		return
	}
	q.opens(t, here)
}

// opens is the start of an element that may begin a line.
func (q *quoteView) opens(t html.Token, here func() spot) {
	if blocks[t.Data] {
		q.fresh = true
	}
	if blocks[t.Data] && t.Data != "br" {
		q.block = first(q.block, here)
	}
}

func first(s spot, here func() spot) spot {
	if s.set {
		return s
	}
	return here()
}

func or(s, t spot) spot {
	if s.set {
		return s
	}
	return t
}

// text is shown to a reader.
func (q *quoteView) text(said string, at int64, here func() spot) {
	trimmed := strings.TrimSpace(strings.ReplaceAll(said, "\u00a0", " "))
	if trimmed == "" || q.final {
		return
	}
	if q.at.set {
		if q.within == "" { // an answer below
			*q = quoteView{fresh: true}
		} else {
			return
		}
	}
	begin := q.block
	if !begin.set {
		begin = here()
	}
	if q.border.set && from.MatchString(trimmed) || isOriginal(cutStart(trimmed, 190)) {
		q.at, q.final = or(q.border, begin), true
		return
	}
	if q.fresh {
		q.said, q.attrib, q.fresh = "", begin, false
	}
	q.border, q.rule = spot{}, spot{}
	if q.pending.set {
		q.block = spot{}
		return // what the prefix says
	}
	q.said, q.block = cutEnd(q.said+" "+trimmed, 600), spot{}
}

func cutStart(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

func cutEnd(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}

func (q *quoteView) end(name string) {
	if q.within == "" || q.final || name != q.within {
		return
	}
	if q.depth--; q.depth == 0 {
		q.within = ""
	}
}

// quoteKind tells what a tag is to a quotation: "block" holds it, "end" stands before it, "prefix" introduces a block.
func quoteKind(t html.Token) string {
	id, class := strings.ToLower(attr(t, "id")), " "+strings.ToLower(attr(t, "class"))+" "
	switch {
	case strings.Contains(class, "moz-cite-prefix"):
		return "prefix"
	case hasSuffix(id, "divrplyfwdmsg", "appendonsend", "olk_src_body_section", "mail-editor-reference-message-container", "replysplit"):
		return "end"
	case strings.Contains(class, " outlookmessageheader ") || strings.Contains(class, "moz-forward-container"):
		return "end"
	case t.Data == "blockquote" && strings.EqualFold(attr(t, "type"), "cite"):
		return "block"
	case t.Data == "div" && strings.EqualFold(attr(t, "name"), "quote"):
		return "block"
	}
	for _, c := range []string{"gmail_quote", "gmail_extra", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra", "gmail_quote_container"} {
		if strings.Contains(class, c+" ") || strings.HasPrefix(id, c) {
			return "block"
		}
	}
	return ""
}

func hasSuffix(id string, names ...string) bool {
	for _, n := range names {
		if strings.HasSuffix(id, n) {
			return true
		}
	}
	return false
}

// outlookBorder is the element whose upper border Outlook draws between an answer and what is answered.
func outlookBorder(t html.Token) bool {
	style := strings.ReplaceAll(strings.ToLower(attr(t, "style")), " ", "")
	return t.Data == "div" && strings.Contains(style, "border-top:solid#") && strings.Contains(style, "border:none")
}
