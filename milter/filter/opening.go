package filter

import (
	"fmt"
	"slices"
	"strings"

	"usher/address"
)

// Opening is a group or a forward that a step looked behind, and what came of it.
type Opening struct {
	Group address.Address
	For   []address.Address // who of those behind it was handled: the group leaves the envelope
	Left  []address.Address // who of those behind it comes in its place
	Why   string            // why it could not be opened: it stays as it is
}

// words are an opening for the log.
func (o Opening) words() string {
	if o.Why != "" {
		return fmt.Sprintf("%s stays closed: %s", o.Group, o.Why)
	}
	text := fmt.Sprintf("%s opened for %s", o.Group, o.For[0])
	if n := len(o.For) - 1; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func openingWords(all []Opening) string {
	var words []string
	for _, o := range all {
		words = append(words, o.words())
	}
	return strings.Join(words, "; ")
}

// open makes room on a branch for edits of those behind groups: these groups leave it, and everybody behind them comes in
// their place for the edits to apply to.
func (v *shown) open(b *branch, edits []Edit) []Opening {
	if len(v.crowds) == 0 {
		return nil
	}
	o := opener{shown: v, gone: concerned(edits), place: map[address.Address]int{}, as: people{}, there: people{}, stays: map[address.Address]bool{}}
	o.choose(b)
	if len(o.openings) > 0 {
		b.rcpts = o.replace(b.rcpts)
	}
	return o.openings
}

// concerned are those that edits are about, where they are not about everybody.
func concerned(edits []Edit) map[address.Address]bool {
	all := map[address.Address]bool{}
	for _, e := range edits {
		switch e := e.(type) {
		case DropRcpt:
			all[e.Addr] = true
		case Split:
			for _, a := range e.Rcpts {
				all[a] = true
			}
		}
	}
	return all
}

// opener puts those behind some groups in the place of them.
type opener struct {
	*shown
	gone     map[address.Address]bool // those that edits are about
	openings []Opening
	place    map[address.Address]int  // of a group that leaves, in openings
	as       people                   // everybody, in shown.rcpts
	there    people                   // who gets the mail by himself already
	stays    map[address.Address]bool // recipients that do not leave
}

// choose finds the groups of a branch that somebody stands behind whom edits are about.
func (o *opener) choose(b *branch) {
	for i, r := range o.rcpts {
		o.as.add(r, i)
		for _, g := range r.Behind {
			if _, known := o.place[g.Address]; o.gone[r.Address] && !known && o.spreads(g) && b.has(g.Address) {
				o.place[g.Address] = len(o.openings)
				o.openings = append(o.openings, Opening{Group: g.Address})
			}
		}
	}
}

// replace gives the recipients without the groups and with those behind them.
func (o *opener) replace(rcpts []Recipient) (all []Recipient) {
	for _, r := range rcpts {
		if _, leaves := o.place[r.Address]; !leaves {
			o.stays[r.Address] = true
			o.there.add(r, 0)
		}
	}
	for _, r := range rcpts {
		if n, leaves := o.place[r.Address]; leaves {
			all = append(all, o.instead(r, &o.openings[n])...)
			continue
		}
		if i, ok := o.as[r.Address.String()]; ok {
			r.Behind = o.rcpts[i].Behind // later steps want to know, when the group is gone
		}
		all = append(all, r)
	}
	return all
}

// instead are those who come in the place of a group: not who is there already, nor who gets the mail by a group that
// stays.
func (o *opener) instead(group Recipient, opening *Opening) (come []Recipient) {
	for _, m := range o.crowds[group.Address].rcpts {
		i, _ := o.as.place(m)
		m = o.rcpts[i]
		if o.gone[m.Address] {
			opening.For = append(opening.For, m.Address)
		}
		if _, isThere := o.there.place(m); isThere || slices.ContainsFunc(m.Behind, func(g Recipient) bool { return o.stays[g.Address] }) {
			continue
		}
		o.there.add(m, 0)
		come = append(come, m)
		if !o.gone[m.Address] {
			opening.Left = append(opening.Left, m.Address)
		}
	}
	return come
}
