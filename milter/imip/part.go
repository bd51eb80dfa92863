package imip

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"usher/itip"
	"usher/milter/message"
)

// part are the objects of a part and of those below. Its error begins with the path of the part that is wrong.
func (r *reader) part(p *message.Part) ([]Item, error) {
	switch {
	case p.IsLeaf() && p.MediaType() == "text/calendar":
		items, err := r.leaf(p)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", p.Path, err)
		}
		return items, nil
	case p.IsLeaf(), !p.IsMultipart():
		return nil, nil
	}
	var forms [][]Item
	for _, c := range p.Children {
		form, err := r.part(c)
		if err != nil {
			return nil, err
		}
		if len(form) > 0 {
			forms = append(forms, form)
		}
	}
	if p.MediaType() == "multipart/alternative" && len(forms) > 1 {
		return r.choose(forms)
	}
	return slices.Concat(forms...), nil
}

// leaf reads one text/calendar.
func (r *reader) leaf(p *message.Part) ([]Item, error) {
	text, err := r.text(p)
	if err != nil {
		return nil, err
	}
	if r.bytes += len(text); r.bytes > maxText {
		return nil, fmt.Errorf("more than %d bytes of calendars in one mail", maxText)
	}
	objects, err := itip.Parse(text)
	if err != nil {
		return nil, err
	}
	for _, what := range objects[0].Repairs { // those of the whole part
		r.note(p, what)
	}
	if calendars(text) > 1 {
		r.odd("several VCALENDARs in one part") // D-06
	}
	var items []Item
	for _, o := range objects {
		items = append(items, Item{Object: o, Part: p, Label: r.label(p, o)})
	}
	return items, nil
}

// calendars counts the objects of a part. RFC 5545 3.4 allows several; RFC 6047 2.4 means one.
func calendars(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		if bytes.EqualFold(bytes.TrimRight(line, " \t\r\n"), []byte("BEGIN:VCALENDAR")) {
			n++
		}
	}
	return n
}

// label compares, and says for the log what is not the same.
func (r *reader) label(p *message.Part, o *itip.Object) Label {
	said, method := strings.TrimSpace(p.Param("method")), o.Method()
	switch {
	case method == "", strings.EqualFold(said, method):
		return Labelled
	case said == "":
		r.note(p, fmt.Sprintf("no method parameter, METHOD is %.20q", method))
		return Unlabelled
	}
	r.note(p, fmt.Sprintf("the method parameter is %.20q, METHOD is %.20q", said, method))
	return Mislabelled
}
