package itip

// cancelAgain takes away from a series that comes whole what the organizer has cancelled since it was written (S5546-55).
func (u *update) cancelAgain(r *recurrence, master *Component) (*recurrence, error) {
	since := u.was.exclusions().since(master)
	if r == nil || len(since) == 0 {
		return r, nil
	}
	kept := exclusions{}
	for _, x := range since.sorted() {
		o, ok, err := r.find(r.at(x.key))
		if err != nil {
			return nil, err
		}
		if !ok && !x.future {
			continue
		}
		if !ok {
			o = occurrence{r.at(x.key).wall, x.key}
		}
		if x.future {
			if err := r.cut(master, o); err != nil {
				return nil, err
			}
			if r, err = u.out.series(); err != nil {
				return nil, err
			}
		} else if v := u.new[instanceKey{o.at, r.start.date}]; v != nil && !since[x].outdates(v.c) {
			continue // invited again since
		} else {
			r.exclude(master, o)
		}
		kept[x] = since[x]
		u.strikeOut(x, since[x])
	}
	master.setExclusions(kept)
	return r, nil
}

// strikeOut takes the overrides away that the message has for what is cancelled.
func (u *update) strikeOut(x excluded, by exclusion) {
	for k, v := range u.new {
		if (k.at == x.key || x.future && k.at >= x.key) && by.outdates(v.c) {
			delete(u.new, k)
			u.out.keep(func(c *Component) bool { return c != v.c })
		}
	}
}

// organizersExclusions notes of a copy that has come by one message that all its EXDATEs are the organizer's.
func (o *Object) organizersExclusions() {
	if series, err := o.series(); err == nil && series != nil {
		o.Master().organizersExclusions(series, nil, nil)
	}
}

// organizersExclusions notes which EXDATEs of a series that came by a message are the organizer's: all but those that
// the owner of the copy had there before.
func (c *Component) organizersExclusions(now, before *recurrence, marked exclusions) {
	if now == nil || len(now.exAt)+len(now.exDay) == 0 {
		return
	}
	es := c.exclusions()
	for _, o := range now.excludedStarts() {
		x := excluded{now.key(o), false}
		_, noted := es[x]
		_, was := marked[x]
		if owners := before != nil && before.excluded(o) && !was; !noted && !owners {
			es[x] = exclusionOf(c)
		}
	}
	if len(es) > 0 {
		c.setExclusions(es)
	}
}

// struckBack tells whether an instance that was kept as cancelled takes place again because the series says so.
func (m *merge) struckBack(series *recurrence) (bool, error) {
	var now map[instanceKey]*override
	for k, v := range m.old {
		if !v.c.Cancelled() || series == nil {
			continue
		}
		if now == nil {
			var err error
			if now, err = m.out.overrideMap(); err != nil {
				return false, err
			}
		}
		o, there, err := series.find(v.id)
		if err != nil || there && now[k] == nil && !series.excluded(o) {
			return err == nil, err
		}
	}
	return false, nil
}
