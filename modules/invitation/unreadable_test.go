package invitation_test

import (
	"context"
	"testing"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// outOfOrder are calendars in which one kind of question finds no answer.
type outOfOrder struct {
	calendar.Store
	question string
}

func (o outOfOrder) fails(question string) error {
	if question == o.question {
		return calendar.ErrUnreadable
	}
	return nil
}

func (o outOfOrder) Folders(ctx context.Context, user string) ([]calendar.Folder, error) {
	if err := o.fails("folders"); err != nil {
		return nil, err
	}
	return o.Store.Folders(ctx, user)
}

func (o outOfOrder) Find(ctx context.Context, cal, uid string) (*itip.Object, bool, calendar.Version, error) {
	if err := o.fails("find"); err != nil {
		return nil, false, "", err
	}
	return o.Store.Find(ctx, cal, uid)
}

func (o outOfOrder) Busy(ctx context.Context, cal string, spans ...calendar.Span) ([]calendar.Period, calendar.Version, error) {
	if err := o.fails("busy"); err != nil {
		return nil, "", err
	}
	return o.Store.Busy(ctx, cal, spans...)
}

// TestUnreadableIsNotFree: a calendar that cannot be read is never taken for free (D-14). The mail comes again, or
// passes, as on_error has it; nobody is answered, and nothing is written.
func TestUnreadableIsNotFree(t *testing.T) {
	people := someone("ann", "example.org", "ALL_MANUAL") + someone("bob", "example.org", "ACT_ACCEPT_IF_NO_CONFLICT", "ACT_REJECT")
	mail := imipMail(t, "ann@example.org", "bob@example.org", "REQUEST", "u1",
		"ORGANIZER:mailto:ann@example.org\r\nATTENDEE;RSVP=TRUE:mailto:bob@example.org")
	for _, question := range []string{"", "folders", "find", "busy"} {
		for _, onError := range []filter.OnError{filter.Defer, filter.Pass} {
			memory := calendar.NewMemory(calendar.Options{})
			h := newHost(t, "example.org", people, "", outOfOrder{memory, question})
			h.Steps[0].OnError = onError
			o := h.receive(t, filter.Envelope{Role: filter.Submission, User: "ann", From: "ann@example.org"}, mail, "bob@example.org")
			written, sent := len(memory.Snapshot()), len(h.outbox.Mails())
			if question == "" {
				if !o.Discard || written != 1 || sent != 1 {
					t.Errorf("where all is well: %+v, %d written, %d sent", o, written, sent)
				}
				continue
			}
			put := o.Refuse != nil && o.Refuse.Temporary()
			if put != (onError == filter.Defer) || o.Discard || written+sent > 0 {
				t.Errorf("%s cannot be asked, %s: %v, discarded %v, %d written, %d sent", question, onError, o.Refuse, o.Discard, written, sent)
			}
		}
	}
}
