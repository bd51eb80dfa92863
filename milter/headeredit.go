package milter

import (
	"slices"
	"strings"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/message"
)

// headerEdits is the way from one header to another. Fields that arrived are known by their place; changes and
// deletions come from the last to the first, so that the index among equal names stays true for those before.
func (a agreement) headerEdits(old, now message.Header) []edit {
	if slices.Equal(old, now) {
		return nil
	}
	kept, top, bottom := sortFields(old, now)
	index := indices(old)
	var edits []edit
	for i := len(old) - 1; i >= 0; i-- {
		was, is := old[i], kept[i]
		switch {
		case is.Origin == 0: // gone; an empty value deletes
			edits = append(edits, edit{gomilter.ActChangeHeader, index[i], was.Name, ""})
		case is != was:
			edits = append(edits, edit{gomilter.ActChangeHeader, index[i], is.Name, a.value(is.Raw)})
		}
	}
	for _, f := range slices.Backward(top) { // each goes above the one before; 0 is above the MTA's own Received
		edits = append(edits, edit{gomilter.ActInsertHeader, 0, f.Name, a.value(f.Raw)})
	}
	for _, f := range bottom {
		edits = append(edits, edit{gomilter.ActAddHeader, 0, f.Name, a.value(f.Raw)})
	}
	return edits
}

// sortFields tells fields that arrived from those that are new: above all that arrived, or not.
func sortFields(old, now message.Header) (kept, top, bottom []message.Field) {
	kept = make([]message.Field, len(old))
	any := false
	for _, f := range now {
		at := f.Origin - 1
		switch {
		case at >= 0 && at < len(old) && kept[at].Origin == 0 && f.Is(old[at].Name):
			kept[at], any = f, true
		case any:
			bottom = append(bottom, f)
		default:
			top = append(top, f)
		}
	}
	if !any { // another mail in its place: below what the mail server writes itself
		top, bottom = nil, top
	}
	return kept, top, bottom
}

// indices counts fields of equal name from 1.
func indices(h message.Header) []int {
	seen := map[string]int{}
	all := make([]int, len(h))
	for i, f := range h {
		name := strings.ToLower(f.Name)
		seen[name]++
		all[i] = seen[name]
	}
	return all
}

// raw is a header value as it stood in the mail. Without HeaderLeadingSpace mail servers eat one space.
func (a agreement) raw(value string) string {
	if a.has(gomilter.OptHeaderLeadingSpace) || value == "" || value[0] == '\t' {
		return value
	}
	return " " + value
}

// value is the other way round. The library makes CRLF LF; a CR left alone would be one too many, and a line
// that does not begin with white space would be no fold.
func (a agreement) value(raw string) string {
	if strings.ContainsAny(raw, "\r\n\x00") {
		raw = unbreak(raw)
	}
	if !a.has(gomilter.OptHeaderLeadingSpace) {
		raw = strings.TrimPrefix(raw, " ")
	}
	if raw == "" {
		return " " // an empty one would delete the field
	}
	return raw
}

func unbreak(raw string) string {
	raw = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(raw)
	lines := strings.Split(raw, "\n")
	kept := lines[:1]
	for _, l := range lines[1:] {
		if strings.Trim(l, " \t") == "" {
			continue
		}
		if l[0] != ' ' && l[0] != '\t' {
			l = "\t" + l
		}
		kept = append(kept, l)
	}
	return strings.Join(kept, "\n")
}
