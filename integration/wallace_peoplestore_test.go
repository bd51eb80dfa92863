package integration

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip"
	"usher/itip/kolab"
)

// storeStep is something that somebody's client writes into a calendar.
type storeStep struct {
	Kind, Folder, Organizer, Start, Due, UID, Summary, Rrule, Attachment, Note string
	Sequence                                                                   string
	Attendees                                                                  []string
}

// modifyStep is what the organizer's client changes in it.
type modifyStep struct {
	Folder, UID, Start, Note string
	Sequence                 int
}

const (
	attachedText = "This is a text attachment"
	attachedPart = "Content-Type: text/plain; name=attach.txt\r\nContent-ID: <attach.1>\r\nContent-Disposition: attachment; filename=attach.txt\r\n\r\n" + attachedText
	attached     = "ATTACH;FMTTYPE=text/plain;X-LABEL=attach.txt:cid:attach.1"
	inlined      = "ATTACH;FMTTYPE=text/plain;X-LABEL=attach.txt;ENCODING=BASE64;VALUE=BINARY:VGhpcyBpcyBhIHRleHQgYXR0YWNobWVudA=="
)

// store writes an object as a groupware client does.
func (h *house) store(s storeStep) {
	h.t.Helper()
	owner, folder, kind := h.folder(s.Folder)
	uid := h.uid(s.UID)
	l := lines{"UID:" + uid, "DTSTAMP:" + h.began.Add(-time.Minute).UTC().Format(stamp+"Z")}
	l.add("SUMMARY:%s\nSEQUENCE:%s", cmp.Or(s.Summary, "test"), cmp.Or(s.Sequence, "0"))
	switch s.Kind {
	case "stored_event":
		h.storedTimes(&l, s, uid)
	case "stored_task":
		due, zone := h.placed(s.Due)
		l.add("DUE;TZID=%s:%s", zone, due.Format(stamp))
	default:
		h.t.Fatalf("nothing is called %q", s.Kind)
	}
	organizer := h.person(s.Organizer)
	l.add("ORGANIZER;CN=%s:mailto:%s", organizer.Name, organizer.Mail)
	for _, key := range s.Attendees {
		l.add("ATTENDEE;CN=%s;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:%s", cmp.Or(h.person(key).Name, key), h.person(key).Mail)
	}
	h.drafted = s.UID
	h.drafts[uid] = append(slices.Clone(l), inlined)
	m := &kolab.Message{Object: h.object("V"+strings.ToUpper(kolabNames[kind]), append(l, attached)),
		Parts: []kolab.Part{{ContentID: "attach.1", Raw: []byte(attachedPart)}}}
	h.write(owner, folder, m)
}

var kolabNames = map[string]string{"event": "event", "task": "todo"}

// storedTimes: the ancestor's events are all series of ten days.
func (h *house) storedTimes(l *lines, s storeStep, uid string) {
	h.t.Helper()
	if s.Start == "same" {
		s.Start = h.starts[uid]
	}
	h.starts[uid] = s.Start
	start, zone := h.placed(s.Start)
	l.add("DTSTART;TZID=%s:%s\nDTEND;TZID=%s:%s", zone, start.Format(stamp), zone, start.Add(4*time.Hour).Format(stamp))
	l.add("RRULE:FREQ=DAILY;COUNT=10")
}

func (h *house) object(kind string, l lines) *itip.Object {
	h.t.Helper()
	text := fmt.Sprintf("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Wallace scenarios//EN\nBEGIN:%s\n%s\nEND:%s\nEND:VCALENDAR\n", kind, strings.Join(l, "\n"), kind)
	objects, err := itip.Parse([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil || len(objects) != 1 {
		h.t.Fatalf("%v: %v", err, l)
	}
	return objects[0]
}

func (h *house) write(owner, folder string, m *kolab.Message) {
	h.t.Helper()
	mail, err := kolab.Write(m)
	if err != nil {
		h.t.Fatal(err)
	}
	h.imap.Append(owner, folder, nil, mail)
}

// modify moves an event as the organizer's client does: the new one is written, then the old one removed. (The
// ancestor's test left the old one where it was.)
func (h *house) modify(s modifyStep) {
	h.t.Helper()
	owner, folder, kind := h.folder(s.Folder)
	uid := h.uid(s.UID)
	m := h.kept(owner, folder, kind)[uid]
	if m == nil {
		h.differ("%s has no %s to be modified", s.Folder, s.UID)
		return
	}
	h.starts[uid] = s.Start
	start, zone := h.placed(s.Start)
	for _, c := range m.Object.Scheduled() {
		c.Set(timeProp(h, "DTSTART", zone, start))
		c.Set(timeProp(h, "DTEND", zone, start.Add(4*time.Hour)))
		c.SetSequence(s.Sequence)
	}
	var old imap.UIDSet
	for _, stored := range h.calendars[owner+" "+folder] {
		if strings.Contains(string(stored.Body), uid) {
			old.AddNum(stored.UID)
		}
	}
	h.write(owner, folder, m)
	h.expunge(owner, folder, old)
}

func timeProp(h *house, name, zone string, at time.Time) itip.Prop {
	h.t.Helper()
	p, err := itip.ParseProp(fmt.Sprintf("%s;TZID=%s:%s", name, zone, at.Format(stamp)))
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// folder is whose folder the file means by "jane Calendar/Confidential", and what is in it.
func (h *house) folder(text string) (owner, folder, kind string) {
	h.t.Helper()
	key, folder, _ := strings.Cut(text, " ")
	kind = "event"
	if strings.HasPrefix(folder, taskFolder) {
		kind = "task"
	}
	return h.person(key).Mail, folder, kind
}
