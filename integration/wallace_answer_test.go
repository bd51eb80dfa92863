package integration

import (
	"strings"

	"usher/itip"
)

// checkLetter looks at what an expectation says of the letter it has found, and at what is true of all of its kind.
func (h *house) checkLetter(w mailWant, l *letter) {
	h.t.Helper()
	if l.From != "" {
		h.differ("%s has the envelope sender <%s>, want none", l, l.From)
	}
	if l.header.Get("Auto-Submitted") == "" || l.header.Get("Message-Id") == "" || l.header.Get("Date") == "" || l.header.Get("To") == "" {
		h.differ("%s lacks one of Auto-Submitted, Message-ID, Date and To", l)
	}
	if !strings.Contains(l.text, h.last.summary) {
		h.differ("the text of %s does not name the event %q", l, h.last.summary)
	}
	for _, words := range append(w.First, w.Body...) {
		if words != "Accepted" && !strings.Contains(l.text, words) { // that is how the ancestor calls a status
			h.differ("%s does not say %q: %q", l, words, l.text)
		}
	}
	if w.Raw != "" && !hasLine(l.calendar, h.movedText(w.Raw)) {
		h.differ("%s has no line with %s", l, h.movedText(w.Raw))
	}
	switch {
	case w.Status != "":
		h.checkAnswer(l, w.Status)
	case l.confirmation():
		h.checkConfirmation(w, l)
	}
}

// checkAnswer is the form of an answer: S6047-14 for the mail, S5546-28 and S5546-29 for the calendar.
func (h *house) checkAnswer(l *letter, partstat string) {
	h.t.Helper()
	for i, want := range [][]string{{"multipart/alternative"}, {"text/plain"}, {"text/calendar", "method=reply", "charset=utf-8"}} {
		for _, word := range want {
			if len(l.types) != 3 || !strings.Contains(strings.ToLower(l.types[i]), word) {
				h.differ("%s consists of %q, without %s", l, l.types, word)
			}
		}
	}
	if l.header.Get("Auto-Submitted") != "auto-replied" {
		h.differ("%s is Auto-Submitted: %q", l, l.header.Get("Auto-Submitted"))
	}
	c := l.object.Scheduled()[0]
	attendees := 1
	if partstat == "DELEGATED" {
		attendees = 2
	}
	if n := len(c.All("ATTENDEE")); n != attendees {
		h.differ("%s has %d attendees, want %d", l, n, attendees)
	}
	if o, err := l.object.Organizer(); err != nil || o.Address != "john.doe@example.org" {
		h.differ("%s has the organizer %q", l, o.Address)
	}
	if got := c.Text("SEQUENCE"); got != h.last.sequence && !(got == "0" && h.last.sequence == "") {
		h.differ("%s has the sequence %q, want %q", l, got, h.last.sequence)
	}
}

// hasLine tells whether one line has all words of the file's "NAME=VALUE;NAME=VALUE", in any order, or the text as it
// is.
func hasLine(calendar, text string) bool {
	for line := range strings.Lines(calendar) {
		found := strings.Contains(line, text)
		if !strings.Contains(text, ":") {
			found = true
			for _, param := range strings.Split(text, ";") {
				found = found && strings.Contains(line, ";"+param)
			}
		}
		if found {
			return true
		}
	}
	return false
}

// delegation looks at the two answers of a collection and its member: the collection's first, naming both (S5546-21).
func (h *house) delegation(collection, member string, partstat string) {
	h.t.Helper()
	var first, second *letter
	for _, l := range h.letters {
		said, ok := l.reply()
		switch {
		case !ok || l.purged || l.object.UID() != h.last.uid:
		case said == "DELEGATED" && l.author == collection:
			first = l
		case said == partstat && l.author == member:
			second = l
		}
	}
	if first == nil || second == nil {
		h.differ("%s and %s have not both answered", collection, member)
		return
	}
	if first.queued() >= second.queued() {
		h.differ("%s comes before %s", second, first)
	}
	delegator, delegate := attendee(first.object, collection), attendee(first.object, member)
	if addressIn(delegator.Param("DELEGATED-TO")) != member || delegator.Param("ROLE") != "NON-PARTICIPANT" || delegator.Param("RSVP") != "FALSE" {
		h.differ("the collection says %s", delegator)
	}
	if addressIn(delegate.Param("DELEGATED-FROM")) != collection {
		h.differ("the collection says of its member %s", delegate)
	}
	if own := attendee(second.object, member); addressIn(own.Param("DELEGATED-FROM")) != collection {
		h.differ("the member says %s", own)
	}
}

// attendee is somebody's line in the first component.
func attendee(o *itip.Object, addr string) itip.Prop {
	for _, p := range o.Scheduled()[0].All("ATTENDEE") {
		if addressIn(p.Value) == addr {
			return p
		}
	}
	return itip.Prop{}
}
