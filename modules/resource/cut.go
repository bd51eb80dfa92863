package resource

import (
	"fmt"
	"time"

	"usher/itip"
)

// cut ends a series right before the instance that originally starts at an instant, as a cancellation of that one
// and all later ones would, and notes the rule as it was.
func cut(o *itip.Object, from, now time.Time) (*itip.Object, error) {
	cancel, err := itip.Cancel(o, nil, []time.Time{from}, now)
	if err != nil {
		return nil, fmt.Errorf("cut the series: %w", err)
	}
	for _, c := range cancel.Scheduled() {
		if id, ok := c.Prop("RECURRENCE-ID"); ok {
			c.Set(id.With("RANGE", "THISANDFUTURE"))
		}
	}
	rest, gone, err := itip.Cancelled(o, cancel)
	if err != nil || gone {
		return nil, fmt.Errorf("cut the series: nothing left: %w", err)
	}
	if rule, ok := o.Master().Prop("RRULE"); ok {
		rest.Master().SetText(asked, rule.Value)
	}
	return rest, nil
}
