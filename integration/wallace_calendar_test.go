package integration

import (
	"bytes"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip"
	"usher/itip/calendar"
	"usher/itip/kolab"
)

// stored are the objects of a resource's calendar, as Kolab's clients find them: one mail each, with the UID as its
// subject. What is not so, or lies there twice, is a difference.
func (h *house) stored(r wallaceResource) map[string]*itip.Object {
	h.t.Helper()
	all := map[string]*itip.Object{}
	for uid, m := range h.kept("", r.calendar(), "event") {
		all[uid] = m.Object
	}
	return all
}

// kept are the objects of a folder of somebody, or of a shared one.
func (h *house) kept(user, folder, kind string) map[string]*kolab.Message {
	h.t.Helper()
	name := user + " " + folder
	if _, known := h.calendars[name]; !known {
		h.calendars[name] = h.imap.Messages(user, folder)
	}
	all := map[string]*kolab.Message{}
	for _, m := range h.calendars[name] {
		if slices.Contains(m.Flags, imap.FlagDeleted) {
			continue
		}
		o, err := kolab.Read(m.Body)
		if err != nil {
			h.differ("%s: message %d: %v", name, m.UID, err)
			continue
		}
		uid := o.Object.UID()
		if head, err := mail.ReadMessage(bytes.NewReader(m.Body)); err != nil || head.Header.Get("Subject") != uid ||
			head.Header.Get("X-Kolab-Type") != "application/x-vnd.kolab."+kind || head.Header.Get("X-Kolab-Mime-Version") != "3.0" {
			h.differ("%s: the header of %s is not as Kolab has it", name, uid)
		}
		if slices.ContainsFunc(m.Flags, func(f imap.Flag) bool { return strings.Contains(strings.ToLower(string(f)), "hold") }) || all[uid] != nil {
			h.differ("%s: %s lies there twice, or as a hold", name, uid)
		}
		all[uid] = o
	}
	return all
}

// expectEvent looks for a booking, or that there is none.
func (h *house) expectEvent(w eventWant) {
	h.t.Helper()
	r, ok := h.resource(w.Resource)
	if !ok {
		h.differ("no calendar is %s's, whom no answer has named", w.Resource)
		return
	}
	o := h.stored(r)[h.uid(w.UID)]
	switch {
	case w.Absent && o != nil && standing(o):
		h.differ("%s still has %s", r.Key, w.UID)
	case w.Absent && o != nil:
		h.otherwise("S5546-55") // what was cancelled is remembered
	case w.Absent:
	case o == nil || !standing(o):
		h.differ("%s has no %s", r.Key, w.UID)
	default:
		h.checkEvent(w, r, o)
	}
}

// standing tells whether any part of a booking is not cancelled.
func standing(o *itip.Object) bool {
	return slices.ContainsFunc(o.Scheduled(), func(c *itip.Component) bool { return c.Text("STATUS") != "CANCELLED" })
}

func (h *house) checkEvent(w eventWant, r wallaceResource, o *itip.Object) {
	h.t.Helper()
	first, more := o.Scheduled()[0], len(o.Scheduled())-1
	h.checkComponent(w.UID, w.instanceWant, first)
	if start, _ := first.Prop("DTSTART"); isNot(w.DateOnly, start.Param("VALUE") == "DATE") {
		h.differ("%s starts at %s", w.UID, start)
	}
	for key, want := range w.Rest {
		text, ok := strings.CutPrefix(key, "instance_")
		if !ok {
			h.t.Fatalf("no check of an event is called %q", key)
		}
		at, _ := h.moved(text)
		c := override(o, at)
		if gone := want.Status == "CANCELLED" || want.Partstat[r.Key] == "DECLINED"; gone && c == nil && without(o, at) {
			h.otherwise(rowOfGone(want)) // an EXDATE says the same, in less
			more++
			continue
		}
		if c == nil || isNot(want.Exists, true) {
			h.differ("%s has an instance %s of its own: %v", w.UID, text, c != nil)
			continue
		}
		h.checkComponent(w.UID+" "+text, want, c)
	}
	if w.Exceptions != nil && more != *w.Exceptions {
		h.differ("%s has %d exceptions, want %d", w.UID, more, *w.Exceptions)
	}
}

