// Package imip is the mail binding of iTIP (RFC 6047): which scheduling objects a mail holds, and the automatic
// mail that answers one.
//
// It knows mails and calendar objects. It does not know envelopes, who may say what, the directory, calendars or
// what becomes of a mail.
package imip

import (
	"fmt"
	"slices"

	"usher/itip"
	"usher/milter/message"
)

// What is read of one mail is bounded: each object costs a look into somebody's calendar.
const (
	maxParts   = 50
	maxPart    = itip.MaxSize // bytes of a calendar part, decoded
	maxText    = 2 << 20      // bytes of all of them; of the densest kind, in several forms, that takes half a second
	maxObjects = 50
	maxRepairs = 100
)

// Read collects the scheduling objects of a mail: messages of these kinds (itip.Event, itip.Todo …; of every kind
// if none is named) in Items. The parts of type text/calendar count, in any nesting of multiparts and never in a
// mail inside the mail; of a multipart/alternative one form. Whatever cannot be read makes the mail one that we do
// not touch, with the reason: a person may still make sense of it.
func Read(mail *message.Message, kinds ...string) Letter {
	l := read(mail, kinds)
	l.Automatic = automatic(mail.Header)
	return l
}

func read(mail *message.Message, kinds []string) Letter {
	found := find(mail.Root())
	switch {
	case len(found.calendars) == 0 && len(found.copies) > 0: // S6047-16
		return Letter{Why: "left alone: a calendar only as application/ics, which is a file and no message"}
	case len(found.calendars) == 0:
		return Letter{}
	case mail.Truncated():
		return Letter{Why: "left alone: more parts than can be read"}
	case len(found.calendars) > maxParts:
		return Letter{Why: fmt.Sprintf("left alone: more than %d calendar parts", maxParts)}
	}
	r := reader{kinds: kinds}
	if err := r.read(mail.Root()); err != nil {
		return Letter{Why: fmt.Sprintf("left alone: calendar part %v", err), Repairs: r.Repairs}
	}
	for _, p := range found.copies {
		r.note(p, "application/ics is not looked at") // S6047-17
	}
	r.judge()
	return r.Letter
}

// reader makes a Letter.
type reader struct {
	Letter
	kinds []string
	bytes int // decoded so far
}

func (r *reader) read(root *message.Part) error {
	items, err := r.part(root)
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := r.take(i); err != nil {
			return fmt.Errorf("%v: %w", i.Part.Path, err)
		}
	}
	return nil
}

// take adds an object, unless it is a copy of one. Two that differ under one UID cannot both be meant.
func (r *reader) take(i Item) error {
	if len(r.Items)+len(r.Others) == maxObjects {
		return fmt.Errorf("more than %d objects in one mail", maxObjects)
	}
	if i.Object.Method() == "" || !r.wants(i.Object.Kind()) {
		r.Others = append(r.Others, i)
		return nil
	}
	for _, seen := range r.Items {
		switch {
		case seen.Object.UID() != i.Object.UID():
		case seen.Object.Method() == i.Object.Method() && itip.SameContent(seen.Object, i.Object):
			r.note(i.Part, fmt.Sprintf("the same as in part %v, left out", seen.Part.Path))
			return nil
		default:
			return fmt.Errorf("it differs from another part with the same UID")
		}
	}
	r.Items = append(r.Items, i)
	return nil
}

func (r *reader) wants(kind string) bool { return len(r.kinds) == 0 || slices.Contains(r.kinds, kind) }

// note remembers a repair of a part.
func (r *reader) note(p *message.Part, what string) {
	switch n := len(r.Repairs); {
	case n < maxRepairs:
		r.Repairs = append(r.Repairs, fmt.Sprintf("part %v: %s", p.Path, what))
	case n == maxRepairs:
		r.Repairs = append(r.Repairs, "more was repaired")
	}
}
