package invitation

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
)

// action is what a policy does.
type action string

const (
	manual   action = "MANUAL"         // the person decides
	accept   action = "ACCEPT"         // answer for him
	doubtful action = "TENTATIVE"      // answer for him, TENTATIVE
	reject   action = "REJECT"         // answer for him, DECLINED
	delegate action = "DELEGATE"       // pass the invitation on to his deputy
	update   action = "UPDATE"         // follow what others say of what is in the calendar
	save     action = "SAVE_TO_FOLDER" // keep the invitation in the calendar until he decides
	drop     action = "CANCEL_DELETE"  // what is cancelled leaves the calendar
)

// condition is when a policy counts.
type condition uint8

const (
	always condition = iota
	ifFree           // nothing else is in the calendar at that time
	ifBusy
)

// policy is one value of a person's list.
type policy struct {
	text    string // as written, without {n}
	does    action
	when    condition
	notify  bool // the person is told
	forward bool // he gets the mail, too
	events  bool
	tasks   bool
	from    address.Scope // of whose messages
}

// names are the policies without their prefix.
var names = map[string]policy{
	"MANUAL":                   {does: manual},
	"ACCEPT":                   {does: accept},
	"ACCEPT_IF_NO_CONFLICT":    {does: accept, when: ifFree},
	"TENTATIVE":                {does: doubtful},
	"TENTATIVE_IF_NO_CONFLICT": {does: doubtful, when: ifFree},
	"REJECT":                   {does: reject},
	"REJECT_IF_CONFLICT":       {does: reject, when: ifBusy},
	"DELEGATE":                 {does: delegate},
	"DELEGATE_IF_CONFLICT":     {does: delegate, when: ifBusy},
	"UPDATE":                   {does: update},
	"UPDATE_AND_NOTIFY":        {does: update, notify: true},
	"SAVE_TO_FOLDER":           {does: save},
	"SAVE_TO_CALENDAR":         {does: save},
	"SAVE_AND_FORWARD":         {does: save, forward: true},
	"CANCEL_DELETE":            {does: drop},
	"CANCEL_DELETE_AND_NOTIFY": {does: drop, notify: true},
}

// eventsOnly tells whether a policy means nothing for tasks: they have no conflicts, and nobody does one tentatively.
func (p policy) eventsOnly() bool { return p.does == doubtful || p.when != always }

// errPolicy is wrapped by what is wrong with a value.
var errPolicy = errors.New("no policy")

// parsePolicy reads one value: NAME[:domain].
func parsePolicy(value string) (p policy, err error) {
	name, from, scoped := strings.Cut(strings.TrimSpace(value), ":")
	name = strings.ToUpper(strings.TrimSpace(name))
	prefix, rest, _ := strings.Cut(name, "_")
	p, ok := names[rest]
	if !ok || !slices.Contains([]string{"ALL", "EVENT", "TASK", "ACT"}, prefix) {
		return policy{}, fmt.Errorf("%w is called %.60q, want one such as EVENT_ACCEPT_IF_NO_CONFLICT, ALL_SAVE_TO_FOLDER or ALL_MANUAL", errPolicy, name)
	}
	p.text, p.events, p.tasks = name, prefix != "TASK", prefix != "EVENT"
	if p.eventsOnly() {
		if prefix == "ALL" || prefix == "TASK" {
			return policy{}, fmt.Errorf("%w is called %.60q, want EVENT_%s: it means nothing for tasks", errPolicy, name, rest)
		}
		p.tasks = false
	}
	if scoped {
		if p.from, err = address.ParseScope(from); err != nil {
			return policy{}, fmt.Errorf("%w: %.60q is neither an address nor a domain", errPolicy, from)
		}
		p.text += ":" + strings.TrimSpace(from)
	}
	return p, nil
}

// about tells whether a policy is for objects of a kind.
func (p policy) about(kind string) bool {
	return kind == itip.Event && p.events || kind == itip.Todo && p.tasks
}

// maxPolicies bounds how many of somebody's policies are tried.
const maxPolicies = 100

// parsePolicies reads a person's values in the order they count. A directory keeps no order, so that values may begin
// with {n}; those that do not come after those that do. What cannot be read is left out, and told.
func parsePolicies(values []string) (all []policy, wrong []error) {
	type at struct {
		policy
		place int
	}
	var found []at
	for _, v := range values {
		text, place, placed := ldapdir.CutPlace(v)
		if !placed {
			place = math.MaxInt
		}
		p, err := parsePolicy(text)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		found = append(found, at{p, place})
	}
	slices.SortStableFunc(found, func(a, b at) int { return cmp.Compare(a.place, b.place) })
	if len(found) > maxPolicies {
		wrong = append(wrong, fmt.Errorf("there are %d, of which the first %d count", len(found), maxPolicies))
		found = found[:maxPolicies]
	}
	for _, f := range found {
		all = append(all, f.policy)
	}
	return all, wrong
}
