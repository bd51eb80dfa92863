package invitation

import (
	"context"
	"fmt"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// unmet says why the condition of a policy does not hold for a request, or "".
func (v *visit) unmet(ctx context.Context, p policy, r request) (why string, err error) {
	if p.when == always {
		return "", nil
	}
	clash, found, err := v.clash(ctx, r.object)
	switch {
	case err != nil:
		return "", err
	case p.when == ifFree && found:
		return fmt.Sprintf("in the way: %s", span(clash)), nil
	case p.when == ifBusy && !found:
		return "nothing is in the way", nil
	}
	return "", nil
}

func span(p calendar.Period) string {
	return p.From.UTC().Format(time.RFC3339) + " to " + p.To.UTC().Format(time.RFC3339)
}

// clash is the first time in the person's calendars that is in the way of a request.
func (v *visit) clash(ctx context.Context, o *itip.Object) (calendar.Period, bool, error) {
	wanted, err := v.times(o)
	if err != nil || len(wanted) == 0 {
		return calendar.Period{}, false, err
	}
	from, to := wanted[0].Start, wanted[0].End
	for _, i := range wanted {
		if i.End.After(to) {
			to = i.End
		}
	}
	folders, err := v.calendarsOf(ctx, v.person, itip.Event)
	if err != nil {
		return calendar.Period{}, false, err
	}
	for _, f := range folders {
		busy, _, err := v.calendars.Busy(ctx, f.Name, from, to)
		if err != nil {
			return calendar.Period{}, false, fmt.Errorf("busy times of calendar %s: %w", f.Name, err)
		}
		if p, ok := v.firstClash(wanted, busy); ok {
			return p, true, nil
		}
	}
	return calendar.Period{}, false, nil
}

// times are the instances ahead that a request is about.
func (v *visit) times(o *itip.Object) ([]itip.Instance, error) {
	if v.incoming.Master() == nil {
		o = v.incoming // instances alone; what else is in the series has been decided
	}
	all, err := o.Instances(v.tx.Time, v.tx.Time.Add(v.Horizon), v.zone)
	if err != nil {
		return nil, err
	}
	var wanted []itip.Instance
	for _, i := range all {
		if !i.Cancelled {
			wanted = append(wanted, i)
		}
	}
	return wanted, nil
}

// firstClash finds busy time that an instance wants; the event itself, as it was before, is not in its own way.
func (v *visit) firstClash(wanted []itip.Instance, busy []calendar.Period) (calendar.Period, bool) {
	for _, p := range busy {
		if p.UID == v.incoming.UID() {
			continue
		}
		for _, i := range wanted {
			if p.Overlaps(i.Start, i.End) {
				return p, true
			}
		}
	}
	return calendar.Period{}, false
}
