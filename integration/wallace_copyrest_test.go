package integration

import (
	"encoding/base64"
	"strings"
	"time"

	"usher/itip"
	"usher/itip/kolab"
)

// checkAttachments reads what a client would show.
func (h *house) checkAttachments(w copyWant, m *kolab.Message) {
	h.t.Helper()
	all := m.Object.Scheduled()[0].All("ATTACH")
	if w.Attachments != nil && len(all) != *w.Attachments {
		h.differ("%s has the attachments %v, want %d", w.UID, all, *w.Attachments)
	}
	if w.Attachment != "" && (len(all) == 0 || contentOf(m, all[0]) != w.Attachment) {
		h.differ("%s does not say %q in %v", w.UID, w.Attachment, all)
	}
}

func contentOf(m *kolab.Message, p itip.Prop) string {
	if id, ok := strings.CutPrefix(p.Value, "cid:"); ok {
		for _, part := range m.Parts {
			if part.ContentID == id {
				_, content, _ := strings.Cut(string(part.Raw), "\r\n\r\n")
				return strings.TrimSuffix(content, "\r\n")
			}
		}
	}
	content, _ := base64.StdEncoding.DecodeString(p.Value)
	return string(content)
}

// checkSeries looks at how an event recurs.
func (h *house) checkSeries(w copyWant, o *itip.Object) {
	h.t.Helper()
	first := o.Scheduled()[0]
	exdates := first.All("EXDATE")
	if w.ExDates != nil && len(exdates) != *w.ExDates {
		h.differ("%s has the exclusions %v, want %d", w.UID, exdates, *w.ExDates)
	}
	if w.ExDate != "" {
		day, _ := h.moved(w.ExDate)
		start, _ := first.Prop("DTSTART")
		if at := day.Format("20060102") + start.Value[8:]; len(exdates) == 0 || exdates[0].Value != at {
			h.differ("%s has the exclusions %v, want %s", w.UID, exdates, at) // the original start, and not where it was moved to
		}
	}
	if rid, _ := first.Prop("RECURRENCE-ID"); w.HasRecurrenceID != "" && (w.HasRecurrenceID != "date-time" || !strings.Contains(rid.Value, "T")) {
		h.differ("%s: %q, want a %s", w.UID, rid.Value, w.HasRecurrenceID)
	}
	if isNot(w.Recurring, first.Has("RRULE")) {
		h.differ("%s is a series: %v", w.UID, first.Has("RRULE"))
	}
	if w.UntilDate != "" {
		h.checkEnd(w, o)
	}
}

// checkEnd: a series that was cancelled from an instance on ends right before it. The file has it end a day before, by
// an UNTIL where there was a COUNT; its instances are the same (S5545-26).
func (h *house) checkEnd(w copyWant, o *itip.Object) {
	h.t.Helper()
	day, _ := h.moved(w.UntilDate)
	next := day.AddDate(0, 0, 1)
	rule, _ := o.Scheduled()[0].Prop("RRULE")
	_, until, _ := strings.Cut(rule.Value, "UNTIL=")
	until, _, _ = strings.Cut(until, ";")
	if w.UntilIs != "date-time" || until != "" && !strings.HasSuffix(until, "Z") || strings.Contains(rule.Value, "COUNT") == (until != "") {
		h.differ("%s: %s, want a %s", w.UID, rule, w.UntilIs)
	}
	instances, err := o.Instances(time.Now(), time.Now().AddDate(3, 0, 0), time.UTC)
	if err != nil || len(instances) == 0 {
		h.differ("%s has the instances %v, %v", w.UID, instances, err)
		return
	}
	if last := instances[len(instances)-1].Start; last.AddDate(0, 0, 7).Format(time.DateOnly) != next.Format(time.DateOnly) {
		h.differ("the last of %s is at %v, want the week before %v", w.UID, last, next)
	}
	if !strings.HasPrefix(until, day.Format("20060102")) {
		h.otherwise("S5545-26")
	}
}
