package invitation

import (
	"context"

	"usher/address"
	"usher/itip"
	"usher/milter/message"
)

// doubt says why the mail does not prove that it is from the sender, or "".
func (v *visit) doubt(ctx context.Context) (why string, err error) {
	if v.incoming.Method() == "REPLY" {
		return v.judge.Attendee(ctx, v.tx, v.sender.Address, v.entry, v.deputiesOf(v.sender.Address)...)
	}
	return v.judge.Organizer(ctx, v.tx, v.sender.Address, v.entry)
}

// deputiesOf are those whom an attendee has passed the invitation on to, as far as the organizer's copy says so.
func (v *visit) deputiesOf(attendee address.Address) (all []address.Address) {
	if v.stored == nil {
		return nil
	}
	for _, c := range v.stored.Scheduled() {
		if u, ok := c.Attendee(attendee); ok && u.Partstat == itip.Delegated {
			all = append(all, u.DelegatedTo...)
		}
	}
	return all
}

// unanswered says why the mail is never answered, whatever policies say, or "": nobody would read it, or a program like
// this one has written the mail, and would write again.
func (v *visit) unanswered() string {
	switch method := v.came.Method(); {
	case method != "REQUEST" && method != "ADD":
		return ""
	case v.tx.From == "":
		return "the null sender is never answered"
	case v.tx.Message.Header.Has(message.OwnField):
		return "an automatic mail like ours is never answered"
	}
	return ""
}
