package integration

import (
	"cmp"
	"strings"

	"usher/itip"
)

// checkLetter looks at what an expectation says of the letter it has found, and at what is true of all of its kind.
func (h *house) checkLetter(w mailWant, l *letter) {
	h.t.Helper()
	if w.ITIP != nil {
		return // it is not ours
	}
	if l.From != "" {
		h.differ("%s has the envelope sender <%s>, want none", l, l.From)
	}
	if l.header.Get("Auto-Submitted") == "" || l.header.Get("Message-Id") == "" || l.header.Get("Date") == "" || l.header.Get("To") == "" {
		h.differ("%s lacks one of Auto-Submitted, Message-ID, Date and To", l)
	}
	if name := h.summaryOf(w); !strings.Contains(l.text, name) {
		h.differ("the text of %s does not name the event %q", l, name)
	}
	for _, words := range append(w.First, w.Body...) {
		if words != "Accepted" && !hasWords(l.text, words) { // that is how the ancestor calls a status
			h.differ("%s does not say %q: %q", l, words, l.text)
		}
	}
	for _, words := range w.Without {
		if hasWords(l.text, words) {
			h.differ("%s says %q: %q", l, words, l.text)
		}
	}
	if w.Raw != "" && !hasLine(l.calendar, h.movedText(w.Raw)) {
		h.differ("%s has no line with %s", l, h.movedText(w.Raw))
	}
	h.checkAnswersLanguage(w, l)
	partstat, answers := l.reply()
	switch {
	case answers:
		h.checkAnswer(l, partstat)
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
	if o, err := l.object.Organizer(); err != nil || o.Address.String() != cmp.Or(h.last.organizer, "john.doe@example.org") {
		h.differ("%s has the organizer %q", l, o.Address)
	}
	if got, want := cmp.Or(c.Text("SEQUENCE"), "0"), cmp.Or(h.last.sequence, "0"); got != want {
		h.differ("%s has the sequence %s, want %s", l, got, want)
	}
}

// hasLine tells whether one line has all words of the file's "NAME=VALUE;NAME=VALUE", in any order, or the text as it
// is.
func hasLine(calendar, text string) bool {
	for line := range strings.Lines(calendar) {
		found := strings.Contains(line, text)
		if strings.Contains(text, "=") && !strings.Contains(text, ":") {
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
