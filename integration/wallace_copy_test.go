package integration

import (
	"cmp"
	"slices"
	"strings"

	"usher/itip"
	"usher/itip/kolab"
)

// copyWant is what has to lie in somebody's own calendar or task list. Rest holds instance_TIME.
type copyWant struct {
	Folder, UID, Note string
	Absent            bool
	partWant          `yaml:",inline"`
	Attachments       *int
	Attachment        string `yaml:"attachment_0_content"`
	Exceptions        *int   // components beside the first
	ExDates           *int
	ExDate            string `yaml:"exdate_0_date"`
	HasRecurrenceID   string `yaml:"has_recurrence_id"`
	Recurring         *bool
	UntilDate         string              `yaml:"rrule_until_date"`
	UntilIs           string              `yaml:"until_is"`
	Rest              map[string]partWant `yaml:",inline"`
}

// partWant is what has to be true of one component.
type partWant struct {
	Summary, Status, Start string
	Transparent            *bool
	Sequence               *int
	RecurrenceID           string `yaml:"recurrence_id"`
	Partstat               map[string]string
	RSVP                   map[string]bool
	DelegatedTo            map[string][]string `yaml:"delegated_to"`
	DelegatedFrom          map[string][]string `yaml:"delegated_from"`
}

// expectCopy looks for somebody's copy of an event or task, or that there is none.
func (h *house) expectCopy(w copyWant) {
	h.t.Helper()
	owner, folder, kind := h.folder(w.Folder)
	h.looksAt = owner + " " + h.uid(w.UID)
	m := h.kept(owner, folder, kind)[h.uid(w.UID)]
	switch {
	case w.Absent && m != nil && standing(m.Object):
		h.differ("%s still has %s", w.Folder, w.UID)
	case w.Absent && m != nil:
		h.otherwise("S5546-55") // what was cancelled is remembered
	case w.Absent:
	case m == nil:
		h.differ("%s has no %s", w.Folder, w.UID)
	default:
		h.checkCopy(w, m)
	}
}

func (h *house) checkCopy(w copyWant, m *kolab.Message) {
	h.t.Helper()
	first, more := m.Object.Scheduled()[0], len(m.Object.Scheduled())-1
	h.checkPart(w.Folder+" "+w.UID, w.partWant, first)
	h.checkAttachments(w, m)
	h.checkSeries(w, m.Object)
	for key, want := range w.Rest {
		text, ok := strings.CutPrefix(key, "instance_")
		if !ok {
			h.t.Fatalf("no check of a copy is called %q", key)
		}
		at, _ := h.moved(text)
		c := override(m.Object, at)
		if c == nil && want.Status == "CANCELLED" && without(m.Object, at) {
			h.otherwise("scheduling.md") // an EXDATE says the same, in less
			more++
			continue
		}
		if c == nil {
			h.differ("%s has no instance %s of its own", w.UID, text)
			continue
		}
		h.checkPart(w.Folder+" "+w.UID+" "+text, want, c)
	}
	if w.Exceptions != nil && more != *w.Exceptions {
		h.differ("%s has %d exceptions, want %d", w.UID, more, *w.Exceptions)
	}
}

// checkPart compares one component.
func (h *house) checkPart(name string, w partWant, c *itip.Component) {
	h.t.Helper()
	rid, _ := c.Prop("RECURRENCE-ID")
	for _, check := range []struct {
		wrong bool
		what  string
	}{
		{w.Summary != "" && c.Text("SUMMARY") != w.Summary, "SUMMARY " + c.Text("SUMMARY")},
		{w.Status != "" && c.Text("STATUS") != w.Status, "STATUS " + c.Text("STATUS")},
		{isNot(w.Transparent, c.Transparent()), "TRANSP " + c.Text("TRANSP")},
		{w.Sequence != nil && c.Sequence() != *w.Sequence, "SEQUENCE " + c.Text("SEQUENCE")},
		{w.Start != "" && !h.isAt(c, "DTSTART", w.Start), "start of the component"},
		{w.RecurrenceID != "" && !h.isAt(c, "RECURRENCE-ID", w.RecurrenceID), rid.String()},
	} {
		if check.wrong {
			h.differ("%s: %s, want %+v", name, check.what, w)
		}
	}
	for key, want := range w.Partstat {
		if p, ok := h.listed(name, key, c); ok && cmp.Or(p.Param("PARTSTAT"), "NEEDS-ACTION") != want {
			h.differ("%s: %s, want %s", name, p, want)
		}
	}
	for key, want := range w.RSVP {
		if p, ok := h.listed(name, key, c); ok && strings.EqualFold(p.Param("RSVP"), "TRUE") != want {
			h.differ("%s: %s, want RSVP %v", name, p, want)
		}
	}
	h.checkDelegation(name, "DELEGATED-TO", w.DelegatedTo, c)
	h.checkDelegation(name, "DELEGATED-FROM", w.DelegatedFrom, c)
}

// isAt tells whether a property is at a time of the file, in the file's zone where it names one.
func (h *house) isAt(c *itip.Component, name, text string) bool {
	h.t.Helper()
	p, _ := c.Prop(name)
	at, zone := h.placed(text)
	return p.Value == at.Format(stamp) && strings.HasSuffix(p.Param("TZID"), zone)
}

func (h *house) checkDelegation(name, param string, wanted map[string][]string, c *itip.Component) {
	h.t.Helper()
	for key, others := range wanted {
		p, ok := h.listed(name, key, c)
		for _, other := range others {
			if ok && !slices.Contains(strings.Split(strings.ToLower(p.Param(param)), ","), "mailto:"+other) {
				h.differ("%s: %s, want %s %s", name, p, param, other)
			}
		}
	}
}

// listed is somebody's line, by key or address; there has to be one, and only one. Where the organizer's newest mail to
// the owner of the copy does not list him either, it is the one in the organizer's own copy, from which the ancestor
// brought him back with the next answer (S5546-01).
func (h *house) listed(name, key string, c *itip.Component) (itip.Prop, bool) {
	h.t.Helper()
	addr := key
	if !strings.Contains(key, "@") {
		addr = h.person(key).Mail
	}
	lines := linesOf(addr, c)
	if len(lines) == 0 && h.newest[h.looksAt] != "" && !strings.Contains(h.newest[h.looksAt], addr) {
		h.otherwise("S5546-01")
		organizer, _ := c.Prop("ORGANIZER")
		_, uid, _ := strings.Cut(h.looksAt, " ")
		if m := h.kept(addressIn(organizer.Value), calendarFolder, "event")[uid]; m != nil {
			lines = linesOf(addr, m.Object.Scheduled()[0])
		}
	}
	if len(lines) != 1 {
		h.differ("%s lists %s %d times: %v", name, key, len(lines), c.All("ATTENDEE"))
		return itip.Prop{}, false
	}
	return lines[0], true
}

func linesOf(addr string, c *itip.Component) []itip.Prop {
	return slices.DeleteFunc(slices.Clone(c.All("ATTENDEE")), func(p itip.Prop) bool { return addressIn(p.Value) != addr })
}
