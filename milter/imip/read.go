// Package imip is the mail binding of iTIP (RFC 6047): which scheduling objects a mail holds, and the automatic
// mail that answers one.
//
// It knows mails and calendar objects. It does not know envelopes, who may say what, the directory, calendars or
// what becomes of a mail.
package imip

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

// Letter is what a mail says about calendars.
type Letter struct {
	Objects []*itip.Object
	Others  []*itip.Object // what is no message about an event: tasks, objects without METHOD
	Why     string         // why it says nothing we can act on
	Odd     string         // why it is believed only of somebody who is logged in
}

// Silent tells whether there is nothing to act on: the mail stays untouched.
func (l Letter) Silent() bool { return len(l.Objects) == 0 }

// Read collects the scheduling objects of a mail. What cannot be read makes the mail one we do not touch,
// with the reason: a person may still make sense of it.
func Read(mail *message.Message) Letter {
	var l Letter
	parts := mail.CalendarParts()
	switch {
	case len(parts) == 0:
		return Letter{}
	case mail.Truncated():
		return Letter{Why: "left alone: more parts than can be read"}
	case len(parts) > maxParts:
		return Letter{Why: fmt.Sprintf("left alone: more than %d calendar parts", maxParts)}
	}
	for _, part := range parts {
		if err := l.add(part); err != nil {
			return Letter{Why: fmt.Sprintf("left alone: calendar part %v: %v", part.Path, err)}
		}
	}
	switch {
	case len(l.Objects) == 0:
		l.Why = "left alone: nothing in it is a message about an event"
	case len(l.Objects) > 1:
		l.Odd = "several events in one mail" // D-06
	}
	return l
}

func (l *Letter) add(part *message.Part) error {
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
			l.Odd = "METHOD is not what the part is labelled with" // S6047-10, S6047-11
		}
		if err := l.take(o); err != nil {
			return err
		}
	}
	return nil
}

// take adds an object, unless it is a copy of one (S6047-17). Two that differ under one UID cannot both be meant.
func (l *Letter) take(o *itip.Object) error {
	if o.Method() == "" || o.Kind() != itip.Event {
		l.Others = append(l.Others, o)
	} else {
		for _, seen := range l.Objects {
			switch {
			case seen.UID() != o.UID():
			case seen.Method() == o.Method() && itip.SameContent(seen, o):
				return nil
			default:
				return fmt.Errorf("it differs from another part with the same UID")
			}
		}
		l.Objects = append(l.Objects, o)
	}
	if len(l.Objects)+len(l.Others) > maxObjects {
		return fmt.Errorf("more than %d objects in one mail", maxObjects)
	}
	return nil
}

// Whole tells whether the objects are all that the mail says: what is left over may only be a copy of one of
// them for the archive, without METHOD.
func (l Letter) Whole() bool {
	for _, o := range l.Others {
		copied := false
		for _, seen := range l.Objects {
			copied = copied || seen.UID() == o.UID() && itip.SameContent(seen, o)
		}
		if !copied {
			return false
		}
	}
	return true
}
