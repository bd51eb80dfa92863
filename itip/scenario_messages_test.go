package itip_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"usher/address"
	"usher/itip"
)

// expected is one message to one recipient.
type expected struct {
	fields mapping
	to     address.Address // "" if the file does not say
}

// messageFields are those of a message in the file, of both sources.
var messageFields = []string{"uid", "method", "component", "sender", "senderName", "recipient", "recipientName",
	"message", "significantChange", "from", "to", "kind"}

// expectations makes one of each recipient.
func (v *verdict) expectations(messages []node) []expected {
	var all []expected
	for _, n := range messages {
		m, ok := n.(mapping)
		if !ok {
			v.notes.unknown("messages", text(n))
			continue
		}
		v.notes.unknown("message", without(m, messageFields...)...)
		to := text(m["recipient"]) + text(m["to"])
		if to == "" {
			all = append(all, expected{fields: m})
			continue
		}
		for one := range strings.SplitSeq(to, ",") {
			a, err := address.Parse(one)
			if err != nil {
				v.notes.unknown("message", "to "+one)
			}
			all = append(all, expected{m, a})
		}
	}
	return all
}

// method is METHOD, of the record or of the object; "" if the file does not say.
func (e expected) method() string {
	m, _ := e.fields["message"].(mapping)
	return strings.ToUpper(cmp.Or(text(e.fields["method"]), text(m["method"])))
}

// messages compares what is sent with what the file expects: each message once, and no other.
func (v *verdict) messages(want []node, got []itip.Announcement, lead bool) {
	left := slices.Clone(got)
	for _, e := range v.expectations(want) {
		i := v.find(e, left)
		if i < 0 && v.same && strings.EqualFold(text(e.fields["significantChange"]), "false") {
			v.differ("S5546-04", "who knows all of it is not written to")
			continue
		}
		if i < 0 {
			v.diff("no %s to %s", e.method(), e.to)
			continue
		}
		v.message(e, left[i], lead)
		left = slices.Delete(left, i, i+1)
	}
	for _, m := range left {
		if row, why := v.tooMany(m, got, lead); row != "" {
			v.differ(row, "%s", why)
			continue
		}
		v.diff("%s to %s is too many", m.Object.Method(), m.To)
	}
}

// find prefers the message with the same method.
func (v *verdict) find(e expected, left []itip.Announcement) int {
	fits := func(m itip.Announcement) bool { return e.to == "" || e.to == m.To }
	i := slices.IndexFunc(left, func(m itip.Announcement) bool {
		return fits(m) && (e.method() == "" || e.method() == m.Object.Method())
	})
	if i < 0 && e.method() == "ADD" {
		i = slices.IndexFunc(left, func(m itip.Announcement) bool { return fits(m) && m.Object.Method() == "REQUEST" })
	}
	return i
}

func (v *verdict) message(e expected, m itip.Announcement, lead bool) {
	for _, field := range []string{"sender", "from"} {
		if want := e.fields[field]; want != nil && mailbox(want) != m.From {
			v.diff("from %s, want %v", m.From, want)
		}
	}
	v.named(text(e.fields["senderName"]), m, m.From)
	v.named(text(e.fields["recipientName"]), m, m.To)
	if s := text(e.fields["uid"]); s != "" && s != m.Object.UID() {
		v.diff("UID %s, want %s", m.Object.UID(), s)
	}
	if s := text(e.fields["component"]); s != "" && s != m.Object.Kind() {
		v.diff("%s, want %s", m.Object.Kind(), s)
	}
	if s := text(e.fields["significantChange"]); s != "" && !strings.EqualFold(s, strconv.FormatBool(m.Significant)) {
		v.diff("%s to %s: significant is %v", m.Object.Method(), m.To, m.Significant)
	}
	v.kind(strings.Fields(text(e.fields["kind"])), m)
	f := frame{method: m.Object.Method(), recipient: m.To, lead: lead}
	want, got := e.fields["message"], m.Object
	if e.method() == "ADD" && got.Method() == "REQUEST" && want != nil {
		want, got = v.addition(want, got)
	}
	if want != nil {
		v.object(want, got, f)
	}
}

// addition is the part of a REQUEST that the source sends as ADD with RECURRENCE-ID, which ADD must not have: an
// instance of the series is changed by a REQUEST.
func (v *verdict) addition(want node, got *itip.Object) (node, *itip.Object) {
	v.differ("S5546-34", "ADD has no RECURRENCE-ID: instances are changed by REQUEST")
	m := mapping{}
	fields, _ := want.(mapping)
	for k, n := range fields {
		if k != "method" {
			m[k] = n
		}
	}
	part := got.Clone()
	part.Root.Parts = slices.DeleteFunc(part.Root.Parts, func(c *itip.Component) bool {
		return c.Name != "VTIMEZONE" && !slices.ContainsFunc(list(m["components"]), func(n node) bool {
			w, _ := n.(mapping)
			return v.sameInstance(w, c)
		})
	})
	return m, part
}

// named compares the names that the sources' own message records have with those in the object.
func (v *verdict) named(want string, m itip.Announcement, who address.Address) {
	for _, c := range m.Object.Scheduled() {
		if u, ok := c.Organizer(); want != "" && ok && u.Address == who && u.Name == want {
			return
		}
		if u, ok := c.Attendee(who); want != "" && ok && u.Name == want {
			return
		}
	}
	if want != "" {
		v.diff("%s is not called %s", who, want)
	}
}

// kind is the source's word for what a message is.
func (v *verdict) kind(words []string, m itip.Announcement) {
	if len(words) == 0 {
		return
	}
	want := map[string]string{"invite": "REQUEST", "cancel": "CANCEL", "rsvp": "REPLY", "update": "REQUEST"}[words[0]]
	if want == "" {
		v.notes.unknown("kind", strings.Join(words, " "))
	} else if want != m.Object.Method() {
		v.diff("%s, want %s", m.Object.Method(), strings.Join(words, " "))
	}
}

// tooMany recognises messages that a source does not send and we do: to attendees that need not answer or declined,
// and to who loses an instance though the cancelled component does not list him.
func (v *verdict) tooMany(m itip.Announcement, sent []itip.Announcement, lead bool) (row, why string) {
	cancelled := slices.ContainsFunc(sent, func(n itip.Announcement) bool { return n.To == m.To && n.Object.Method() == "CANCEL" })
	switch {
	case !lead:
	case m.Object.Method() == "CANCEL" && m.Object.Master() == nil:
		return "S6638-02", "who was invited to an instance and is not listed when it is cancelled is told"
	case m.Object.Method() == "CANCEL" && slices.Contains(v.unasked, m.To):
		return "S6638-02", "who was told is told of his removal too"
	case m.Object.Method() == "REQUEST" && !m.Significant && cancelled:
		return "S5546-07", "the SEQUENCE that the series has now is told, as answers have to be to it"
	case m.Object.Method() == "REQUEST":
		if why := unasked(m); why != "" {
			v.unasked = append(v.unasked, m.To)
			return "S6638-01", why
		}
	}
	return "", ""
}

func unasked(m itip.Announcement) string {
	for _, c := range m.Object.Scheduled() {
		u, ok := c.Attendee(m.To)
		switch {
		case !ok:
		case strings.EqualFold(u.Prop.Param("RSVP"), "FALSE"):
			return "attendees that need not answer (RSVP=FALSE) are told too"
		case u.Role == "NON-PARTICIPANT":
			return "attendees that take no part are told too"
		case u.Partstat == itip.Declined:
			return "attendees that declined are told of changes too"
		}
	}
	return ""
}