// rowOfGone is what has it that a declined instance is not kept, and that a cancelled one may be an EXDATE.
func rowOfGone(w instanceWant) string {
	if w.Status == "CANCELLED" {
		return "scheduling.md"
	}
	return "D-12"
}

// checkComponent compares one component.
func (h *house) checkComponent(name string, w instanceWant, c *itip.Component) {
	h.t.Helper()
	start, _ := c.Prop("DTSTART")
	at, _ := time.Parse(stamp, start.Value)
	rid, _ := c.Prop("RECURRENCE-ID")
	for _, check := range []struct {
		wrong bool
		what  string
	}{
		{w.Summary != "" && c.Text("SUMMARY") != w.Summary, "SUMMARY " + c.Text("SUMMARY")},
		{w.Status != "" && c.Text("STATUS") != w.Status, "STATUS " + c.Text("STATUS")},
		{isNot(w.Transparent, c.Transparent()), "TRANSP " + c.Text("TRANSP")},
		{w.StartHour != nil && (at.Hour() != *w.StartHour || start.Param("TZID") != "Europe/London"), start.String()},
		{w.Sequence != nil && c.Sequence() != *w.Sequence, "SEQUENCE " + c.Text("SEQUENCE")},
		{isNot(w.HasRecurrenceID, strings.Contains(rid.Value, "T")), "RECURRENCE-ID " + rid.Value},
	} {
		if check.wrong {
			h.differ("%s: %s, want %+v", name, check.what, w)
		}
	}
	for key, want := range w.Partstat {
		r, _ := h.resource(key)
		for _, p := range c.All("ATTENDEE") {
			if addressIn(p.Value) == r.Mail && p.Param("PARTSTAT") != want {
				h.differ("%s: %s, want %s", name, p, want)
			}
		}
	}
}

// isNot tells whether something is wanted to be the other way.
func isNot(want *bool, is bool) bool { return want != nil && *want != is }

// override is the component for the instance at a time of the clock.
func override(o *itip.Object, at time.Time) *itip.Component {
	for _, c := range o.Overrides() {
		if p, _ := c.Prop("RECURRENCE-ID"); strings.TrimSuffix(p.Value, "Z") == at.Format(stamp) {
			return c
		}
	}
	return nil
}

// without tells whether the series leaves the instance out.
func without(o *itip.Object, at time.Time) bool {
	m := o.Master()
	return m != nil && slices.ContainsFunc(m.All("EXDATE"), func(p itip.Prop) bool { return strings.Contains(p.Value, at.Format(stamp)) })
}

// isFree holds that a resource has nothing in the hour that begins at a time of the file.
func (h *house) isFree(key, text string) {
	h.t.Helper()
	at, _ := h.moved(text)
	from := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, london(h.t))
	for uid, o := range h.stored(h.fixture.resource(key)) {
		if busy, err := calendar.Periods(o, time.UTC, calendar.Span{From: from, To: from.Add(time.Hour)}); err != nil || len(busy) > 0 {
			h.differ("%s is not free at %s: %s, %v", key, text, uid, err)
		}
	}
}

// checkOverlaps holds that nowhere two bookings share time.
func (h *house) checkOverlaps() {
	h.t.Helper()
	from := time.Now()
	for _, r := range h.fixture.Resources {
		if r.collection() {
			continue
		}
		var busy []calendar.Period
		for uid, o := range h.stored(r) {
			ps, err := calendar.Periods(o, time.UTC, calendar.Span{From: from, To: from.AddDate(3, 0, 0)})
			if err != nil {
				h.t.Errorf("%s: %s: %v", r.Key, uid, err)
			}
			busy = append(busy, ps...)
		}
		calendar.SortPeriods(busy)
		for i, p := range busy {
			if i > 0 && p.From.Before(busy[i-1].To) {
				h.t.Errorf("%s: %s and %s share time at %s", r.Key, busy[i-1].UID, p.UID, p.From)
			}
		}
	}
	for _, d := range h.differs {
		h.t.Error(d)
	}
}
