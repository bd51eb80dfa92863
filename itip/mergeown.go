package itip

import "slices"

// ownOverrides looks after the overrides of the person's copy that the message does not have. Those that are only
// there for personal data and answers follow the series and keep that data; of others that the new series has made void, the
// personal data stays with the instance (S5546-59).
func (m *merge) ownOverrides() error {
	master := m.out.Master()
	if master == nil || !m.fresh[master] || m.was == nil || m.before.series == nil || m.now.series == nil {
		return nil
	}
	for _, v := range inOrder(m.old) {
		now := m.now.override(v.id)
		if v.future || now != nil && m.fresh[now.c] {
			continue
		}
		own, err := m.onlyPersonal(v)
		if err != nil {
			return err
		}
		if now == nil || own {
			if err := m.rebuild(v, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// onlyPersonal tells whether an override says of the meeting itself what the stored series says.
func (m *merge) onlyPersonal(v *override) (bool, error) {
	c, err := m.before.derived(v.id)
	if c == nil || err != nil {
		return false, err
	}
	answered := slices.Concat(v.c.recorded(), m.was.recorded()) // what they say, and whom they sent, came by REPLY
	said := func(c *Component) string {
		c = c.organizers(slices.Concat(m.me, answered))
		c.withoutDelegates(answered)
		return canonical(c)
	}
	return said(c) == said(v.c), nil
}

// derived is what an instance would be without its own override; nil if the series has none such.
func (t *timeline) derived(id moment) (*Component, error) {
	p, ok, err := t.place(id)
	if err != nil || !ok {
		return nil, err
	}
	return t.derive(p), nil
}

// rebuild makes the override of an instance anew from the new series, with what is the person's. It is not needed
// if that is the same for the whole series.
func (m *merge) rebuild(v, now *override) error {
	c, err := m.now.derived(v.id)
	if err != nil {
		return err
	}
	if now != nil {
		m.out.keep(func(c *Component) bool { return c != now.c })
	}
	if c == nil {
		return nil
	}
	plain := canonical(c)
	is, err := m.out.Zones(nil).override(c, nil)
	if err != nil {
		return err
	}
	was, slot := m.before.slot(v.start, v.length), m.now.slot(is.start, is.length)
	m.keep(c, v.c, moved{was.at != slot.at || was.date != slot.date, was != slot})
	if canonical(c) != plain {
		m.out.Root.Parts = slices.Concat(m.out.Root.Parts, []*Component{c})
	}
	return nil
}
