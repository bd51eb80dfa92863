package resource

import (
	"slices"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// wish is what an object asks of one facility: everything a verdict rests on but the calendar.
type wish struct {
	object    *itip.Object            // as it would be stored, times and all
	instances []itip.Instance         // that have to be free, in order of start; every reading of doubtful times
	series    bool                    // instances may be declined one by one: there are several, or could be
	endless   bool                    // there are more instances behind those looked at
	at        time.Time               // of the mail
	zone      *time.Location          // where the resource is
	people    map[*itip.Component]int // who would come; of components that are not in it, nobody knows
	organizer standing
}

// standing is how a facility treats the organizer: which of its lists hold him, and its policy for his requests.
type standing struct {
	book, ask, askOutOfPolicy bool
	policy                    policy
}

// step is what becomes of a request.
type step string

// The steps.
const (
	stepAccept  step = "accept"  // it is booked, but for the instances in verdict.out
	stepDecline step = "decline" // it is not
	stepAsk     step = "ask"     // an owner decides
	stepStore   step = "store"   // it is stored unanswered
)

// verdict is what the rules and the calendar of one facility say to a wish. Nothing follows from it by itself, so
// that several can be compared, and one be carried out later.
type verdict struct {
	wish
	step    step
	rule    string          // the key of the rule that decided; "" when everything was as it should be
	trouble error           // why the times cannot be followed
	refused []refused       // instances that a rule does not allow
	clashes []clash         // instances that others are in the way of
	out     []itip.Instance // of an accepted series, those declined; one of each
	cut     time.Time       // an accepted series ends before the instance that originally starts here; zero: it does not
}

// refused is an instance and the rule that does not allow it.
type refused struct {
	instance itip.Instance
	rule     string
}

// clash is an instance and a booking that is in its way.
type clash struct {
	instance itip.Instance
	period   calendar.Period
}

// Keys of rules that are none of the configuration: what they say goes for every facility.
const (
	ruleAhead = "horizon" // some of it has to lie ahead
	ruleTimes = "times"   // it has to be clear when it is
	ruleBusy  = "busy"    // the time has to be free
)

// inTheWay are the bookings that are in the way, each stretch once, in order.
func (v verdict) inTheWay() []calendar.Period {
	var ps []calendar.Period
	for _, c := range v.clashes {
		if !slices.Contains(ps, c.period) {
			ps = append(ps, c.period)
		}
	}
	calendar.SortPeriods(ps)
	return ps
}

// mostlyOut tells whether more than half of a series that ends within what was looked at is declined (D-13).
func (v verdict) mostlyOut() bool {
	return !v.endless && v.cut.IsZero() && 2*len(v.out) > len(perInstance(v.instances))
}

// booked are the instances that are to be free for the booking: all but those declined.
func (v verdict) booked() []itip.Instance {
	gone := ids(v.out)
	return slices.DeleteFunc(slices.Clone(v.instances), func(i itip.Instance) bool { return gone[i.RecurrenceID.Unix()] })
}

// ids are the original starts of instances. All readings of one instance share theirs.
func ids(is []itip.Instance) map[int64]bool {
	m := map[int64]bool{}
	for _, i := range is {
		m[i.RecurrenceID.Unix()] = true
	}
	return m
}

// perInstance is the first reading of each instance.
func perInstance(is []itip.Instance) []itip.Instance {
	seen := map[int64]bool{}
	var each []itip.Instance
	for _, i := range is {
		if id := i.RecurrenceID.Unix(); !seen[id] {
			seen[id] = true
			each = append(each, i)
		}
	}
	return each
}
