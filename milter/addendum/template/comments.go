package template

import (
	htmltemplate "html/template"
	"regexp"
	"strconv"
	"strings"
)

// comment is one, or a condition for Outlook that is written like one; what stands in scripts and styles is neither.
var comment = regexp.MustCompile(`(?is)<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->|<!\[[^\]>]*\]>`)

// comments sees to it that those in HTML stay: the library would leave them out, and Outlook reads instructions in them.
// Attributes in them would be left out, too, and are mistakes.
func comments(name, source string) (kept string, wrong []Mistake) {
	var b strings.Builder
	at := 0
	for _, span := range comment.FindAllStringIndex(source, -1) {
		text := source[span[0]:span[1]]
		if !strings.HasPrefix(text, "<!") {
			continue
		}
		if strings.Contains(text, "{{") {
			wrong = append(wrong, Mistake{name, 1 + strings.Count(source[:span[0]], "\n"), "attributes in a comment are not shown, want them outside of it"})
		}
		b.WriteString(source[at:span[0]] + "{{comment " + strconv.Quote(text) + "}}" + lineEnds(text))
		at = span[1]
	}
	return b.String() + source[at:], wrong
}

// lineEnds keeps the numbers of the lines that follow a text.
func lineEnds(text string) string {
	n := strings.Count(text, "\n")
	if n == 0 {
		return ""
	}
	return "{{/* " + strings.Repeat("\n", n) + "*/}}"
}

func asWritten(text string) htmltemplate.HTML { return htmltemplate.HTML(text) }
