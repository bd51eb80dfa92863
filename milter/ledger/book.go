package ledger

import (
	"container/list"
	"slices"

	"usher/milter/filter"
)

// maxWeight bounds what is remembered of all accounts: about 64 MiB. Beyond it the counters that rested longest
// are forgotten. Suspensions never are.
const maxWeight = 4 << 20

// book is what is known, in memory.
type book struct {
	accounts  map[string]*account
	resting   *list.List // of *counter, the one that rested longest first
	weight    int
	suspended int // how many accounts are
	most      int // weight
}

// account is what is known of one account.
type account struct {
	name      string
	counters  []*counter         // few
	suspended *filter.Suspension // nil: it is not
}

// counter is one of the account's; nil: nothing was charged to it.
func (a *account) counter(name string) *counter {
	for _, c := range a.counters {
		if c.name == name {
			return c
		}
	}
	return nil
}

func newBook() *book {
	return &book{accounts: map[string]*account{}, resting: list.New(), most: maxWeight}
}

// account makes one that is not there yet.
func (b *book) account(name string) *account {
	a := b.accounts[name]
	if a == nil {
		a = &account{name: name}
		b.accounts[name] = a
	}
	return a
}

// charge counts; what rested too long is forgotten meanwhile.
func (b *book) charge(account, name string, at, amount int64) {
	a := b.account(account)
	c := a.counter(name)
	if c == nil {
		c = &counter{account: a, name: name}
		a.counters = append(a.counters, c)
		c.place = b.resting.PushBack(c)
		b.weight += c.weight()
	}
	before := c.weight()
	c.add(at, amount)
	b.weight += c.weight() - before
	b.resting.MoveToBack(c.place)
	b.sweep(at)
}

// sweep forgets counters whose last charge is old, and the oldest ones if there are too many.
func (b *book) sweep(now int64) {
	for front := b.resting.Front(); front != nil && b.resting.Len() > 1; front = b.resting.Front() {
		c := front.Value.(*counter)
		if b.weight <= b.most && !c.over(now) {
			return
		}
		b.drop(c)
	}
}

func (b *book) drop(c *counter) {
	b.weight -= c.weight()
	b.resting.Remove(c.place)
	c.account.counters = slices.DeleteFunc(c.account.counters, func(o *counter) bool { return o == c })
	b.tidy(c.account)
}

// tidy forgets an account of which nothing is known any more.
func (b *book) tidy(a *account) {
	if len(a.counters) == 0 && a.suspended == nil {
		delete(b.accounts, a.name)
	}
}

func (b *book) suspend(name string, s filter.Suspension) {
	a := b.account(name)
	if a.suspended == nil {
		b.suspended++
	}
	a.suspended = &s
}

// resume lets an account go on and forgets what it was counted.
func (b *book) resume(name string) (was bool) {
	a := b.accounts[name]
	if a == nil {
		return false
	}
	if was = a.suspended != nil; was {
		b.suspended--
		a.suspended = nil
	}
	for _, c := range slices.Clone(a.counters) {
		b.drop(c)
	}
	b.tidy(a)
	return was
}
