package message

import "bytes"

// CalendarParts are the parts of type text/calendar, in any nesting of multiparts and never in a mail inside
// the mail (RFC 6047 2.4). The type decides; a file name never does. Of a multipart/alternative it is the last
// form that holds one; if an earlier form holds something else, both are returned and marked Ambiguous.
func (m *Message) CalendarParts() []*Part { return calendars(m.Root()) }

func calendars(p *Part) []*Part {
	switch {
	case p.IsLeaf():
		if p.mediaType == "text/calendar" {
			return []*Part{p}
		}
		return nil
	case !p.IsMultipart():
		return nil
	}
	forms := formsOf(p)
	if p.mediaType == "multipart/alternative" && len(forms) > 1 && !anyAmbiguous(forms) {
		forms = forms[len(forms)-1:]
	}
	var all []*Part
	for _, form := range forms {
		all = append(all, form...)
	}
	return all
}

// formsOf are the calendar parts of each child that has any.
func formsOf(p *Part) [][]*Part {
	var forms [][]*Part
	for _, c := range p.Children {
		if form := calendars(c); len(form) > 0 {
			forms = append(forms, form)
		}
	}
	return forms
}

// anyAmbiguous tells whether forms of one alternative differ, as markAmbiguous saw it.
func anyAmbiguous(forms [][]*Part) bool {
	for _, form := range forms {
		if !form[0].Ambiguous {
			return false
		}
	}
	return true
}

// markAmbiguous compares the calendars of every alternative that has more than one, which is rare.
func markAmbiguous(p *Part) {
	for _, c := range p.Children {
		markAmbiguous(c)
	}
	if p.mediaType != "multipart/alternative" {
		return
	}
	forms := formsOf(p)
	for i := 1; i < len(forms); i++ {
		if !sameCalendars(forms[i-1], forms[i]) {
			mark(forms)
			return
		}
	}
}

func mark(forms [][]*Part) {
	for _, form := range forms {
		for _, p := range form {
			p.Ambiguous = true
		}
	}
}

func sameCalendars(a, b []*Part) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, ok := plainContent(a[i])
		y, also := plainContent(b[i])
		if !ok || !also || !bytes.Equal(x, y) {
			return false
		}
	}
	return true
}

// plainSize is more than any invitation that a person wrote needs twice in one mail.
const plainSize = 1 << 20

// plainContent is the content without what transfer encodings do to line ends.
func plainContent(p *Part) ([]byte, bool) {
	b, err := p.Bytes(plainSize)
	if err != nil {
		return nil, false
	}
	return bytes.TrimSpace(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))), true
}
