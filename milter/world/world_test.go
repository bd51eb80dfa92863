package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
	"usher/milter/message"
)

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	clock = func() time.Time { return noon }
)

// bench is a world with everything in memory, and what it did.
type bench struct {
	*World
	store  *calendar.Memory
	faults *faults
	outbox *Outbox
	done   *MemoryLog

	mu     sync.Mutex
	points []string
}

func newBench() *bench {
	b := &bench{store: calendar.NewMemory(calendar.Options{}), outbox: &Outbox{}, done: &MemoryLog{}}
	b.faults = &faults{Store: b.store}
	b.World = New(Parts{Store: b.faults, Submitter: b.outbox, DoneLog: b.done, Clock: clock, Hostname: "example.org"},
		WithStep(func(point string) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.points = append(b.points, point)
			return nil
		}))
	return b
}

// acts is the points passed so far, without those after an act.
func (b *bench) acts() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.points), func(p string) bool { return strings.HasSuffix(p, ":done") })
}

func (b *bench) has(t *testing.T, cal, uid string) bool {
	t.Helper()
	_, ok, _, err := b.store.Find(t.Context(), cal, uid)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func (b *bench) version(t testing.TB, cal, uid string) calendar.Version {
	t.Helper()
	_, _, v, err := b.store.Find(context.Background(), cal, uid)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// put stores an object past the world, as a client would.
func (b *bench) put(t testing.TB, cal string, o *itip.Object) {
	t.Helper()
	err := b.store.Put(context.Background(), calendar.Put{Calendar: cal, UID: o.UID(), Object: o, Base: b.version(t, cal, o.UID())})
	if err != nil {
		t.Fatal(err)
	}
}

// tidy fails if holds were left behind.
func (b *bench) tidy(t *testing.T) {
	t.Helper()
	if holds := b.store.Holds(); len(holds) > 0 {
		t.Errorf("holds left: %v", holds)
	}
}

// faults is a Store in which things go wrong: before an operation, or after it, its answer being lost.
type faults struct {
	calendar.Store
	before, after func(op string) error // op is "hold room/uid" and the like
}

func (f *faults) do(op, cal, uid string, act func() error) error {
	op += " " + cal + "/" + uid
	if f.before != nil {
		if err := f.before(op); err != nil {
			return err
		}
	}
	err := act()
	if err == nil && f.after != nil {
		err = f.after(op)
	}
	return err
}

func (f *faults) Find(ctx context.Context, cal, uid string) (o *itip.Object, ok bool, v calendar.Version, err error) {
	err = f.do("find", cal, uid, func() error {
		o, ok, v, err = f.Store.Find(ctx, cal, uid)
		return err
	})
	return o, ok, v, err
}

func (f *faults) Busy(ctx context.Context, cal string, spans ...calendar.Span) (ps []calendar.Period, v calendar.Version, err error) {
	err = f.do("busy", cal, "", func() error {
		ps, v, err = f.Store.Busy(ctx, cal, spans...)
		return err
	})
	return ps, v, err
}

func (f *faults) Put(ctx context.Context, p calendar.Put) error {
	return f.do("put", p.Calendar, p.UID, func() error { return f.Store.Put(ctx, p) })
}

func (f *faults) Delete(ctx context.Context, cal, uid string, base calendar.Version) error {
	return f.do("delete", cal, uid, func() error { return f.Store.Delete(ctx, cal, uid, base) })
}

func (f *faults) Hold(ctx context.Context, p calendar.Put) (h calendar.Hold, err error) {
	err = f.do("hold", p.Calendar, p.UID, func() error {
		h, err = f.Store.Hold(ctx, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return faultyHold{h, f, p}, nil
}

type faultyHold struct {
	calendar.Hold
	*faults
	put calendar.Put
}

func (h faultyHold) Confirm(ctx context.Context) error {
	return h.do("confirm", h.put.Calendar, h.put.UID, func() error { return h.Hold.Confirm(ctx) })
}

func (h faultyHold) Withdraw(ctx context.Context) error {
	return h.do("withdraw", h.put.Calendar, h.put.UID, func() error { return h.Hold.Withdraw(ctx) })
}

// on is a fault at one operation, once.
func on(op string, err error) func(string) error {
	var once sync.Once
	return func(now string) (fault error) {
		if now == op {
			once.Do(func() { fault = err })
		}
		return fault
	}
}

// event is an hour from the given hour of our day.
func event(t testing.TB, uid string, hour int, lines ...string) *itip.Object {
	t.Helper()
	text := fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260301T000000Z\r\n"+
		"DTSTART:20260302T%02d0000Z\r\nDTEND:20260302T%02d0000Z\r\nSUMMARY:meeting\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n",
		uid, hour, hour+1, strings.Join(append(lines, ""), "\r\n"))
	objects, err := itip.Parse([]byte(text))
	if err != nil || len(objects) != 1 {
		t.Fatalf("parse event %s: %v", uid, err)
	}
	return objects[0]
}

func cause(of string) itip.Cause { return itip.CauseOf("ACCEPTED", of) }

// booking claims an hour in a room.
func booking(t testing.TB, room, uid string, hour int) filter.PutEvent {
	t.Helper()
	start := time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC)
	return filter.PutEvent{Calendar: room, UID: uid, Object: event(t, uid, hour), Cause: cause("request/" + room + uid),
		Claim: &calendar.Claim{Periods: []calendar.Span{{From: start, To: start.Add(time.Hour)}}, Parallel: 1}}
}

// entry is a plain object in somebody's calendar.
func entry(t testing.TB, cal, uid string) filter.PutEvent {
	t.Helper()
	return filter.PutEvent{Calendar: cal, UID: uid, Object: event(t, uid, 10), Cause: cause("request/" + cal + uid)}
}

// answer is an automatic mail.
func answer(id string, to ...string) filter.Send {
	s := filter.Send{ID: id, Mail: mail("From: room@example.org\r\nSubject: Accepted\r\n\r\nyes\r\n")}
	for _, a := range to {
		s.To = append(s.To, filter.Recipient{Address: address.Must(a)})
	}
	return s
}

// branch is a copy of somebody's mail.
func branch(id, from string, to ...string) filter.Send {
	s := answer(id, to...)
	s.Branch, s.From = true, address.Must(from)
	s.Mail = mail("From: john@example.org\r\nMessage-ID: <original@example.net>\r\n\r\nhello\r\n")
	return s
}

func mail(text string) *message.Message {
	m, err := message.Read(strings.NewReader(text), 0)
	if err != nil {
		panic(err)
	}
	return m
}

// kind says what Apply returned: done, stale, failed, committed.
func kind(err error) string {
	var e *filter.EffectError
	switch {
	case err == nil:
		return "done"
	case asEffect(err, &e) && e.Committed:
		return "committed"
	case asEffect(err, &e):
		return "failed"
	case isStale(err):
		return "stale"
	}
	return "crashed"
}

func asEffect(err error, e **filter.EffectError) bool { return errors.As(err, e) }
func isStale(err error) bool                          { return errors.Is(err, filter.ErrStale) }
