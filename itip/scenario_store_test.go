package itip_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/itip"
)

// now is the time of all messages: later than any DTSTAMP that is given.
var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// storeChange is a change of a stored object by its owner.
func storeChange(s mapping) (v verdict) {
	v.notes.unknown("scenario", without(s, "id", "title", "source", "kind", "acting-user", "old", "new", "expect", "note", "caution")...)
	want, _ := s["expect"].(mapping)
	v.notes.unknown("expect", without(want, "messages", "error")...)
	before, err := readObject(s["old"], &v.notes)
	var after *itip.Object
	if err == nil {
		after, err = readObject(s["new"], &v.notes)
	}
	var got []itip.Announcement
	if err == nil {
		got, err = itip.Announce(before, after, now, mailbox(s["acting-user"]))
	}
	if v.refusal(text(want["error"]), err); err != nil {
		got = nil
	}
	if err == nil && after != nil {
		v.revised, _ = itip.Revise(before, after, mailbox(s["acting-user"]))
		v.given = after
	}
	v.same = before != nil && after != nil && sorted(s["old"]) == sorted(s["new"])
	v.messages(list(want["messages"]), got, false)
	return v
}

// sorted writes an object such that order makes no difference, nor what says when it was changed.
func sorted(n node) string {
	var parts []string
	switch n := n.(type) {
	case mapping:
		for k, value := range n {
			if k == "rrule" {
				value = strings.Join(ruleParts(values(value)), " ")
			}
			if k != "sequence" && k != "dtstamp" && k != "last-modified" {
				parts = append(parts, k+"="+sorted(value))
			}
		}
	case []node:
		for _, value := range n {
			parts = append(parts, sorted(value))
		}
	default:
		return fmt.Sprint(n)
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, " ") + "}"
}

// refusal compares an error with the source's name for it.
func (v *verdict) refusal(name string, err error) {
	switch {
	case (name != "") != (err != nil):
		v.diff("error %v, want %q", err, name)
	case strings.Contains(name, "SameOrganizer") && !errors.Is(err, itip.ErrOrganizer):
		v.diff("error %v, want %s", err, name)
	case name != "" && !strings.HasSuffix(name, "Exception"):
		v.notes.unknown("error", name)
	}
}
