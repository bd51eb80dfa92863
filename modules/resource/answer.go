package resource

import (
	"fmt"
	"strings"
	"time"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
	"usher/milter/imip"
	"usher/milter/message"
)

// answer is what the organizer is told, before it has words.
type answer struct {
	partstat string
	parts    []itip.Instance // of an accepted series, those declined
	minority bool            // those are more than half of it
	booked   []itip.Instance // the others, where they are the minority
	said     []string        // paragraphs about it
	status   []status
	each     map[int64]status // of parts, by original start
}

// status is a REQUEST-STATUS (RFC 5546 3.6).
type status struct{ code, text, data string }

// answered is what a stored booking says: to all of it, and to the instances it leaves out.
func (b *booking) answered(partstat string, stored *itip.Object) answer {
	a := answer{partstat: partstat}
	from := b.tx.Time.Add(-7 * 24 * time.Hour)
	is, err := stored.Instances(from, from.Add(b.Horizon+b.room.rules.BookingWindow), b.zone)
	if err != nil {
		return a
	}
	said := b.says(stored)
	for _, i := range perInstance(is) {
		if i.Component.Has("RECURRENCE-ID") && b.left(i.Component) && said(i.Component) {
			a.parts = append(a.parts, i)
		}
	}
	return a
}

// reply is the REPLY to the organizer: text first, the same facts as a calendar part last (S6047-14).
func (b *booking) reply(a answer) filter.Send {
	w, which := b.words(), a.partstat
	if b.incoming.Master() == nil && len(a.parts) == len(b.incoming.Scheduled()) {
		a.partstat, a.parts, which = declined, nil, declined // all that this message is about
	}
	if len(a.parts) > 0 && which == accepted {
		which = partly
	}
	comment := strings.Join(append(a.said, b.closing()...), "\n\n")
	text := fmt.Sprintf(w.text[which], imip.Line(b.room.Name, maxName), title(b.incoming), b.span())
	if comment != "" {
		text += "\n\n" + comment
	}
	subject := fmt.Sprintf(w.subject[which], title(b.incoming))
	return b.send(b.answerID(b.invited.Address, a.partstat), subject, text, b.replyObject(a, comment))
}

// partly is the key of the words for a series that is accepted but for some of it.
const partly = "PARTLY"

// closing are the paragraphs that every answer ends with: whom to ask, and what the postmaster wants said.
func (b *booking) closing() (said []string) {
	var contacts []string
	for n, o := range b.room.owners {
		if a := o.Mail(); a != "" && n < maxContacts {
			contacts = append(contacts, fmt.Sprintf("%s <%s>", imip.Line(o.Name, maxName), a))
		}
	}
	if len(contacts) > 0 {
		said = append(said, fmt.Sprintf(b.words().contact, strings.Join(contacts, ", ")))
	}
	if text := strings.TrimSpace(b.room.rules.Answer); text != "" {
		said = append(said, text)
	}
	return said
}

// maxContacts bounds the owners an answer names.
const maxContacts = 5

// replyObject is the calendar part: one REPLY, also where instances are answered differently. What goes for more of
// them is said of the series (D-13).
func (b *booking) replyObject(a answer, comment string) *itip.Object {
	me := b.invited.Address
	if len(a.parts) > 0 {
		whole, parts := a.differently()
		whole.Comment = comment
		if o, err := itip.ReplyEach(b.incoming, me, whole, parts, b.tx.Time); err == nil {
			return o
		}
	}
	o := itip.Reply(b.incoming, me, a.partstat, b.tx.Time, comment)
	for _, s := range a.status {
		o.AddRequestStatus(s.code, s.text, s.data)
	}
	return o
}

// differently is what is said of the series, and of the instances for which something else goes.
func (a answer) differently() (whole itip.Said, parts []itip.Said) {
	whole.Partstat = a.partstat
	if len(a.status) > 0 {
		whole.Code, whole.Text, whole.Data = a.status[0].code, a.status[0].text, a.status[0].data
	}
	if a.minority && len(a.booked) > 0 {
		whole.Partstat = declined
		for _, i := range perInstance(a.booked) {
			parts = append(parts, itip.Said{Instance: i.RecurrenceID, Partstat: a.partstat})
		}
		return whole, parts
	}
	for _, i := range a.parts {
		s := a.each[i.RecurrenceID.Unix()]
		parts = append(parts, itip.Said{Instance: i.RecurrenceID, Partstat: declined, Code: s.code, Text: s.text, Data: s.data})
	}
	return whole, parts
}

// send is a mail from the resource to the organizer.
func (b *booking) send(id, subject, text string, o *itip.Object) filter.Send {
	to := b.organizer.Address
	var answers message.Header
	if !b.aside {
		answers = b.tx.Message.Header
	}
	return filter.Send{
		ID: id,
		To: []filter.Recipient{{Address: to, Arg: to.String()}},
		Mail: imip.Compose(imip.Draft{
			From:    imip.Mailbox{Name: b.room.Name, Address: b.room.Mail()},
			To:      []imip.Mailbox{{Name: b.organizer.Name, Address: to}},
			Subject: subject, Text: text, Object: o, Answers: answers,
		}),
	}
}

// answerID is the meaning of the answer: the same for every retry of the same request. A request about several
// instances is told from others that begin alike by the digest of all of them.
func (b *booking) answerID(attendee address.Address, partstat string) string {
	all := b.incoming.Scheduled()
	c, stamp := all[0], ""
	if at := c.Stamp(); !at.IsZero() {
		stamp = at.Format("20060102T150405Z")
	}
	id := fmt.Sprintf("reply/%s/%s/%d/%s/%s/%s", b.incoming.UID(), c.Text("RECURRENCE-ID"), c.Sequence(), stamp, attendee, partstat)
	if len(all) > 1 {
		digest, _, _ := strings.Cut(string(b.cause("")), ";")
		id += "/" + digest
	}
	return id
}
