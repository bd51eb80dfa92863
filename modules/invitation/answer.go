package invitation

import (
	"fmt"

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

// reply is the REPLY to the organizer: text first, the same facts as a calendar part last (S6047-14).
func (v *visit) reply(partstat string) filter.Send {
	w, to := wordsOf(v.language()), v.sender.Address
	me := v.invited.Address
	name := imip.Line(v.person.Name, maxName)
	return filter.Send{
		ID: v.answerID(me, partstat),
		To: []filter.Recipient{{Address: to, Arg: to.String()}},
		Mail: imip.Compose(imip.Draft{
			From:    imip.Mailbox{Name: v.person.Name, Address: me},
			To:      []imip.Mailbox{{Name: v.sender.Name, Address: to}},
			Subject: fmt.Sprintf(w.answerSubject[partstat], title(v.incoming)),
			Text:    fmt.Sprintf(w.answer[partstat], name, title(v.incoming), v.when(w)) + "\n\n" + w.automatic,
			Object:  itip.Reply(v.incoming, me, partstat, v.tx.Time, ""),
			Answers: v.tx.Message.Header,
		}),
	}
}

// language is that of the organizer, who reads the answer.
func (v *visit) language() string {
	if v.entry == nil {
		return ""
	}
	return v.entry.Language
}

// answerID is the meaning of an answer: the same for every retry of the same request.
func (v *visit) answerID(attendee address.Address, partstat string) string {
	c, stamp := v.incoming.Scheduled()[0], ""
	if at := c.Stamp(); !at.IsZero() {
		stamp = at.Format("20060102T150405Z")
	}
	return fmt.Sprintf("reply/%s/%s/%d/%s/%s/%s", v.incoming.UID(), c.Text("RECURRENCE-ID"), c.Sequence(), stamp, attendee, partstat)
}

// title is what an object is called in texts.
func title(o *itip.Object) string {
	for _, c := range o.Scheduled() {
		if s := imip.Line(c.Text("SUMMARY"), maxTitle); s != "" {
			return s
		}
	}
	return "?"
}
