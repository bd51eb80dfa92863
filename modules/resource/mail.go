package resource

import (
	"fmt"
	"strings"

	"usher/itip"
	"usher/milter/filter"
)

// maxCalendarPart bounds a calendar part, in bytes of its decoded text.
const maxCalendarPart = 1 << 20

// letter is what a mail says about calendars.
type letter struct {
	objects []*itip.Object
	why     string // why it says nothing we can act on
}

// silent tells whether there is nothing to act on: the mail stays untouched.
func (l letter) silent() bool { return len(l.objects) == 0 }

// read collects the scheduling objects of a mail. What cannot be read makes the mail one we do not touch,
// with the reason: a person may still make sense of it.
func read(tx *filter.Tx) letter {
	var l letter
	for _, part := range tx.Message.CalendarParts() {
		text, err := part.Text(maxCalendarPart)
		if err != nil {
			return letter{why: fmt.Sprintf("left alone: calendar part %v: %v", part.Path, err)}
		}
		objects, err := itip.Parse([]byte(text))
		if err != nil {
			return letter{why: fmt.Sprintf("left alone: calendar part %v: %v", part.Path, err)}
		}
		for _, o := range objects {
			if o.Method() != "" && o.Kind() == "VEVENT" && !l.has(o) {
				l.objects = append(l.objects, o)
			}
		}
	}
	return l
}

// has tells whether the mail carries the same object twice (S6047-17).
func (l letter) has(o *itip.Object) bool {
	for _, seen := range l.objects {
		if seen.UID() == o.UID() && seen.Method() == o.Method() && itip.SameContent(seen, o) {
			return true
		}
	}
	return false
}

// title is what an object is called in texts.
func title(o *itip.Object) string {
	for _, c := range o.Scheduled() {
		if s := strings.TrimSpace(c.Text("SUMMARY")); s != "" {
			return s
		}
	}
	return "?"
}
