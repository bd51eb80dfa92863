package resource

import (
	"time"

	"usher/itip"
)

// refuses names the rule that does not allow an instance, or "". Whether the time is free is another matter.
func (r Rules) refuses(w wish, i itip.Instance) (rule string) {
	length := i.End.Sub(i.Start)
	switch {
	case !r.AllowRecurring && w.series:
		return "allow_recurring"
	case r.BookingWindow > 0 && i.Start.After(w.at.Add(r.BookingWindow)):
		return "booking_window"
	case r.MaxDuration > 0 && length > r.MaxDuration:
		return "max_duration"
	case length < r.MinDuration:
		return "min_duration"
	case r.WorkHoursOnly && !r.within(i, r.location(w.zone)):
		return "work_hours_only"
	case r.EnforceCapacity && r.Capacity > 0 && w.people[i.Component] > r.Capacity:
		return "capacity"
	}
	return ""
}

// repeats tells whether a component stands for several instances.
func repeats(c *itip.Component) bool { return c.Has("RRULE") || c.Has("RDATE") }

// within tells whether an instance lies in the working hours of one day, on the clocks of the resource.
func (r Rules) within(i itip.Instance, zone *time.Location) bool {
	from, to := i.Start.In(zone), i.End.In(zone)
	opens, closes := r.opens(from, zone)
	return !opens.IsZero() && !from.Before(opens) && !to.After(closes)
}

// opens gives the working hours of the day that an instant is in; zero where it is a day off.
func (r Rules) opens(at time.Time, zone *time.Location) (opens, closes time.Time) {
	at = at.In(zone)
	if r.WorkDays.has(at.Weekday()) {
		return clockOn(at, r.WorkHours.from), clockOn(at, r.WorkHours.to)
	}
	return time.Time{}, time.Time{}
}

// clockOn is when the clocks show a time on a day, which is not always that long after midnight.
func clockOn(day time.Time, after time.Duration) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, int(after.Minutes()), 0, 0, day.Location())
}
