package addendum

import (
	"strings"

	"golang.org/x/net/html"
)

// frames are the open elements that keep what is put into them from being seen where it belongs: hidden ones, tables,
// links and those that show no text.
type frames struct {
	open  []frame
	hides int
}

type frame struct {
	name   string
	inside int // elements of the same name that are open in it
	hidden bool
}

// maxFrames is how deep they are told apart; what is nested deeper was not written to be read.
const maxFrames = 64

// swallow are the elements that show no words put into them, or not as they are.
var swallow = map[string]bool{"a": true, "audio": true, "button": true, "canvas": true, "datalist": true, "math": true,
	"object": true, "option": true, "select": true, "svg": true, "table": true, "template": true, "video": true}

// void are the elements that have no end.
var void = map[string]bool{"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true}

func (f *frames) start(t html.Token) {
	if void[t.Data] || t.Data == "body" || t.Data == "html" {
		return
	}
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i].name == t.Data && !swallow[t.Data] {
			f.open[i].inside++
			break
		}
		if f.open[i].name == "table" {
			break
		}
	}
	hidden := isHidden(t)
	if (hidden || swallow[t.Data]) && len(f.open) < maxFrames {
		f.open = append(f.open, frame{name: t.Data, hidden: hidden})
		if hidden {
			f.hides++
		}
	}
}

func (f *frames) end(name string) {
	for i := len(f.open) - 1; i >= 0; i-- {
		switch {
		case f.open[i].name == name && f.open[i].inside > 0:
			f.open[i].inside--
			return
		case f.open[i].name == name:
			f.cut(i)
			return
		case f.open[i].name == "table": // an end tag does not reach out of a cell
			return
		}
	}
}

func (f *frames) cut(n int) {
	for _, o := range f.open[n:] {
		if o.hidden {
			f.hides--
		}
	}
	f.open = f.open[:n]
}

func (f *frames) hidden() bool { return f.hides > 0 }

// closing are the end tags that lead out of all of them.
func (f *frames) closing() string {
	var b strings.Builder
	for i := len(f.open) - 1; i >= 0; i-- {
		for range f.open[i].inside + 1 {
			if b.Len() > 512 {
				return b.String()
			}
			b.WriteString("</" + f.open[i].name + ">")
		}
	}
	return b.String()
}

// isHidden tells whether a style, or the attribute made for it, hides an element.
func isHidden(t html.Token) bool {
	for _, a := range t.Attr {
		if a.Key == "hidden" {
			return true
		}
		if a.Key == "style" && hidingStyle(a.Val) {
			return true
		}
	}
	return false
}

func hidingStyle(style string) bool {
	if len(style) > 4096 {
		style = style[:4096]
	}
	for decl := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(decl, ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(name) + ":" + value {
		case "display:none", "visibility:hidden", "visibility:collapse", "mso-hide:all", "opacity:0", "max-height:0", "max-height:0px",
			"height:0", "height:0px", "font-size:0", "font-size:0px", "width:0", "width:0px":
			return true
		}
	}
	return false
}
