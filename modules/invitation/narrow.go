package invitation

import (
	"fmt"
	"slices"
	"time"

	"usher/itip"
)

// narrow leaves of a message what is about the person: of a REQUEST the instances that list him, and of an ADD the
// instance that it adds, as a REQUEST would have it.
func (v *visit) narrow() (err error) {
	switch v.came.Method() {
	case "REQUEST":
		if v.incoming, err = itip.For(v.came, v.me...); err != nil {
			return fmt.Errorf("what is for the person: %w", err)
		}
	case "ADD":
		v.incoming, err = v.added()
	}
	return err
}

// added is the instance that an ADD adds to the series at hand (RFC 5546 3.2.4).
func (v *visit) added() (*itip.Object, error) {
	if v.stored == nil {
		return nil, fmt.Errorf("added to a series that is not in the calendar")
	}
	o, err := itip.Merge(v.stored, v.came, v.me...)
	if err != nil {
		return nil, err
	}
	start, ok, err := v.came.Next(time.Unix(0, 0), v.zone)
	if err != nil || !ok {
		return nil, fmt.Errorf("added without a time")
	}
	is, err := o.Instances(start.Start, start.Start.Add(time.Second), v.zone)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(is, func(i itip.Instance) bool {
		return i.RecurrenceID.Equal(start.Start) && i.Component.Has("RECURRENCE-ID")
	})
	if i < 0 {
		return nil, itip.ErrNoInstance
	}
	o.Root.Parts = slices.DeleteFunc(o.Root.Parts, func(c *itip.Component) bool { return c.Has("UID") && c != is[i].Component })
	o.SetMethod("REQUEST")
	return o, nil
}
