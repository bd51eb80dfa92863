package itip

import (
	"fmt"
	"time"
)

// Override gives the component that speaks for one instance of a series alone, named by its original start, so that
// something can be said of it. Where there is none it is made from the series and added to the object. ErrNoInstance:
// the object has no such instance, or not one that can be told from later ones (RANGE=THISANDFUTURE).
func (o *Object) Override(instance time.Time) (*Component, error) {
	t, err := o.timeline()
	if err != nil {
		return nil, err
	}
	c, err := t.component(instance)
	if err != nil {
		return nil, err
	}
	for _, v := range t.overrides {
		if v.c == c && v.future && t.series != nil {
			return nil, fmt.Errorf("%w: the one at %s moves later ones", ErrNoInstance, instance.UTC())
		}
	}
	if c.stands(t) {
		return c, nil
	}
	return c, t.add(c)
}
