package ledger

import (
	"fmt"
	"testing"
	"time"
)

// A counter with more charges than it remembers singly: the sum stays right to a minute, memory is bounded, and
// what a refusal promises comes true: a window after the oldest charge there is less.
func TestManyCharges(t *testing.T) {
	c := new(counter)
	const each = 3 * time.Second
	now := noon
	for range 3 * 24 * 1200 { // three days
		now = now.Add(each)
		c.add(now.UnixMicro(), 1)
		if len(c.charges) > exactly {
			t.Fatalf("%d charges", len(c.charges))
		}
	}
	for _, window := range []time.Duration{time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour} {
		sum, since := c.used(window, now)
		want := int64(window / each)
		if over := sum - want; over < 0 || over > int64(time.Minute/each) || window <= time.Hour && over != 0 {
			t.Errorf("within %v: %d, want %d", window, sum, want)
		}
		if less, _ := c.used(window, time.UnixMicro(since).Add(window)); less >= sum {
			t.Errorf("within %v: no less when it should be", window)
		}
	}
}

func TestAClockThatWasWrong(t *testing.T) {
	b := newBook()
	b.charge("doe", "rcpt", noon.Add(365*24*time.Hour).UnixMicro(), 5)
	b.charge("smith", "rcpt", noon.Add(365*24*time.Hour).UnixMicro(), 5)
	b.charge("doe", "rcpt", noon.UnixMicro(), 1)
	if sum, _ := b.accounts["doe"].counter("rcpt").used(time.Hour, noon); sum != 1 {
		t.Errorf("%d, with what was charged a year ahead", sum)
	}
	if b.accounts["smith"] != nil {
		t.Error("what was charged a year ahead is kept for a year")
	}
}

// Counters that rest are forgotten by age, and before that if there are too many; suspensions stay.
func TestTheBookIsBounded(t *testing.T) {
	b := newBook()
	b.most = 100 * (overhead + 1)
	at := noon.UnixMicro()
	for i := range 1000 {
		name := fmt.Sprint(i)
		if i%100 == 0 {
			b.account(name).suspended, b.suspended = &stop, b.suspended+1
		}
		b.charge(name, "rcpt", at, 1)
	}
	if n := b.resting.Len(); n != 100 || len(b.accounts) != 110-1 { // one of the hundred is suspended
		t.Errorf("%d counters of %d accounts", n, len(b.accounts))
	}
	if b.accounts["0"] == nil || b.accounts["1"] != nil || b.accounts["999"] == nil {
		t.Error("not those that rested longest were forgotten")
	}
	b.charge("new", "rcpt", at+(26*time.Hour).Microseconds(), 1)
	if n := b.resting.Len(); n != 1 || b.weight != overhead+1 {
		t.Errorf("a day later: %d counters, weight %d", n, b.weight)
	}
	if len(b.accounts) != 11 || b.suspended != 10 {
		t.Errorf("a day later: %d accounts", len(b.accounts))
	}
}
