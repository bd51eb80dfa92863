package calendar

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"usher/itip"
)

// Memory is a Store that is gone when the program ends: for tests, the demo and explain. Several goroutines
// may use it at once. A calendar is there as soon as something is put into it. The calendars of a user are
// those named as Dir says.
type Memory struct {
	options   Options
	mu        sync.Mutex
	calendars map[string]*memoryCalendar
}

// memoryCalendar is one calendar: the ledger of the memory store.
type memoryCalendar struct {
	local    *time.Location
	objects  map[string]*memoryObject
	claims   map[uint64]claimed
	overview Overview[*memoryObject]
}

type memoryObject struct {
	Outline[*memoryObject]
	stored
}

// NewMemory makes an empty store.
func NewMemory(o Options) *Memory {
	return &Memory{options: o.withDefaults(), calendars: map[string]*memoryCalendar{}}
}

// Folders implements Reader.
func (m *Memory) Folders(ctx context.Context, user string) ([]Folder, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return foldersOf(user, slices.Collect(maps.Keys(m.calendars))), ctx.Err()
}

// Busy implements Reader.
func (m *Memory) Busy(ctx context.Context, cal string, spans ...Span) (ps []Period, v Version, err error) {
	err = m.read(ctx, cal, func(c *memoryCalendar) error {
		v = c.overview.Version()
		ps, err = c.busy(spans)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return ps, v, nil
}

// Find implements Reader.
func (m *Memory) Find(ctx context.Context, cal, uid string) (o *itip.Object, ok bool, v Version, err error) {
	err = m.read(ctx, cal, func(c *memoryCalendar) error {
		if s, found := c.objects[uid]; found {
			o, ok, v = s.object.Clone(), true, s.version
		}
		return nil
	})
	return o, ok, v, err
}

// Put implements Store.
func (m *Memory) Put(ctx context.Context, p Put) error { return m.scribe().put(ctx, p) }

// Hold implements Store.
func (m *Memory) Hold(ctx context.Context, p Put) (Hold, error) { return m.scribe().take(ctx, p) }

// Delete implements Store.
func (m *Memory) Delete(ctx context.Context, cal, uid string, base Version) error {
	return m.scribe().remove(ctx, cal, uid, base)
}

// Clone copies the store as it is, holds included: the world after a crash. Holds taken before act on the
// store they were taken in.
func (m *Memory) Clone() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := NewMemory(m.options)
	for name, c := range m.calendars {
		copied := n.empty()
		for _, s := range c.objects {
			copied.keep(s.stored)
		}
		copied.claims = maps.Clone(c.claims)
		n.calendars[name] = copied
	}
	return n
}

// Snapshot gives every object as it is encoded, by calendar and UID; calendars without objects are left out,
// and so are holds. Two worlds are the same if reflect.DeepEqual says so of their snapshots.
func (m *Memory) Snapshot() map[string]map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]map[string]string{}
	for name, c := range m.calendars {
		for uid, s := range c.objects {
			enter(all, name, uid, s.data)
		}
	}
	return all
}

// enter adds an object to a snapshot.
func enter(all map[string]map[string]string, cal, uid string, data []byte) {
	if all[cal] == nil {
		all[cal] = map[string]string{}
	}
	all[cal][uid] = string(data)
}

// Holds gives the keys of all holds, by calendar, in their order; calendars without holds are left out.
func (m *Memory) Holds() map[string][]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string][]string{}
	for name, c := range m.calendars {
		for _, n := range slices.Sorted(maps.Keys(c.claims)) {
			all[name] = append(all[name], c.claims[n].Key)
		}
	}
	return all
}

func (m *Memory) scribe() scribe { return scribe{m.options, m.within} }

func (m *Memory) within(ctx context.Context, cal string, f func(ledger) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	c := m.calendars[cal]
	if c == nil {
		c = m.empty()
		m.calendars[cal] = c
	}
	return f(c)
}

// read is within for those who only look: it makes no calendar.
func (m *Memory) read(ctx context.Context, cal string, f func(*memoryCalendar) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	c := m.calendars[cal]
	if c == nil {
		c = m.empty()
	}
	return f(c)
}

func (m *Memory) empty() *memoryCalendar {
	return &memoryCalendar{local: m.options.Local, objects: map[string]*memoryObject{}, claims: map[uint64]claimed{}}
}

func (c *memoryCalendar) version(uid string) (Version, error) {
	if s, ok := c.objects[uid]; ok {
		return s.Version, nil
	}
	return "", nil
}

func (c *memoryCalendar) busy(spans []Span) ([]Period, error) {
	var all []Period
	for _, s := range c.overview.Touching(spans...) {
		ps, err := Periods(s.object, c.local, spans...)
		if err != nil {
			return nil, fmt.Errorf("object %q: %w: %w", s.UID, ErrUnreadable, err)
		}
		all = append(all, ps...)
	}
	SortPeriods(all)
	return all, nil
}

func (c *memoryCalendar) write(s stored) error {
	c.forget(s.object.UID())
	c.keep(s)
	return nil
}

func (c *memoryCalendar) keep(s stored) {
	o := &memoryObject{stored: s}
	o.Outline = OutlineOf(s.object, s.version, c.local, o)
	c.objects[o.UID] = o
	c.overview.Add(&o.Outline)
}

func (c *memoryCalendar) remove(uid string) error {
	c.forget(uid)
	return nil
}

func (c *memoryCalendar) forget(uid string) {
	if o, ok := c.objects[uid]; ok {
		delete(c.objects, uid)
		c.overview.Remove(&o.Outline)
	}
}

func (c *memoryCalendar) holds() ([]*claimed, error) {
	var hs []*claimed
	for _, n := range slices.Sorted(maps.Keys(c.claims)) {
		h := c.claims[n]
		hs = append(hs, &h)
	}
	return hs, nil
}

func (c *memoryCalendar) hold(h *claimed, _ stored) error {
	c.claims[h.Number] = *h
	return nil
}

func (c *memoryCalendar) unhold(h *claimed) error {
	delete(c.claims, h.Number)
	return nil
}
