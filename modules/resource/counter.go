package resource

import (
	"fmt"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
	"usher/milter/imip"
)

// counter answers who proposes another time to a resource that it cannot do that (S5546-64). Only people who logged in
// get an answer.
func (m *module) counter(tx *filter.Tx, o *itip.Object, room *facility) decision {
	if tx.Principal == nil || tx.From == "" || tx.Principal.Mail() == "" {
		return untouched("method COUNTER, and nobody to answer")
	}
	to, w := tx.Principal.Mail(), wordsOf(tx.Principal.Language)
	answer := itip.DeclineCounter(o, tx.Time, w.counter)
	answer.AddRequestStatus("3.14", "Unsupported capability", "METHOD:COUNTER")
	return done("COUNTER is not supported", filter.Send{
		ID: counterID(o, room.Mail(), to),
		To: []filter.Recipient{{Address: to, Arg: to.String()}},
		Mail: imip.Compose(imip.Draft{
			From:    imip.Mailbox{Name: room.Name, Address: room.Mail()},
			To:      []imip.Mailbox{{Name: tx.Principal.Name, Address: to}},
			Subject: fmt.Sprintf(w.counterSubject, title(o)), Text: w.counter, Object: answer, Answers: tx.Message.Header,
		}),
	})
}

func counterID(o *itip.Object, from, to address.Address) string {
	c := o.Scheduled()[0]
	return fmt.Sprintf("declinecounter/%s/%s/%d/%s/%s/%s", o.UID(), c.Text("RECURRENCE-ID"), c.Sequence(), c.Text("DTSTAMP"), from, to)
}
