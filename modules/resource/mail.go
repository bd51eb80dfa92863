package resource

import (
	"fmt"
	"strings"

	"usher/itip"
	"usher/milter/message"
)

// What is read of one mail is bounded: each object costs a look into the calendar of each resource.
const (
	maxCalendarPart = 1 << 20 // bytes of a calendar part, decoded
	maxParts        = 50
	maxObjects      = 50
)

// letter is what a mail says about calendars.
type letter struct {
	objects []*itip.Object
	others  []*itip.Object // what is no message about an event: tasks, objects without METHOD
	why     string         // why it says nothing we can act on
	odd     string         // why it is believed only of somebody who is logged in
}

// silent tells whether there is nothing to act on: the mail stays untouched.
func (l letter) silent() bool { return len(l.objects) == 0 }

// read collects the scheduling objects of a mail. What cannot be read makes the mail one we do not touch,
// with the reason: a person may still make sense of it.
func read(mail *message.Message) letter {
	var l letter
	parts := mail.CalendarParts()
	switch {
	case len(parts) == 0:
		return letter{}
	case mail.Truncated():
		return letter{why: "left alone: more parts than can be read"}
	case len(parts) > maxParts:
		return letter{why: fmt.Sprintf("left alone: more than %d calendar parts", maxParts)}
	}
	for _, part := range parts {
		if err := l.add(part); err != nil {
			return letter{why: fmt.Sprintf("left alone: calendar part %v: %v", part.Path, err)}
		}
	}
	switch {
	case len(l.objects) == 0:
		l.why = "left alone: nothing in it is a message about an event"
	case len(l.objects) > 1:
		l.odd = "several events in one mail" // D-06
	}
	return l
}

func (l *letter) add(part *message.Part) error {
	if part.Ambiguous {
		return fmt.Errorf("another form of it says something else") // S6047-13
	}
	text, err := part.Text(maxCalendarPart)
	if err != nil {
		return err
	}
	objects, err := itip.Parse([]byte(text))
	if err != nil {
		return err
	}
	for _, o := range objects {
		if said := part.Param("method"); o.Method() != "" && !strings.EqualFold(said, o.Method()) {
			l.odd = "METHOD is not what the part is labelled with" // S6047-10, S6047-11
		}
		if err := l.take(o); err != nil {
			return err
		}
	}
	return nil
}

// take adds an object, unless it is a copy of one (S6047-17). Two that differ under one UID cannot both be meant.
func (l *letter) take(o *itip.Object) error {
	if o.Method() == "" || o.Kind() != itip.Event {
		l.others = append(l.others, o)
	} else {
		for _, seen := range l.objects {
			switch {
			case seen.UID() != o.UID():
			case seen.Method() == o.Method() && itip.SameContent(seen, o):
				return nil
			default:
				return fmt.Errorf("it differs from another part with the same UID")
			}
		}
		l.objects = append(l.objects, o)
	}
	if len(l.objects)+len(l.others) > maxObjects {
		return fmt.Errorf("more than %d objects in one mail", maxObjects)
	}
	return nil
}

// whole tells whether the objects are all that the mail says: what is left over may only be a copy of one of
// them for the archive, without METHOD.
func (l letter) whole() bool {
	for _, o := range l.others {
		copied := false
		for _, seen := range l.objects {
			copied = copied || seen.UID() == o.UID() && itip.SameContent(seen, o)
		}
		if !copied {
			return false
		}
	}
	return true
}
