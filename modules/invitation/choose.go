package invitation

import (
	"context"
	"fmt"
	"slices"

	"usher/ldapdir"
)

// handler does what one kind of policy says about one method. What it leaves to others is a decision with next.
type handler func(v *visit, ctx context.Context, p policy) (decision, error)

// handlers are what policies say about the methods that are acted on; what is not here is left to the next policy.
var handlers map[string]map[action]handler

func init() {
	requests := map[action]handler{
		accept:   (*visit).answerBy,
		doubtful: (*visit).answerBy,
		reject:   (*visit).answerBy,
		delegate: (*visit).passOn,
		update:   (*visit).follow,
		save:     (*visit).saveUnanswered,
	}
	handlers = map[string]map[action]handler{
		"REQUEST": requests,
		"ADD":     requests,
		"CANCEL": {
			update: (*visit).strike,
			drop:   (*visit).remove,
		},
		"REPLY": {
			update: (*visit).record,
		},
	}
}

// maxWrong bounds how many mistakes of one person are told at each mail.
const maxWrong = 5

// policiesFor are the person's policies for this kind of object: his own, or those of usher.yaml.
func (v *visit) policiesFor() []policy {
	all, wrong := v.policiesOf(v.person)
	if len(wrong) > maxWrong {
		wrong = append(wrong[:maxWrong:maxWrong], fmt.Errorf("%d more", len(wrong)-maxWrong))
	}
	for _, err := range wrong {
		v.note("a policy in the directory is skipped: %v", err)
		if v.tx.Log != nil {
			v.tx.Log.Warn("a policy in the directory is skipped", "entry", v.person.DN, "why", err)
		}
	}
	kind := v.incoming.Kind()
	return slices.DeleteFunc(slices.Clone(all), func(p policy) bool { return !p.about(kind) })
}

// policiesOf are somebody's own policies, or those of usher.yaml; wrong is what of his cannot be read.
func (m *module) policiesOf(e *ldapdir.Entry) (all []policy, wrong []error) {
	if len(e.Policies) == 0 {
		return m.policies, nil
	}
	return parsePolicies(e.Policies)
}

// covering are those of the policies that are for messages of the sender.
func (v *visit) covering(policies []policy) []policy {
	return slices.DeleteFunc(slices.Clone(policies), func(p policy) bool {
		if p.from.Covers(v.sender.Address) {
			return false
		}
		v.note("%s: not for %s", p.text, v.sender.Address)
		return true
	})
}

// choose tries the policies one after the other; the first that decides counts.
func (v *visit) choose(ctx context.Context, policies []policy) (decision, error) {
	begun := v.repeated()
	if begun && v.incoming.Method() != "REPLY" {
		return v.again(ctx)
	}
	if err := v.tx.Unwritable[v.folder]; err != nil && !begun { // else only the acknowledgement was lost
		return untouched("the calendar cannot be written to: %v", err), nil
	}
	if v.incoming.Method() == "REQUEST" && v.cameBack() {
		return untouched("whom it was delegated to has declined"), nil // S5546-47
	}
	v.anew()
	for i, p := range policies {
		v.rest = policies[i+1:]
		d, err := v.try(ctx, p)
		if err != nil {
			return decision{}, err
		}
		if d.next == "" {
			v.note("%s: decides", p.text)
			d.why = p.text + ": " + d.why
			return d, nil
		}
		v.note("%s: %s", p.text, d.next)
	}
	return untouched("no policy decides"), nil
}

// later tells whether a policy that does something follows the one that is asked.
func (v *visit) later(does action) bool {
	return slices.ContainsFunc(v.rest, func(p policy) bool { return p.does == does })
}

func (v *visit) try(ctx context.Context, p policy) (decision, error) {
	if p.does == manual {
		return untouched("the person decides"), nil
	}
	does, ok := handlers[v.incoming.Method()][p.does]
	if !ok {
		return next("says nothing about %s", v.incoming.Method()), nil
	}
	return does(v, ctx, p)
}
