package ledger

import (
	"container/list"
	"slices"
	"time"
)

// memoryOf is how long charges are remembered; no window is longer. An hour more allows for mails that come in
// with an earlier time than others.
const (
	memoryOf = 24 * time.Hour
	slack    = time.Hour
)

// A counter remembers single charges, so that what a refusal says is exact: 97 of 100, until when. Beyond exactly
// many, those of the older half that fall into one minute become one, counted until the last of them is old.
const (
	exactly = 4096
	coarse  = int64(time.Minute / time.Microsecond)
)

// charge is what was charged at one moment, in microseconds of Unix time.
type charge struct {
	at, amount int64
}

// counter is the charges of one counter of one account, in order of time.
type counter struct {
	account *account
	name    string
	charges []charge
	place   *list.Element // among those that rest
}

// add counts. Charges come nearly in order, those of one mail at one moment.
func (c *counter) add(at, amount int64) {
	c.forget(at)
	i := len(c.charges)
	for i > 0 && c.charges[i-1].at > at {
		i--
	}
	if i > 0 && c.charges[i-1].at == at {
		c.charges[i-1].amount += amount
		return
	}
	c.charges = slices.Insert(c.charges, i, charge{at, amount})
	if len(c.charges) > exactly {
		c.coarsen()
	}
}

// forget drops what is too old, and what lies a day ahead: the clock was wrong then, and would stay so for as long.
func (c *counter) forget(at int64) {
	span, most := (memoryOf + slack).Microseconds(), memoryOf.Microseconds()
	old := 0
	for old < len(c.charges) && at-c.charges[old].at >= span {
		old++
	}
	c.charges = c.charges[old:]
	for n := len(c.charges); n > 0 && c.charges[n-1].at-at > most; n-- {
		c.charges = c.charges[:n-1]
	}
}

// coarsen makes one of those in the older half that fall into one minute.
func (c *counter) coarsen() {
	half := len(c.charges) / 2
	kept := make([]charge, 0, exactly)
	for _, next := range c.charges[:half] {
		if n := len(kept); n > 0 && kept[n-1].at/coarse == next.at/coarse {
			next.amount += kept[n-1].amount
			kept = kept[:n-1]
		}
		kept = append(kept, next)
	}
	c.charges = append(kept, c.charges[half:]...)
}

// used adds up the window that ends now.
func (c *counter) used(window time.Duration, now time.Time) (sum int64, since int64) {
	// as in now.Sub(at) < window, without the overflow of times far apart
	edge := now.UnixMicro() - window.Microseconds()
	first, _ := slices.BinarySearchFunc(c.charges, edge, func(one charge, edge int64) int {
		if one.at <= edge {
			return -1
		}
		return 1
	})
	for _, one := range c.charges[first:] {
		sum += one.amount
	}
	if sum > 0 {
		since = c.charges[first].at
	}
	return sum, since
}

// over tells whether no charge counts any more; one that lies a day ahead is from a clock that was wrong.
func (c *counter) over(now int64) bool {
	if len(c.charges) == 0 {
		return true
	}
	last := c.charges[len(c.charges)-1].at
	return now-last >= (memoryOf+slack).Microseconds() || last-now > memoryOf.Microseconds()
}

// overhead is what a counter costs beside its charges, measured in charges.
const overhead = 16

func (c *counter) weight() int { return len(c.charges) + overhead }
