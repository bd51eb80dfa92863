package world

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/milter/filter"
	"usher/milter/message"
)

// books is a module that wants one hour of one room, if it is free.
type books struct {
	t     *testing.T
	store calendar.Reader
	uid   string
}

func (books) Match(*filter.Envelope, message.Header) filter.Interest { return filter.Header }

func (m books) Plan(ctx context.Context, _ *filter.Tx) (filter.Plan, error) {
	put := booking(m.t, "blue", m.uid, 10)
	span := put.Claim.Periods[0]
	busy, _, err := m.store.Busy(ctx, "blue", span)
	taken := slices.ContainsFunc(busy, func(p calendar.Period) bool { return p.UID != m.uid })
	if err != nil || taken {
		return filter.Plan{Why: "busy"}, err
	}
	return filter.Plan{Effects: []filter.Effect{put}, Why: "free"}, nil
}

// TestAnOrphanedHoldDoesNotKeepItsOwnRetryOut: a mail dies after it has taken its hold. A rival waits for that hold,
// and has the turn at the calendar; the retry of the mail, which alone can resume the hold, comes after it. Both are
// answered, and one of them has the room.
func TestAnOrphanedHoldDoesNotKeepItsOwnRetryOut(t *testing.T) {
	store := calendar.NewMemory(calendar.Options{})
	died := errors.New("died")
	first := New(Parts{Store: store}, WithStep(func(point string) error {
		if strings.HasPrefix(point, "confirm:") {
			return died
		}
		return nil
	}))
	if err := first.Apply(t.Context(), []filter.Effect{booking(t, "blue", "first", 10)}); !errors.Is(err, died) {
		t.Fatalf("Apply = %v; want the crash", err)
	}
	w := New(Parts{Store: store})
	w.waitForHold = 20 * time.Millisecond
	run := func(uid string) filter.Outcome {
		p := &filter.Pipeline{World: w, Steps: []filter.Step{{Name: "books", Setting: filter.Setting{Module: books{t, store, uid}, OnError: filter.Defer}}}}
		return p.Run(t.Context(), &filter.Tx{Message: mail("Subject: x\r\n\r\n"),
			Envelope: filter.Envelope{Rcpts: []filter.Recipient{{Address: "room@example.org"}}}})
	}
	rival := make(chan filter.Outcome)
	go func() { rival <- run("rival") }()
	for len(store.Holds()["blue"]) < 2 { // it waits behind the orphan by now
		time.Sleep(time.Millisecond)
	}
	if o := run("first"); o.Refuse != nil || o.Why() != "books: free" {
		t.Errorf("the retry is answered %v, %s; want the room", o.Refuse, o.Why())
	}
	if o := <-rival; o.Refuse != nil || o.Why() != "books: busy" {
		t.Errorf("the rival is answered %v, %s; want busy", o.Refuse, o.Why())
	}
	if holds := store.Holds()["blue"]; len(holds) > 0 {
		t.Errorf("holds are left: %v", holds)
	}
}
