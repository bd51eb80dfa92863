package addendum

import (
	"mime"
	"regexp"
	"strings"

	"usher/milter/message"
)

var charsetParam = regexp.MustCompile(`(?i)(;\s*charset\s*=\s*)("[^"]*"|[^;\s]*)`)

// withCharset is the part's content type with another charset and everything else as it is written. Of one that is
// written wrongly those parameters are kept that say how the text is to be shown.
func withCharset(p *message.Part, charset string) message.Field {
	for _, f := range p.Header {
		if !f.Is("Content-Type") {
			continue
		}
		_, params, err := mime.ParseMediaType(f.Value())
		places := charsetParam.FindAllStringIndex(f.Raw, -1)
		switch {
		case err == nil && len(places) == 1 && !strings.Contains(strings.ToLower(f.Raw), "charset*"):
			f.Raw = charsetParam.ReplaceAllString(f.Raw, "${1}"+charset)
			return f
		case err == nil && params["charset"] == "" && len(places) == 0:
			f.Raw = strings.TrimRight(f.Raw, " \t;") + "; charset=" + charset
			return f
		}
		break
	}
	params := map[string]string{"charset": charset}
	for _, name := range []string{"format", "delsp"} {
		if v := p.Param(name); v != "" {
			params[name] = v
		}
	}
	return message.NewField("Content-Type", mime.FormatMediaType(p.MediaType(), params))
}

// declared are the fields of a part that say how it is written, with MIME-Version for the whole mail if it has none.
func declared(p *message.Part, fields ...message.Field) []message.Field {
	if len(fields) > 0 && len(p.Path) == 0 && !p.Header.Has("MIME-Version") {
		fields = append(fields, message.NewField("MIME-Version", "1.0"))
	}
	return fields
}

func isFlowed(p *message.Part) bool {
	return p.MediaType() == "text/plain" && strings.EqualFold(p.Param("format"), "flowed")
}

// flowed writes words for a format=flowed part: no line flows into the next, and those a reader would take for
// quoted or stuffed are stuffed (RFC 3676 4.2, 4.4). The signature's "-- " is what it is (4.3).
func flowed(words string) string {
	lines := strings.Split(words, "\n")
	for i, l := range lines {
		if l != "-- " {
			l = strings.TrimRight(l, " ")
		}
		if strings.HasPrefix(l, " ") || strings.HasPrefix(l, ">") || strings.HasPrefix(l, "From ") {
			l = " " + l
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}
