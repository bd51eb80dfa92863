package addendum

import (
	"bytes"

	"golang.org/x/net/html"
)

// bodyEnd is the offset of the last real </body> or </html>, or the end. A tokenizer finds it, so that one in a
// script, a comment or an attribute does not count. What hides all behind it and is never closed, a comment, a
// script, half a tag, stays behind the offset.
func bodyEnd(doc []byte) int {
	z := html.NewTokenizer(bytes.NewReader(doc))
	at, body, root := 0, -1, -1
	hidden, hider := -1, ""
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := z.Raw()
		end := at + len(raw)
		switch kind {
		case html.CommentToken:
			if !closed(raw) {
				hidden = at
			}
		case html.StartTagToken:
			if name, _ := z.TagName(); hides[string(name)] {
				hidden, hider = at, string(name)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == hider {
				hidden, hider = -1, ""
			}
			switch string(name) {
			case "body":
				body = at
			case "html":
				root = at
			}
		}
		at = end
	}
	switch {
	case body >= 0:
		return body
	case root >= 0:
		return root
	case hidden >= 0:
		return hidden
	}
	return at - len(halfTag(doc[:at]))
}

// halfTag is what is text at the end of a document, and a comment when anything follows.
func halfTag(doc []byte) []byte {
	if bytes.HasSuffix(doc, []byte("</")) {
		return doc[len(doc)-2:]
	}
	return nil
}

// hides are the elements that hold text, not elements, up to their end tag.
var hides = map[string]bool{"iframe": true, "noembed": true, "noframes": true, "plaintext": true, "script": true,
	"style": true, "title": true, "textarea": true, "xmp": true}

// closed tells whether a comment has its end. Whatever else begins with <! or <? is one that ends at the first >.
func closed(raw []byte) bool {
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
