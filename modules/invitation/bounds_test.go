package invitation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"usher/itip/calendar"
	"usher/milter/filter"
)

// counting is a store that counts how often it was asked for busy times.
type counting struct {
	calendar.Store
	looks int
}

func (c *counting) Busy(ctx context.Context, cal string, spans ...calendar.Span) ([]calendar.Period, calendar.Version, error) {
	c.looks++
	return c.Store.Busy(ctx, cal, spans...)
}

// TestManyPolicies: however many policies want to know what is in the way, calendars are looked at once; of very many
// values the first count, and what cannot be read does not fill the log.
func TestManyPolicies(t *testing.T) {
	var policies []string
	for i := range 150 {
		policies = append(policies, "EVENT_REJECT_IF_CONFLICT", fmt.Sprintf("EVENT_NONSENSE_%d", i))
	}
	policies = append(policies, "EVENT_ACCEPT")
	attendees := "ORGANIZER:mailto:boss@example.org\r\nATTENDEE;RSVP=TRUE:mailto:ann@example.org"
	store := &counting{Store: calendar.NewMemory(calendar.Options{})}
	h := newHost(t, "example.org", someone("boss", "example.org")+someone("ann", "example.org", policies...), "", store)
	o := h.receive(t, filter.Envelope{Role: filter.Submission, User: "boss", From: "boss@example.org"},
		imipMail(t, "boss@example.org", "ann@example.org", "REQUEST", "u1", attendees), "ann@example.org")
	if o.Refuse != nil || o.Discard || !strings.Contains(o.Why(), "no policy decides") {
		t.Errorf("the hundred-and-first policy decided: %v: %s", o.Refuse, o.Why())
	}
	if store.looks != 1 {
		t.Errorf("looked for busy times %d times", store.looks)
	}
	skipped := 0
	for _, note := range o.Reasons[0].Plan.Notes {
		if strings.Contains(note, "is skipped") {
			skipped++
		}
	}
	if skipped != 6 {
		t.Errorf("%d values are told to be skipped", skipped)
	}
}
