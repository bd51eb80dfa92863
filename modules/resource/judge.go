package resource

import (
	"slices"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// judge says what becomes of a wish by the rules of a facility and what its calendar says is taken. Busy time is
// needed from the first to the last instance, with the buffers. The same arguments always give the same verdict.
func judge(w wish, r Rules, busy []calendar.Period) verdict {
	v := verdict{wish: w}
	if w.organizer.policy == reject {
		return v.decline("policy")
	}
	if len(w.instances) == 0 {
		return v.decline(ruleAhead)
	}
	v.inWindow(r)
	if len(v.instances) == 0 {
		return v.decline("booking_window")
	}
	for _, i := range v.instances {
		if rule := r.refuses(v.wish, i); rule != "" {
			v.refused = append(v.refused, refused{i, rule})
		}
	}
	if !r.AllowConflicts {
		v.clashes = clashes(v.instances, w.object.UID(), r, busy)
	}
	return v.decide(r)
}

func (v verdict) decline(rule string) verdict {
	v.step, v.rule, v.out, v.cut = stepDecline, rule, nil, time.Time{}
	return v
}

func (v verdict) ask(rule string) verdict {
	v.step, v.rule = stepAsk, rule
	return v
}

// decide weighs what was found. What is taken cannot be given even by an owner; what is only against the rules can,
// to those who may ask for it.
func (v verdict) decide(r Rules) verdict {
	if rule := v.partly(r); rule != "" {
		return v.decline(rule)
	}
	switch {
	case len(v.refused) > 0 && v.organizer.askOutOfPolicy:
		return v.ask(v.refused[0].rule)
	case len(v.refused) > 0:
		return v.decline(v.refused[0].rule)
	case v.organizer.book:
		return v.follow(v.organizer.policy)
	case v.organizer.ask:
		return v.ask("request_in_policy")
	}
	return v.decline("book_in_policy")
}

// follow does what the policy of the facility is for what can be booked.
func (v verdict) follow(p policy) verdict {
	switch p {
	case accept, acceptAndNotify:
		v.step = stepAccept
	case storeAndNotify:
		v.step, v.rule = stepStore, "policy"
	default:
		return v.ask("policy")
	}
	return v
}

// partly declines the instances that clash as long as the rules allow that many; else it names the rule.
func (v *verdict) partly(r Rules) (rule string) {
	if len(v.clashes) == 0 {
		return ""
	}
	var hit []itip.Instance
	for _, c := range v.clashes {
		hit = append(hit, c.instance)
	}
	hit = perInstance(hit)
	n, all := len(hit), len(perInstance(v.instances))
	switch {
	case !v.series || n == all || r.MaxConflicts == 0 && r.MaxConflictPercent == 0:
		return ruleBusy
	case n > r.MaxConflicts && n*100 > r.MaxConflictPercent*all:
		return "max_conflicts"
	}
	v.out = hit
	return ""
}

// inWindow takes the instances behind the booking window out of a series that may be cut, and leaves them to be
// refused otherwise.
func (v *verdict) inWindow(r Rules) {
	if r.BookingWindow == 0 {
		return
	}
	end := v.at.Add(r.BookingWindow)
	first := slices.IndexFunc(v.instances, func(i itip.Instance) bool { return i.Start.After(end) })
	if first < 0 && !v.endless {
		return
	}
	if r.EnforceWindow || !v.series || v.object.Master() == nil {
		if first < 0 { // only what cannot be seen from here lies behind the window
			v.refused = append(v.refused, refused{v.instances[len(v.instances)-1], "booking_window"})
		}
		return
	}
	v.truncate(end)
}

// truncate ends the series with the last instance that starts within the window.
func (v *verdict) truncate(end time.Time) {
	var within []itip.Instance
	for _, i := range v.instances {
		switch {
		case !i.Start.After(end):
			within = append(within, i)
		case v.cut.IsZero() || i.RecurrenceID.Before(v.cut):
			v.cut = i.RecurrenceID
		}
	}
	v.instances = slices.DeleteFunc(within, func(i itip.Instance) bool { return !v.cut.IsZero() && !i.RecurrenceID.Before(v.cut) })
}
