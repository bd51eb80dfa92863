package resource

import (
	"cmp"
	"encoding"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// policy is what becomes of a request that could be booked.
type policy string

const (
	accept          policy = "accept"            // booked and accepted
	acceptAndNotify policy = "accept_and_notify" // and the owner is told
	manual          policy = "manual"            // booked tentatively, the owner is asked
	storeAndNotify  policy = "store_and_notify"  // stored unanswered, the owner is told
	reject          policy = "reject"            // declined
	untouchedMail   policy = "none"              // the mail stays as it is, for people to see to
)

// cautious are the policies, those first that give away least.
var cautious = []policy{reject, untouchedMail, manual, storeAndNotify, acceptAndNotify, accept}

// policyNames are what the policies are called besides their own names: by Kolab, behind ACT_, ALL_ or EVENT_. What
// leaves room for doubt is the owner's to decide.
var policyNames = map[string]policy{
	"ACCEPT_IF_NO_CONFLICT": accept, "ACCEPT_IF_NO_CONFLICTS": accept, "ALWAYS_ACCEPT": accept,
	"REJECT_IF_CONFLICT": accept, "REJECT_IF_CONFLICTS": accept, "ALWAYS_REJECT": reject,
	"MANUAL_IF_CONFLICT": manual, "MANUAL_IF_CONFLICTS": manual, "TENTATIVE": manual, "TENTATIVE_IF_NO_CONFLICT": manual,
	"DELEGATE": manual, "DELEGATE_IF_CONFLICT": manual,
	"SAVE_TO_CALENDAR": manual, "SAVE_TO_FOLDER": manual, "SAVE_AND_FORWARD": manual, "SAVE_AND_NOTIFY": storeAndNotify,
}

// notForRequests are policies of people that say nothing about requests.
var notForRequests = []string{"UPDATE", "UPDATE_AND_NOTIFY", "CANCEL_DELETE", "CANCEL_DELETE_AND_NOTIFY"}

// policyFor is a policy and whose requests it is for.
type policyFor struct {
	does  policy        // "": it says nothing about requests for a resource
	whose address.Scope // of organizers
	place int           // as in {1}ACT_ACCEPT, and one more; 0: none given
}

var _ encoding.TextUnmarshaler = (*policyFor)(nil)

// UnmarshalText reads accept, ACT_ACCEPT or {1}ACT_ACCEPT:example.org, in any case.
func (p *policyFor) UnmarshalText(text []byte) error {
	name, place, placed := ldapdir.CutPlace(string(text))
	if placed {
		place++
	}
	name, whose, _ := strings.Cut(name, ":")
	does, ok := policyOf(name)
	if !ok {
		return fmt.Errorf("want a policy such as accept, manual or ACT_ACCEPT, not %q", text)
	}
	scope, err := address.ParseScope(whose)
	if err != nil {
		return fmt.Errorf("want an address or a domain behind the colon of %q", text)
	}
	*p = policyFor{does, scope, place}
	return nil
}

// MarshalText is a form UnmarshalText reads.
func (p policyFor) MarshalText() ([]byte, error) {
	return []byte(strings.TrimSuffix(string(p.does)+":"+string(p.whose), ":")), nil
}

// policyOf knows the names; "" is a policy that says nothing about requests.
func policyOf(name string) (policy, bool) {
	name = strings.ToUpper(strings.TrimSpace(name))
	if area, rest, ok := strings.Cut(name, "_"); ok && slices.Contains([]string{"ACT", "ALL", "EVENT", "TASK"}, area) {
		if area == "TASK" {
			return "", isPolicy(name)
		}
		name = rest
	}
	if p := policy(strings.ToLower(name)); slices.Contains(cautious, p) {
		return p, true
	}
	p, ok := policyNames[name]
	return p, ok || slices.Contains(notForRequests, name)
}

// policies are asked in their order; the first that is for an organizer decides.
type policies []policyFor

// of is the policy for an organizer. Where policies are for others only, an owner decides.
func (ps policies) of(organizer address.Address) policy {
	for _, p := range ps {
		if p.does != "" && p.whose.Covers(organizer) {
			return p.does
		}
	}
	return manual
}

// inOrder puts policies of the directory, which keeps no order, into one: by their places; those without come last,
// the ones for somebody in particular before those for everybody, and of those the one that gives away least.
func (ps policies) inOrder() policies {
	rank := func(p policyFor) int {
		if p.place == 0 {
			return 1 << 20
		}
		return p.place
	}
	about := slices.DeleteFunc(slices.Clone(ps), func(p policyFor) bool { return p.does == "" })
	slices.SortStableFunc(about, func(a, b policyFor) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(b.whose), len(a.whose)), cmp.Compare(a.whose, b.whose),
			cmp.Compare(slices.Index(cautious, a.does), slices.Index(cautious, b.does)))
	})
	return about
}

// careful is ps with an owner in place of whoever accepts by itself.
func (ps policies) careful() policies {
	all := slices.Clone(ps)
	for i := range all {
		if all[i].does == accept || all[i].does == acceptAndNotify {
			all[i].does = manual
		}
	}
	return all
}
