package invitation

import (
	"fmt"
	"slices"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// guest is one of our people on the envelope, with the addresses that brought him there.
type guest struct {
	entry   *ldapdir.Entry
	reached []address.Address
	lists   []address.Address // groups of the envelope that he stands behind
}

// addresses are all that the person goes by.
func (g guest) addresses() []address.Address {
	all := slices.Clone(g.entry.Addresses)
	for _, a := range g.reached {
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// guestsOf are the people among the recipients, each once: a second address is not a second invitation.
func guestsOf(rcpts []filter.Recipient) (all []guest, err error) {
	place := map[string]int{}
	for _, r := range rcpts {
		if r.Err != nil {
			return nil, fmt.Errorf("who is %s: %w", r.Address, r.Err)
		}
		if r.Entry == nil || r.Entry.Kind != ldapdir.Person {
			continue
		}
		i, known := place[r.Entry.DN]
		if !known {
			i, place[r.Entry.DN] = len(all), len(all)
			all = append(all, guest{entry: r.Entry})
		}
		all[i].reached = append(all[i].reached, r.Address)
		all[i].lists = append(all[i].lists, r.Lists()...)
	}
	return all, nil
}
