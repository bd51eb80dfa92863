package invitation

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// ahead are the instances that wait for an answer, lie within the horizon and are not over; why says that there is
// nothing to decide about. Tasks take no time.
func (v *visit) ahead(r request) (wanted []calendar.Span, why string) {
	if r.object.Kind() != itip.Event {
		return nil, ""
	}
	end := v.tx.Time.Add(v.Horizon)
	all, err := r.object.Instances(v.tx.Time, end, v.zone)
	if err != nil {
		return nil, fmt.Sprintf("its times: %v", err)
	}
	for _, i := range all {
		if !i.Cancelled && slices.Contains(r.open, i.Component) {
			wanted = append(wanted, calendar.Span{From: i.Start, To: i.End})
		}
	}
	if len(wanted) > 0 {
		return wanted, ""
	}
	if _, last, endless := v.incoming.Bounds(v.zone); endless || !last.Before(end) {
		return nil, "it is farther ahead than calendars are looked at"
	}
	return nil, "it is over"
}

// busy is what a look into the person's calendars found: one for all policies that want to know.
type busy struct {
	found bool
	clash calendar.Period
}

// unmet says why the condition of a policy does not hold for times, or "".
func (v *visit) unmet(ctx context.Context, p policy, wanted []calendar.Span) (why string, err error) {
	if p.when == always {
		return "", nil
	}
	if v.busy == nil {
		clash, found, err := v.clash(ctx, wanted)
		if err != nil {
			return "", err
		}
		v.busy = &busy{found, clash}
	}
	switch {
	case p.when == ifFree && v.busy.found:
		return fmt.Sprintf("in the way: %s", span(v.busy.clash)), nil
	case p.when == ifBusy && !v.busy.found:
		return "nothing is in the way", nil
	}
	return "", nil
}

func span(p calendar.Period) string {
	return p.From.UTC().Format(time.RFC3339) + " to " + p.To.UTC().Format(time.RFC3339)
}

// clash is the first time in the person's calendars that is in the way.
func (v *visit) clash(ctx context.Context, wanted []calendar.Span) (calendar.Period, bool, error) {
	if wanted = (calendar.Claim{Periods: wanted}).Spans(); len(wanted) == 0 {
		return calendar.Period{}, false, nil
	}
	folders, err := v.calendarsOf(ctx, v.person, itip.Event)
	if err != nil {
		return calendar.Period{}, false, err
	}
	for _, f := range folders {
		busy, _, err := v.calendars.Busy(ctx, f.Name, wanted...)
		if err != nil {
			return calendar.Period{}, false, fmt.Errorf("busy times of calendar %s: %w", f.Name, err)
		}
		if p, ok := v.firstClash(wanted, busy); ok {
			return p, true, nil
		}
	}
	return calendar.Period{}, false, nil
}

// firstClash finds busy time that is wanted; the event itself, as it was before, is not in its own way.
func (v *visit) firstClash(wanted []calendar.Span, busy []calendar.Period) (calendar.Period, bool) {
	for _, p := range busy {
		if p.UID == v.incoming.UID() {
			continue
		}
		i := sort.Search(len(wanted), func(i int) bool { return wanted[i].To.After(p.From) })
		if i < len(wanted) && p.Overlaps(wanted[i].From, wanted[i].To) {
			return p, true
		}
	}
	return calendar.Period{}, false
}
