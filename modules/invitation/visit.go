package invitation

import (
	"context"
	"fmt"
	"slices"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
)

// directory is the questions this module asks.
type directory interface {
	Lookup(ctx context.Context, addr address.Address) (*ldapdir.Entry, bool, error)
	Domain(ctx context.Context, domain string) (ldapdir.Domain, bool, error)
	SchemaOf(e *ldapdir.Entry) ldapdir.Schema
	Expand(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, []address.Address, error)
	Delegators(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, error)
	ldapdir.Asker
}

// visit is one object of a mail at one of the people it is for.
type visit struct {
	*module
	tx       *filter.Tx
	person   *ldapdir.Entry
	me       []address.Address // all that the person goes by
	lists    []address.Address // groups of the envelope that he stands behind
	came     *itip.Object      // the message
	incoming *itip.Object      // what of it is about the person
	sender   itip.User         // who speaks: the organizer, or the attendee who answers
	entry    *ldapdir.Entry    // the sender's; nil: not one of ours
	ours     bool              // the sender's domain is
	invited  itip.User         // the person as the object names him
	rest     []policy          // those that follow the one that is asked
	planned  []filter.Effect   // what the same mail has led to so far
	notes    []string          // what the decision rests on, for explain

	folder  string           // where the copy lies, or would
	stored  *itip.Object     // the copy in the person's calendar; nil: there is none
	version calendar.Version // of the copy
	busy    *busy            // what is in the way; nil: nobody has looked
}

// decision is what becomes of an object at one person. Not handled: he gets the mail.
type decision struct {
	handled bool
	effects []filter.Effect
	why     string
	next    string // why the policy does not decide, and the next one is to be tried; "" if it does
}

// untouched leaves the mail alone and says why.
func untouched(format string, args ...any) decision {
	return decision{why: "left alone: " + fmt.Sprintf(format, args...)}
}

// next leaves it to the policies that follow.
func next(format string, args ...any) decision {
	return decision{next: fmt.Sprintf(format, args...)}
}

// note keeps a line for explain.
func (v *visit) note(format string, args ...any) {
	v.notes = append(v.notes, fmt.Sprintf(format, args...))
}

// decide finds out whether the object is for this person and from somebody who may say so, then asks his policies.
func (v *visit) decide(ctx context.Context) (decision, error) {
	method := v.incoming.Method()
	if handlers[method] == nil {
		return untouched("%s", unhandled(method)), nil
	}
	if v.tx.Role == filter.Own && method != "REPLY" && method != "CANCEL" {
		return untouched("our own mail, and only answers and cancellations are taken from it"), nil
	}
	if why := v.unanswered(); why != "" {
		return untouched("%s", why), nil
	}
	policies := v.policiesFor()
	if settled(policies) {
		return leftTo(policies), nil
	}
	if why, err := v.listen(ctx); err != nil || why != "" {
		return untouched("%s", why), err
	}
	if policies = v.covering(policies); settled(policies) {
		return leftTo(policies), nil
	}
	if why, err := v.approach(ctx); err != nil || why != "" {
		return untouched("%s", why), err
	}
	v.asMember()
	if why := v.mismatch(); why != "" {
		return untouched("%s", why), nil
	}
	if err := v.narrow(); err != nil {
		return untouched("%v", err), nil
	}
	return v.choose(ctx, policies)
}

// approach reads the person's copy, once the mail proves that it is from the sender; why it does not, or "". Whom an
// attendee has passed the invitation on to, and who may answer for him, is in the copy itself.
func (v *visit) approach(ctx context.Context) (why string, err error) {
	reply := v.came.Method() == "REPLY"
	if !reply {
		if why, err = v.doubt(ctx); err != nil || why != "" {
			return why, err
		}
	}
	if err := v.find(ctx); err != nil {
		return "", err
	}
	if reply {
		return v.doubt(ctx)
	}
	return "", nil
}

// unhandled says why a method is left to the person.
func unhandled(method string) string {
	switch method {
	case "COUNTER":
		return "the organizer decides on other times that are proposed"
	case "DECLINECOUNTER":
		return "the person reads that other times were not taken"
	case "REFRESH":
		return "the organizer sends the newest version himself"
	}
	return fmt.Sprintf("method %.20s", method)
}

// settled tells whether the person decides, without a look at his calendar.
func settled(policies []policy) bool {
	return len(policies) == 0 || policies[0].does == manual && policies[0].from == ""
}

// leftTo is what becomes of a mail that is the person's to decide.
func leftTo(policies []policy) decision {
	if len(policies) == 0 {
		return untouched("no policy is for it")
	}
	return untouched("%s: the person decides", policies[0].text)
}

// mismatch says why the object is not for this person's calendar, or "".
func (v *visit) mismatch() string {
	if v.incoming.Method() == "REPLY" {
		return v.unwanted()
	}
	if v.stored != nil && itip.Bound(v.stored, v.incoming) != nil {
		return "this UID belongs to another organizer" // D-02
	}
	if v.isMe(v.sender.Address) {
		return "the person is the organizer"
	}
	var listed bool
	if v.invited, listed = invited(v.incoming, v.me); !listed && v.incoming.Method() != "CANCEL" {
		return "the person is not among the attendees" // D-08
	}
	if v.folder == "" {
		return "the person has no calendar for it"
	}
	return ""
}

func (v *visit) isMe(a address.Address) bool { return slices.Contains(v.me, a) }

// invited is the attendee that stands for the person, under whichever of his addresses.
func invited(o *itip.Object, me []address.Address) (itip.User, bool) {
	for _, c := range o.Scheduled() {
		if u, ok := c.Attendee(me...); ok {
			return u, true
		}
	}
	return itip.User{}, false
}

// listen finds out who speaks, or says why nobody can be told to, else "".
func (v *visit) listen(ctx context.Context) (why string, err error) {
	if v.incoming.Method() == "REPLY" {
		v.sender, err = itip.Answerer(v.incoming)
	} else {
		v.sender, err = v.incoming.Organizer()
	}
	if err != nil {
		return err.Error(), nil
	}
	if v.entry, _, err = v.directory.Lookup(ctx, v.sender.Address); err != nil {
		return "", fmt.Errorf("who is %s: %w", v.sender.Address, err)
	}
	if _, v.ours, err = v.directory.Domain(ctx, v.sender.Address.Domain()); err != nil {
		return "", fmt.Errorf("whose is %s: %w", v.sender.Address.Domain(), err)
	}
	return "", nil
}
