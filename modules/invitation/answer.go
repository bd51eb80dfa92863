package invitation

import (
	"fmt"
	"slices"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
	"usher/milter/imip"
)

// How much of somebody's words gets into an answer, in characters.
const (
	maxTitle = 200
	maxName  = 100
)

// replies tell the organizer the answer, under each of the person's addresses that he is invited by.
func (v *visit) replies(o outcome) (effects []filter.Effect) {
	for _, a := range v.listedAs() {
		if reply := v.reply(a, o); reply != nil {
			effects = append(effects, *reply)
		}
	}
	return effects
}

// listedAs are the person's addresses in the message.
func (v *visit) listedAs() (all []address.Address) {
	for _, c := range v.incoming.Scheduled() {
		for _, u := range c.Attendees() {
			if v.isMe(u.Address) && !slices.Contains(all, u.Address) {
				all = append(all, u.Address)
			}
		}
	}
	return all
}

// reply is the REPLY of one address: text first, the same facts as a calendar part last (S6047-14).
func (v *visit) reply(me address.Address, o outcome) *filter.Send {
	object := v.answerOf(me, o)
	if object == nil {
		return nil
	}
	w, to := wordsOf(v.language()), v.sender.Address
	return &filter.Send{
		ID: v.answerID("reply", me, o.said),
		To: []filter.Recipient{{Address: to, Arg: to.String()}},
		Mail: imip.Compose(imip.Draft{
			From:    imip.Mailbox{Name: v.person.Name, Address: me},
			To:      []imip.Mailbox{{Name: v.sender.Name, Address: to}},
			Subject: fmt.Sprintf(w.answerSubject[o.said], title(object, o.object)),
			Text:    fmt.Sprintf(w.answer[o.said], v.name(), title(object, o.object), v.when(w, v.said(me, o))) + "\n\n" + w.automatic,
			Object:  object,
			Answers: v.tx.Message.Header,
		}),
	}
}

// answerOf says of everything in the message what the copy says: a series and its instances may be answered
// differently, and what is open still is not answered. nil if nothing is.
func (v *visit) answerOf(me address.Address, o outcome) *itip.Object {
	reply := itip.Reply(v.incoming, me, o.said, v.tx.Time, "")
	of := o.object.Counterparts(reply)
	said := map[*itip.Component]string{}
	for _, c := range reply.Scheduled() {
		if mine := of(c); mine != nil {
			said[c] = v.partstat(mine)
		}
	}
	reply.Root.Parts = slices.DeleteFunc(reply.Root.Parts, func(c *itip.Component) bool {
		return c.Has("UID") && (said[c] == "" || said[c] == itip.NeedsAction)
	})
	for c, partstat := range said {
		c.SetPartstat(me, partstat)
	}
	if len(reply.Scheduled()) == 0 {
		return nil
	}
	return reply
}

// said is the part of the message that is answered so under one address.
func (v *visit) said(me address.Address, o outcome) *itip.Object {
	part, of := v.incoming.Clone(), o.object.Counterparts(v.incoming)
	part.Root.Parts = nil
	for _, c := range v.incoming.Root.Parts {
		mine := of(c)
		if _, his := c.Attendee(me); c.Has("UID") && (!his || mine == nil || v.partstat(mine) != o.said) {
			continue
		}
		part.Root.Parts = append(part.Root.Parts, c.Clone())
	}
	return part
}

// name is the person's as it stands in texts.
func (v *visit) name() string { return imip.Line(v.person.Name, maxName) }

// language is that of the organizer, who reads the answer.
func (v *visit) language() string {
	if v.entry == nil {
		return ""
	}
	return v.entry.Language
}

// answerID is the meaning of what is sent because of a message: the same for every retry.
func (v *visit) answerID(kind string, attendee address.Address, partstat string) string {
	c, stamp := v.incoming.Scheduled()[0], ""
	if at := c.Stamp(); !at.IsZero() {
		stamp = at.Format("20060102T150405Z")
	}
	return fmt.Sprintf("%s/%s/%s/%d/%s/%s/%s", kind, v.incoming.UID(), c.Text("RECURRENCE-ID"), c.Sequence(), stamp, attendee, partstat)
}

// title is what an event is called in texts, by the first of some objects that calls it anything.
func title(objects ...*itip.Object) string {
	for _, o := range objects {
		for _, c := range o.Scheduled() {
			if s := imip.Line(c.Text("SUMMARY"), maxTitle); s != "" {
				return s
			}
		}
	}
	return "?"
}
