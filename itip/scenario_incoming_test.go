package itip_test

import (
	"strings"

	"usher/itip"
)

// incomingMessage is a message that arrives at a stored object.
func incomingMessage(s mapping) (v verdict) {
	v.notes.unknown("scenario", without(s, "id", "title", "source", "kind", "stored", "message", "expect", "note", "caution", "acting-user")...)
	want, _ := s["expect"].(mapping)
	v.notes.unknown("expect", without(want, "stored")...)
	stored, err := readObject(s["stored"], &v.notes)
	if err != nil {
		v.broken = err.Error()
		return v
	}
	message, err := readObject(s["message"], &v.notes)
	if err != nil {
		v.broken = err.Error()
		return v
	}
	got, err := apply(stored, message)
	switch {
	case strings.Contains(text(want["stored"]), "unchanged"):
		v.unchanged(stored, got, err)
	case crashed(stored, message):
		v.differ("D-03", "an answer of somebody who was not invited changes nothing")
		v.unchanged(stored, got, err)
	case err != nil:
		v.diff("%v", err)
	default:
		v.object(want["stored"], got, frame{})
	}
	return v
}

// unchanged holds that a message did nothing.
func (v *verdict) unchanged(stored, got *itip.Object, err error) {
	switch {
	case err == nil:
		v.diff("the message is applied")
	case (stored == nil) != (got == nil), stored != nil && !itip.SameContent(stored, got):
		v.diff("the object is changed")
	}
}

// crashed tells whether a message is the answer of somebody whom no component that it is about invites.
func crashed(stored, message *itip.Object) bool {
	if stored == nil || message.Method() != "REPLY" {
		return false
	}
	for _, c := range message.Scheduled() {
		for _, u := range c.Attendees() {
			about := stored.Counterpart(message, c)
			if about == nil {
				continue
			}
			if _, ok := about.Attendee(u.Address); !ok && len(u.DelegatedFrom) == 0 {
				return true
			}
		}
	}
	return false
}
