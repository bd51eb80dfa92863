package calendar

import (
	"container/list"
	"sync"
)

// LRU remembers values up to a total cost and forgets first what was not asked for longest.
type LRU[K comparable, V any] struct {
	mu      sync.Mutex
	room    int // total cost that fits
	used    int
	entries map[K]*list.Element
	order   list.List // of kept, the last used in front
}

type kept[K comparable, V any] struct {
	key   K
	value V
	cost  int
}

// NewLRU makes an empty one.
func NewLRU[K comparable, V any](room int) *LRU[K, V] {
	return &LRU[K, V]{room: room, entries: map[K]*list.Element{}}
}

// Get gives a value if it is remembered.
func (c *LRU[K, V]) Get(key K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(kept[K, V]).value, true
}

// Put remembers a value; one that costs more than there is room for is not.
func (c *LRU[K, V]) Put(key K, value V, cost int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(key)
	if cost > c.room {
		return
	}
	c.used += cost
	c.entries[key] = c.order.PushFront(kept[K, V]{key, value, cost})
	for c.used > c.room {
		c.forget(c.order.Back().Value.(kept[K, V]).key)
	}
}

// Take gives a value and forgets it.
func (c *LRU[K, V]) Take(key K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, there := c.entries[key]; there {
		v, ok = e.Value.(kept[K, V]).value, true
	}
	c.forget(key)
	return v, ok
}

func (c *LRU[K, V]) forget(key K) {
	if e, ok := c.entries[key]; ok {
		c.used -= e.Value.(kept[K, V]).cost
		c.order.Remove(e)
		delete(c.entries, key)
	}
}
