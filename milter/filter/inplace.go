package filter

import (
	"slices"

	"usher/milter/message"
)

// Dresser is a World that can tell how a mail of ours looks when it goes out.
type Dresser interface {
	Dress(s Send) *message.Message
}

// inPlace lets a mail of ours leave in the place of the one that it comes of, where that one is used up and came in by
// the service of role own. To submit it there would let that service wait for itself: every process it has may be busy
// with such a mail, and each of them would wait for one more.
//
// It is one mail that goes so. Where something is deleted none does: deletions come after mail was sent, so that a retry
// knows what to send, and here they would come before.
func (d *draft) inPlace(w World) {
	if d.tx.Role != Own || d.refuse != nil || len(d.branches) > 0 {
		return
	}
	if slices.ContainsFunc(d.effects, func(e Effect) bool { _, deletes := e.(DeleteEvent); return deletes }) {
		return
	}
	i := slices.IndexFunc(d.effects, func(e Effect) bool {
		s, ok := e.(Send)
		return ok && !s.Branch && s.Mail != nil && s.From == d.tx.From && len(s.To) > 0
	})
	if i < 0 {
		return
	}
	s := d.effects[i].(Send)
	b := &branch{from: d.tx.From, mail: s.Mail}
	if dresser, ok := w.(Dresser); ok {
		b.mail = dresser.Dress(s)
	}
	for _, r := range s.To {
		if j := slices.IndexFunc(d.tx.Rcpts, func(have Recipient) bool { return have.Address == r.Address }); j >= 0 {
			r = d.tx.Rcpts[j]
		}
		b.rcpts = append(b.rcpts, r)
	}
	d.branches = []*branch{b}
	d.effects, d.owner = slices.Delete(d.effects, i, i+1), slices.Delete(d.owner, i, i+1)
}
