package filter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// Expander is a module that is about people and things, whichever way a mail comes to them: it is shown those behind a
// group or a forward in the place of it.
type Expander interface {
	Module
	// Expands tells whether a mail is one for those behind, too. It is asked at the end of the message about mails to a
	// group or a forward that Match wanted, and sees them as they came; never on role own. No I/O.
	Expands(tx *Tx) bool
}

// crowd is who is behind a group.
type crowd struct {
	rcpts []Recipient
	why   string // why nobody can be put in the place of the group; "": they can
}

// maxBehind bounds those behind all groups of one mail.
const maxBehind = 10_000

// crowds are who is behind the groups of one mail. It may be planned several times; the directory is asked once.
type crowds struct {
	directory Directory
	known     map[address.Address]crowd
	total     int
}

// of gives who is behind a group on the envelope. An error means that the directory could not be asked.
func (c *crowds) of(ctx context.Context, group Recipient) (crowd, error) {
	if found, known := c.known[group.Address]; known {
		return found, nil
	}
	entries, outside, err := c.directory.Behind(ctx, group.Address)
	var found crowd
	switch {
	case errors.Is(err, ldapdir.ErrTooMany), errors.Is(err, ldapdir.ErrMalformed): // so it will be the next time
		found.why = err.Error()
	case err != nil:
		return crowd{}, fmt.Errorf("who is behind %s: %w", group.Address, err)
	case c.total+len(entries)+len(outside) > maxBehind:
		found.why = fmt.Sprintf("more than %d are behind the groups of this mail", maxBehind)
	default:
		found = crowdOf(group, entries, outside)
	}
	c.total += len(found.rcpts)
	c.known[group.Address] = found
	return found, nil
}

func crowdOf(group Recipient, entries []*ldapdir.Entry, outside []address.Address) (c crowd) {
	add := func(a address.Address, e *ldapdir.Entry) {
		c.rcpts = append(c.rcpts, Recipient{Address: a, Arg: a.String(), Args: inherited(group.Args), Entry: e})
		if group.called(a) {
			c.why = "it is behind itself"
		}
	}
	for _, e := range entries {
		add(e.Mail(), e)
	}
	for _, a := range outside {
		add(a, nil)
	}
	if slices.ContainsFunc(group.Entry.Forwards, group.called) {
		c.why = "it keeps a copy for itself"
	}
	return c
}

// inherited are the ESMTP arguments of a group that hold for who comes in its place, as RFC 3461 5.2.7.3 (b) has it and
// Postfix does: ORCPT and NOTIFY stay, but that the group was opened is no delivery to anybody.
func inherited(args []string) (kept []string) {
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		if strings.EqualFold(name, "NOTIFY") {
			words := slices.DeleteFunc(strings.Split(value, ","), func(w string) bool { return strings.EqualFold(w, "SUCCESS") })
			if len(words) == 0 {
				words = []string{"NEVER"}
			}
			arg = name + "=" + strings.Join(words, ",")
		}
		kept = append(kept, arg)
	}
	return kept
}

// Opens tells whether others are behind a recipient.
func (r Recipient) Opens() bool {
	return r.Err == nil && r.Entry != nil && (r.Entry.Kind == ldapdir.Group || r.Entry.Kind == ldapdir.Forward)
}

// called tells whether an address is one of the recipient's.
func (r Recipient) called(a address.Address) bool {
	return r.Address == a || r.Entry != nil && slices.Contains(r.Entry.Addresses, a)
}

// people tells where in a list somebody is, under whichever of his addresses.
type people map[string]int

func (p people) place(r Recipient) (i int, there bool) {
	if i, there = p[r.Address.String()]; !there && r.Entry != nil {
		i, there = p[name(r.Entry)]
	}
	return i, there
}

func (p people) add(r Recipient, i int) {
	p[r.Address.String()] = i
	if r.Entry != nil {
		p[name(r.Entry)] = i
	}
}

// name is that of an entry, and no address.
func name(e *ldapdir.Entry) string {
	dn, ok := ldapdir.CanonicalDN(e.DN)
	if !ok {
		dn = e.DN
	}
	return "dn " + dn
}
