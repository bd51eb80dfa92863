package world

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

func TestApplyKeepsItsOrder(t *testing.T) {
	b := newBench()
	b.put(t, "old", event(t, "moved", 9))
	effects := []filter.Effect{
		filter.DeleteEvent{Calendar: "old", UID: "moved", Base: b.version(t, "old", "moved")},
		answer("first", "john@example.org"),
		entry(t, "people/john", "uid"),
		booking(t, "room2", "uid", 10),
		answer("second", "john@example.org"),
		booking(t, "room1", "uid", 10),
		booking(t, "room1", "also", 11),
		entry(t, "people/john", "uid"), // planned by two modules, done once
	}
	if err := b.Apply(t.Context(), effects); err != nil {
		t.Fatal(err)
	}
	want := []string{"hold:room1/also", "hold:room1/uid", "hold:room2/uid", "confirm:room1/also", "confirm:room1/uid",
		"confirm:room2/uid", "put:people/john/uid", "send:first", "record:first", "send:second", "record:second", "delete:old/moved"}
	if got := b.acts(); !slices.Equal(got, want) {
		t.Errorf("acts\n%v; want\n%v", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	b.tidy(t)
}

func TestApplyLeavesItsMarkAndNotOnTheModulesObject(t *testing.T) {
	b := newBench()
	put := booking(t, "room", "uid", 10)
	before := string(put.Object.Encode())
	if err := b.Apply(t.Context(), []filter.Effect{put}); err != nil {
		t.Fatal(err)
	}
	stored, ok, _, err := b.store.Find(t.Context(), "room", "uid")
	if err != nil || !ok || stored.Cause() != put.Cause {
		t.Errorf("stored with mark %q, %v, %v; want %q", stored.Cause(), ok, err, put.Cause)
	}
	if string(put.Object.Encode()) != before {
		t.Error("the module's object was changed")
	}
}

func TestApplyAgainDoesNothingAgain(t *testing.T) {
	b := newBench()
	b.put(t, "old", event(t, "moved", 9))
	effects := []filter.Effect{booking(t, "room", "uid", 10), entry(t, "people/john", "uid"), answer("reply", "john@example.org"),
		filter.DeleteEvent{Calendar: "old", UID: "moved", Base: b.version(t, "old", "moved")}}
	if err := b.Apply(t.Context(), effects); err != nil {
		t.Fatal(err)
	}
	b.points = nil
	if err := b.Apply(t.Context(), effects); err != nil {
		t.Errorf("second Apply = %v", err)
	}
	if got := b.acts(); !slices.Equal(got, []string{"delete:old/moved"}) {
		t.Errorf("second Apply did %v", got)
	}
	if n := len(b.outbox.Mails()); n != 1 {
		t.Errorf("%d mails; want 1", n)
	}
}

// What is there when a PutEvent comes, and what becomes of it.
func TestWhatIsDoneAlready(t *testing.T) {
	planned := entry(t, "cal", "uid")
	with := func(c itip.Cause, hour int) *itip.Object {
		o := event(t, "uid", hour)
		if c != "" {
			o.SetCause(c)
		}
		return o
	}
	tests := []struct {
		name   string
		stored *itip.Object
		asRead bool // Base is what is stored
		cause  itip.Cause
		want   string
		writes bool
	}{
		{"nothing there", nil, true, planned.Cause, "done", true},
		{"gone since", nil, false, planned.Cause, "stale", false},
		{"as read", with("", 9), true, planned.Cause, "done", true},
		{"changed by somebody", with("", 9), false, planned.Cause, "stale", false},
		{"changed by another cause", with(cause("other"), 9), false, planned.Cause, "stale", false},
		{"other decision of the same cause", with(itip.CauseOf("DECLINED", "request/caluid"), 9), false, planned.Cause, "stale", false},
		{"our own work", with(planned.Cause, 10), false, planned.Cause, "done", false},
		{"our own work, read again", with(planned.Cause, 10), true, planned.Cause, "done", false},
		{"our own work, edited since", with(planned.Cause, 11), false, planned.Cause, "done", false},
		{"our own work, read and planned differently", with(planned.Cause, 11), true, planned.Cause, "done", true},
		{"the same without marks", with("", 10), false, "", "done", false},
		{"something else without marks", with("", 11), false, "", "stale", false},
	}
	for _, tt := range tests {
		for _, claimed := range []bool{false, true} {
			b := newBench()
			put := planned
			put.Cause = tt.cause
			if claimed {
				put.Claim = booking(t, "cal", "uid", 10).Claim
			}
			put.Base = "something else"
			if tt.stored != nil {
				b.put(t, "cal", tt.stored)
			}
			if tt.asRead {
				put.Base = b.version(t, "cal", "uid")
			}
			err := b.Apply(t.Context(), []filter.Effect{put})
			wrote := len(b.acts()) > 0
			if kind(err) != tt.want || wrote != tt.writes {
				t.Errorf("%s, claimed %v: %v, wrote %v; want %s, %v", tt.name, claimed, err, wrote, tt.want, tt.writes)
			}
			b.tidy(t)
		}
	}
}

func TestAnOverbookedClaimLeavesNothing(t *testing.T) {
	b := newBench()
	b.put(t, "room2", event(t, "taken", 10))
	before := b.store.Snapshot()
	err := b.Apply(t.Context(), []filter.Effect{booking(t, "room1", "uid", 10), booking(t, "room2", "uid", 10), answer("reply", "john@example.org")})
	if kind(err) != "stale" {
		t.Errorf("Apply = %v; want stale", err)
	}
	if !reflect.DeepEqual(b.store.Snapshot(), before) || len(b.outbox.Mails()) > 0 {
		t.Error("something was left behind")
	}
	b.tidy(t)
}

var errDisk = errors.New("disk full")

// One thing goes wrong among two rooms, a copy, an answer and a deletion.
func TestWhatAFailureMeans(t *testing.T) {
	tests := []struct {
		name          string
		before, after func(string) error
		want          string
		index         int
		left          []string // what is there afterwards
	}{
		{"look", on("find room2/uid", errDisk), nil, "failed", 1, []string{"old/uid"}},
		{"first hold", on("hold room1/uid", errDisk), nil, "failed", 0, []string{"old/uid"}},
		{"second hold", on("hold room2/uid", errDisk), nil, "failed", 1, []string{"old/uid"}},
		{"second hold stale", on("hold room2/uid", filter.ErrStale), nil, "stale", 0, []string{"old/uid"}},
		{"first confirm", on("confirm room1/uid", errDisk), nil, "failed", 0, []string{"old/uid"}},
		{"first confirm stale", on("confirm room1/uid", filter.ErrStale), nil, "stale", 0, []string{"old/uid"}},
		{"first confirm unanswered", nil, on("confirm room1/uid", errDisk), "done", 0, []string{"people/uid", "room1/uid", "room2/uid"}},
		{"second confirm", on("confirm room2/uid", errDisk), nil, "committed", 1, []string{"old/uid", "room1/uid"}},
		{"second confirm stale", on("confirm room2/uid", filter.ErrStale), nil, "stale", 0, []string{"old/uid"}},
		{"second confirm done by another host", nil, on("confirm room2/uid", filter.ErrStale), "done", 0, []string{"people/uid", "room1/uid", "room2/uid"}},
		{"put", on("put people/uid", errDisk), nil, "committed", 2, []string{"old/uid", "room1/uid", "room2/uid"}},
		{"put stale", on("put people/uid", filter.ErrStale), nil, "stale", 0, []string{"old/uid"}},
		{"put unanswered", nil, on("put people/uid", errDisk), "done", 0, []string{"people/uid", "room1/uid", "room2/uid"}},
		{"delete", on("delete old/uid", errDisk), nil, "committed", 4, []string{"old/uid", "people/uid", "room1/uid", "room2/uid"}},
		{"delete stale", on("delete old/uid", filter.ErrStale), nil, "committed", 4, []string{"old/uid", "people/uid", "room1/uid", "room2/uid"}},
		{"delete unanswered", nil, on("delete old/uid", errDisk), "committed", 4, []string{"people/uid", "room1/uid", "room2/uid"}},
	}
	for _, tt := range tests {
		b := newBench()
		b.put(t, "old", event(t, "uid", 9))
		effects := []filter.Effect{booking(t, "room1", "uid", 10), booking(t, "room2", "uid", 10), entry(t, "people", "uid"),
			answer("reply", "john@example.org"), filter.DeleteEvent{Calendar: "old", UID: "uid", Base: b.version(t, "old", "uid")}}
		b.faults.before, b.faults.after = tt.before, tt.after
		err := b.Apply(t.Context(), effects)
		var e *filter.EffectError
		if kind(err) != tt.want || errors.As(err, &e) && e.Index != tt.index {
			t.Errorf("%s: %v (%s); want %s at %d", tt.name, err, kind(err), tt.want, tt.index)
		}
		if tt.want != "stale" && errors.Is(err, filter.ErrStale) {
			t.Errorf("%s: says that nothing is done", tt.name)
		}
		if got := names(b.store.Snapshot()); !slices.Equal(got, tt.left) {
			t.Errorf("%s: left %v; want %v", tt.name, got, tt.left)
		}
		b.tidy(t)
		// Whatever happened, doing it again ends in the same world.
		b.faults.before, b.faults.after = nil, nil
		if err := b.Apply(t.Context(), effects); err != nil {
			t.Errorf("%s: retry: %v", tt.name, err)
		}
		if got := names(b.store.Snapshot()); !slices.Equal(got, []string{"people/uid", "room1/uid", "room2/uid"}) {
			t.Errorf("%s: after the retry %v", tt.name, got)
		}
		if len(b.outbox.Mails()) != 1 {
			t.Errorf("%s: %d mails", tt.name, len(b.outbox.Mails()))
		}
	}
}

func names(world map[string]map[string]string) []string {
	var all []string
	for cal, objects := range world {
		for uid := range objects {
			all = append(all, cal+"/"+uid)
		}
	}
	slices.Sort(all)
	return all
}

// The answer to a confirmation is lost and nobody can say what became of it: the retry finds out.
func TestAnUnknownConfirmationIsCommitted(t *testing.T) {
	b := newBench()
	finds := 0
	b.faults.before = func(op string) error {
		if op == "confirm room/uid" {
			return errDisk
		}
		if op == "find room/uid" {
			if finds++; finds > 1 {
				return errDisk
			}
		}
		return nil
	}
	effects := []filter.Effect{booking(t, "room", "uid", 10)}
	if err := b.Apply(t.Context(), effects); kind(err) != "committed" {
		t.Errorf("Apply = %v; want committed", err)
	}
	if slices.Contains(b.acts(), "withdraw:room/uid") {
		t.Error("what may be a booking was withdrawn")
	}
	b.faults.before = nil
	if err := b.Apply(t.Context(), effects); err != nil || !b.has(t, "room", "uid") {
		t.Errorf("retry = %v", err)
	}
	b.tidy(t)
}

// The same cause is written again with other content, and fails: what is there is not taken for it.
func TestAFailedRewriteIsNotDone(t *testing.T) {
	for _, p := range []filter.PutEvent{booking(t, "cal", "uid", 10), entry(t, "cal", "uid")} {
		b := newBench()
		earlier := event(t, "uid", 15)
		earlier.SetCause(p.Cause)
		b.put(t, "cal", earlier)
		p.Base = b.version(t, "cal", "uid")
		b.faults.before = func(op string) error {
			if op == "put cal/uid" || op == "confirm cal/uid" {
				return errDisk
			}
			return nil
		}
		if err := b.Apply(t.Context(), []filter.Effect{p}); kind(err) != "failed" {
			t.Errorf("Apply = %v; want failed", err)
		}
		b.tidy(t)
	}
}

// The same mail on another host has completed our first booking; that the second turns stale is no reason to
// take it away.
func TestWhatAnotherHostDidIsNotUndone(t *testing.T) {
	b := newBench()
	b.faults.after = on("confirm room1/uid", filter.ErrStale)
	b.faults.before = on("confirm room2/uid", filter.ErrStale)
	err := b.Apply(t.Context(), []filter.Effect{booking(t, "room1", "uid", 10), booking(t, "room2", "uid", 10)})
	if kind(err) != "stale" || !b.has(t, "room1", "uid") {
		t.Errorf("Apply = %v; booked %v", err, b.has(t, "room1", "uid"))
	}
	b.tidy(t)
}

// Which time a move gave up is not known: it stays moved.
func TestAMoveFromUnknownTimeIsNotUndone(t *testing.T) {
	b := newBench()
	b.put(t, "room1", event(t, "uid", 9))
	move := booking(t, "room1", "uid", 10)
	move.Base = b.version(t, "room1", "uid")
	b.faults.before = func(op string) error {
		switch op {
		case "busy room1/":
			return errDisk
		case "confirm room2/uid":
			return filter.ErrStale
		}
		return nil
	}
	err := b.Apply(t.Context(), []filter.Effect{move, booking(t, "room2", "uid", 10)})
	if kind(err) != "committed" || b.version(t, "room1", "uid") == move.Base {
		t.Errorf("Apply = %v", err)
	}
}

// The second room turns stale when the first booking has moved already: the first goes back to where it was,
// unless its old time was taken meanwhile.
func TestAMoveIsUndone(t *testing.T) {
	for _, taken := range []bool{false, true} {
		b := newBench()
		old := event(t, "uid", 9)
		b.put(t, "room1", old)
		move := booking(t, "room1", "uid", 10)
		move.Base = b.version(t, "room1", "uid")
		b.faults.before = func(op string) error {
			if op != "confirm room2/uid" {
				return nil
			}
			if taken {
				b.put(t, "room1", event(t, "quick", 9))
			}
			return filter.ErrStale
		}
		err := b.Apply(t.Context(), []filter.Effect{move, booking(t, "room2", "uid", 10)})
		want, base := "stale", move.Base
		if taken {
			want = "committed"
		}
		if kind(err) != want || (b.version(t, "room1", "uid") == base) == taken {
			t.Errorf("taken %v: %v (%s); want %s", taken, err, kind(err), want)
		}
		if got := b.store.Snapshot()["room1"]; taken && len(got) != 2 {
			t.Errorf("room1 holds %v", got)
		}
		b.tidy(t)
	}
}

// What somebody else has changed since is not ours to undo.
func TestWhatChangedAgainIsNotUndone(t *testing.T) {
	b := newBench()
	b.faults.before = func(op string) error {
		if op == "confirm room2/uid" {
			b.put(t, "room1", event(t, "uid", 15))
			return filter.ErrStale
		}
		return nil
	}
	err := b.Apply(t.Context(), []filter.Effect{booking(t, "room1", "uid", 10), booking(t, "room2", "uid", 10)})
	if kind(err) != "committed" || !b.has(t, "room1", "uid") {
		t.Errorf("Apply = %v; want committed", err)
	}
}

// The deadline of the mail does not stop us from tidying up.
func TestHoldsAreWithdrawnAfterTheDeadline(t *testing.T) {
	b := newBench()
	ctx, cancel := context.WithCancel(t.Context())
	b.faults.before = func(op string) error {
		if op == "hold room2/uid" {
			cancel()
		}
		return nil
	}
	err := b.Apply(ctx, []filter.Effect{booking(t, "room1", "uid", 10), booking(t, "room2", "uid", 10)})
	if kind(err) != "failed" || !errors.Is(err, context.Canceled) {
		t.Errorf("Apply = %v", err)
	}
	if len(b.store.Snapshot()) > 0 {
		t.Errorf("left %v", names(b.store.Snapshot()))
	}
	b.tidy(t)
}

// An earlier attempt has booked; that this one fails early must not look as if nothing had happened.
func TestWhatAnEarlierAttemptDidIsCommitted(t *testing.T) {
	b := newBench()
	effects := []filter.Effect{booking(t, "room", "uid", 10), answer("reply", "john@example.org")}
	if err := b.Apply(t.Context(), effects[:1]); err != nil {
		t.Fatal(err)
	}
	b.outbox.Deliver = func(context.Context, Mail) error { return errDisk }
	if err := b.Apply(t.Context(), effects); kind(err) != "committed" {
		t.Errorf("Apply = %v; want committed", err)
	}
}

func TestApplyWithoutParts(t *testing.T) {
	w := New(Parts{})
	if err := w.Apply(t.Context(), nil); err != nil {
		t.Error(err)
	}
	for _, e := range []filter.Effect{entry(t, "cal", "uid"), answer("reply", "john@example.org"), filter.DeleteEvent{Calendar: "cal", UID: "uid"}} {
		if err := w.Apply(t.Context(), []filter.Effect{e}); kind(err) != "failed" {
			t.Errorf("%s: %v", e.Key(), err)
		}
	}
	b := newBench()
	for _, e := range []filter.Effect{filter.PutEvent{Calendar: "cal", UID: "uid", Cause: cause("x")}, filter.Send{ID: "empty", To: answer("", "john@example.org").To}} {
		if err := b.Apply(t.Context(), []filter.Effect{entry(t, "cal", "other"), e}); kind(err) != "failed" || b.has(t, "cal", "other") {
			t.Errorf("%s: %v", e.Key(), err)
		}
	}
}

// Two mails want the same two rooms at once, each naming them in another order.
func TestTwoMailsForTwoRooms(t *testing.T) {
	b := newBench()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	results := make(chan error, 2)
	go func() {
		results <- b.Apply(ctx, []filter.Effect{booking(t, "room1", "one", 10), booking(t, "room2", "one", 10)})
	}()
	go func() {
		results <- b.Apply(ctx, []filter.Effect{booking(t, "room2", "two", 10), booking(t, "room1", "two", 10)})
	}()
	got := []string{kind(<-results), kind(<-results)}
	slices.Sort(got)
	if !slices.Equal(got, []string{"done", "stale"}) {
		t.Errorf("got %v; want one done, one stale", got)
	}
	for _, room := range []string{"room1", "room2"} {
		if n := len(b.store.Snapshot()[room]); n != 1 {
			t.Errorf("%s has %d bookings", room, n)
		}
	}
}

// The turn does not come before the mail's time is over.
func TestApplyGivesUpWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		_, release, _ := b.Reserve(t.Context(), []string{"room"})
		defer release()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := b.Apply(ctx, []filter.Effect{answer("reply", "john@example.org"), entry(t, "room", "uid")})
		var e *filter.EffectError
		if kind(err) != "failed" || !errors.As(err, &e) || e.Index != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Apply = %v", err)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	w := New(Parts{Store: calendar.NewMemory(calendar.Options{}), Submitter: &Outbox{Deliver: func(context.Context, Mail) error {
		return nil
	}}, Hostname: "example.org"})
	put, reply := booking(b, "room", "uid", 10), answer("reply", "john@example.org")
	for i := range b.N {
		put.Cause = itip.CauseOf("ACCEPTED", "n", string(rune(i)))
		reply.ID = "reply/" + string(put.Cause)
		if err := w.Apply(context.Background(), []filter.Effect{put, reply}); err != nil {
			b.Fatal(err)
		}
		_, _, put.Base, _ = w.store.Find(context.Background(), "room", "uid")
	}
}
