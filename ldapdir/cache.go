package ldapdir

import (
	"sync"
	"time"
)

// topic is what a question asks for.
type topic byte

const (
	byAddress  topic = 'a'
	byLogin    topic = 'l'
	byDN       topic = 'd'
	byDomain   topic = 'm'
	bySearch   topic = 's'
	byMember   topic = 'g'
	byDelegate topic = 'r'
)

// key names a question. Verdicts are never kept, only what the directory said.
type key struct {
	profile int
	topic   topic
	text    string
}

// answer is what the directory said to a question: entries, or nobody.
type answer struct {
	key          key
	entries      []*Entry
	fetched      time.Time
	edition      uint64  // of the backend when it was asked
	newer, older *answer // the neighbours in order of use
}

// weight is what an answer counts against the bound.
func (a *answer) weight() int { return max(1, len(a.entries)) }

// cache keeps answers, those asked for lately longest.
type cache struct {
	mu     sync.Mutex
	limit  int
	weight int
	byKey  map[key]*answer
	ring   answer // ring.older is the most, ring.newer the least recently used
}

func newCache(limit int) *cache {
	c := &cache{limit: limit, byKey: make(map[key]*answer)}
	c.ring.newer, c.ring.older = &c.ring, &c.ring
	return c
}

func (c *cache) get(k key) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.byKey[k]
	if a != nil {
		c.unlink(a)
		c.link(a)
	}
	return a
}

// put keeps an answer and drops the least used ones beyond the bound. One too big to keep replaces the
// older answer all the same, by nothing.
func (c *cache) put(a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.byKey[a.key]; old != nil {
		c.drop(old)
	}
	if a.weight() > c.limit {
		return
	}
	c.byKey[a.key] = a
	c.link(a)
	c.weight += a.weight()
	for c.weight > c.limit {
		c.drop(c.ring.newer)
	}
}

func (c *cache) drop(a *answer) {
	c.unlink(a)
	delete(c.byKey, a.key)
	c.weight -= a.weight()
}

func (c *cache) link(a *answer) {
	a.newer, a.older = &c.ring, c.ring.older
	a.older.newer, c.ring.older = a, a
}

func (c *cache) unlink(a *answer) {
	a.newer.older, a.older.newer = a.older, a.newer
}

// size is how many answers are kept.
func (c *cache) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.byKey)
}
