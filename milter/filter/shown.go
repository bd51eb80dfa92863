package filter

import (
	"context"
	"slices"

	"usher/address"
)

// shown is a branch's recipients as one step sees them: in the place of groups and forwards it looks behind are those
// who stand there.
type shown struct {
	rcpts  []Recipient
	crowds map[address.Address]crowd // of the groups that can be opened
	closed []Opening                 // those that cannot, and why
}

// show looks behind the groups for a step that wants it. failed is the setting that could not be asked. Mail on role own
// is meant for whom it is addressed to.
func (d *draft) show(ctx context.Context, s *Step, b *branch, env *Envelope) (v *shown, failed share, err error) {
	v = &shown{rcpts: b.rcpts}
	if env.Role == Own || d.p.Directory == nil || !slices.ContainsFunc(b.rcpts, Recipient.Opens) {
		return v, share{}, nil
	}
	v.crowds = map[address.Address]crowd{}
	for share := range s.shares(env) {
		if err := d.look(ctx, share, b, v); err != nil {
			return v, share, err
		}
	}
	if len(v.crowds) > 0 {
		v.rcpts = v.spread(b.rcpts)
	}
	return v, share{}, nil
}

// look finds out who is behind the groups that a setting counts for.
func (d *draft) look(ctx context.Context, share share, b *branch, v *shown) error {
	if wants, err := share.expands(b.view(d.tx, share.rcpts)); err != nil || !wants {
		return err
	}
	ctx, cancel := share.within(ctx)
	defer cancel()
	for _, r := range share.rcpts {
		if !r.Opens() {
			continue
		}
		c, err := d.crowds.of(ctx, r)
		switch {
		case err != nil:
			return err
		case c.why != "":
			v.closed = append(v.closed, Opening{Group: r.Address, Why: c.why})
		case len(c.rcpts) > 0:
			v.crowds[r.Address] = c
		}
	}
	return nil
}

// expands tells whether the module wants to see those behind the groups among these recipients.
func (s *Setting) expands(tx *Tx) (wants bool, err error) {
	e, ok := s.Module.(Expander)
	if !ok || !slices.ContainsFunc(tx.Rcpts, Recipient.Opens) {
		return false, nil
	}
	interest, err := s.interest(&tx.Envelope, tx.Message.Header)
	if err != nil || interest == Nothing {
		return false, err
	}
	defer catch(&err)
	return e.Expands(tx), nil
}

// spread puts those behind groups in their place. Everybody is there once: who is named on the envelope as himself, the
// others behind the first group they stand behind.
func (v *shown) spread(rcpts []Recipient) (all []Recipient) {
	named, there := people{}, people{}
	for _, r := range rcpts {
		if !v.spreads(r) {
			named.add(r, 0)
		}
	}
	for _, r := range rcpts {
		if !v.spreads(r) {
			there.add(r, len(all))
			all = append(all, r)
			continue
		}
		for _, m := range v.crowds[r.Address].rcpts {
			_, isNamed := named.place(m)
			if _, isThere := there.place(m); !isNamed && !isThere {
				there.add(m, len(all))
				all = append(all, m)
			}
		}
	}
	for _, r := range rcpts {
		for _, m := range v.crowds[r.Address].rcpts {
			i, _ := there.place(m)
			all[i] = all[i].behind(r)
		}
	}
	return all
}

func (v *shown) spreads(r Recipient) bool {
	_, opens := v.crowds[r.Address]
	return opens
}

// behind is a recipient who also stands behind a group.
func (r Recipient) behind(group Recipient) Recipient {
	if !slices.ContainsFunc(r.Behind, func(g Recipient) bool { return g.Address == group.Address }) {
		r.Behind = append(slices.Clip(r.Behind), group)
	}
	return r
}
