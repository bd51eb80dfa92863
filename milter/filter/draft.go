package filter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"usher/address"
)

// draft is one pass of planning: nothing of it has happened.
type draft struct {
	p        *Pipeline
	tx       *Tx
	without  map[int]error // steps left out for an effect of theirs that failed
	crowds   *crowds
	strict   map[int]bool // steps of which a setting that counts for this mail does not say pass
	branches []*branch
	reasons  []Reason
	effects  []Effect
	owner    []int // which step wants effects[i]
	refuse   *Refusal
	begun    map[int]bool // steps of which something has happened: an error is one whatever on_error says
}

// putApart is an effect that a step can plan without.
func (d *draft) putApart(index int) (PutEvent, bool) {
	if index < 0 || index >= len(d.owner) || d.owner[index] < 0 {
		return PutEvent{}, false
	}
	put, ok := d.effects[index].(PutEvent)
	return put, ok && put.Apart
}

// draft asks every step in order, each seeing the mail as edited by the steps before. The first refusal ends it.
func (p *Pipeline) draft(ctx context.Context, tx *Tx, without map[int]error, crowds *crowds, begun map[int]bool) *draft {
	d := &draft{p: p, tx: tx, without: without, crowds: crowds, strict: map[int]bool{}, begun: begun}
	d.branches = []*branch{{rcpts: tx.Rcpts, from: tx.From, mail: tx.Message}}
	for i := range p.Steps {
		if err, out := without[i]; out {
			d.reasons = append(d.reasons, Reason{Step: p.Steps[i].Name, Err: fmt.Errorf("left out: %w", err)})
			continue
		}
		for _, b := range slices.Clone(d.branches) {
			if d.step(ctx, i, b); d.refuse != nil {
				return d
			}
		}
	}
	if err := d.sendBranches(); err != nil {
		d.refuse = Unavailable()
		d.reasons = append(d.reasons, Reason{Step: "split", Err: err})
	}
	return d
}

// step asks one step about one branch, once for each setting that counts for some of its recipients.
func (d *draft) step(ctx context.Context, i int, b *branch) {
	s := &d.p.Steps[i]
	env := d.tx.Envelope
	env.Rcpts, env.From = b.rcpts, b.from
	v, failed, err := d.show(ctx, s, b, &env)
	if err != nil {
		d.take(ctx, i, b, v, failed, false, Reason{Step: s.Name, Err: err, Audit: d.p.Audit || failed.Audit})
		return
	}
	env.Rcpts = v.rcpts
	for share := range s.shares(&env) {
		d.strict[i] = d.strict[i] || share.OnError != Pass
		some := len(share.rcpts) < len(env.Rcpts)
		view := b.view(d.tx, share.rcpts)
		view.Beside = d.beside(b, env.Rcpts, share.rcpts)
		interest, err := share.interest(&view.Envelope, view.Message.Header)
		if err == nil && interest == Nothing {
			continue
		}
		start := time.Now()
		var plan Plan
		if err == nil {
			plan, err = share.plan(ctx, view)
		}
		reason := Reason{Step: s.Name, Plan: plan, Err: err, Audit: d.p.Audit || share.Audit, Took: time.Since(start)}
		if some {
			reason.Rcpts = addresses(share.rcpts)
		}
		d.take(ctx, i, b, v, share, some, reason)
		if d.refuse != nil {
			return
		}
	}
}

// beside are who gets the mail, too, but is none of those a module is asked about.
func (d *draft) beside(b *branch, rcpts, asked []Recipient) []Recipient {
	var all []Recipient
	if len(asked) < len(rcpts) {
		all = difference(rcpts, asked)
	}
	for _, other := range d.branches {
		if other != b {
			all = append(all, other.rcpts...)
		}
	}
	return all
}

// take makes a step's plan part of the draft, or not.
func (d *draft) take(ctx context.Context, i int, b *branch, v *shown, share share, some bool, reason Reason) {
	reason.Groups, v.closed = v.closed, nil
	if reason.Err == nil && reason.Plan.Refuse == nil {
		edits, edited := reason.Plan.Edits, *b
		if some {
			edits = forSome(edits, share.rcpts)
		}
		reason.Groups = append(reason.Groups, v.open(&edited, edits)...)
		if !reason.Audit {
			reason.Err = d.edit(ctx, b, edited, edits)
		}
	}
	d.reasons = append(d.reasons, reason)
	switch {
	case reason.Audit:
	case reason.Err != nil && (share.OnError != Pass || d.begun[i]):
		d.refuse = refusalOf(reason.Err)
	case reason.Err != nil:
	case reason.Plan.Refuse != nil:
		d.refuse = reason.Plan.Refuse
	default:
		for _, e := range reason.Plan.Effects {
			d.effects, d.owner = append(d.effects, e), append(d.owner, i)
		}
	}
}

// edit works on a copy, so that edits that cannot be made are not half made.
func (d *draft) edit(ctx context.Context, b *branch, edited branch, edits []Edit) error {
	more, err := edited.apply(edits, func(r *Recipient) { d.p.resolve(ctx, r) })
	if err != nil {
		return err
	}
	d.once(b, append(slices.Clone(more), &edited))
	*b = edited
	d.branches = append(d.branches, more...)
	return nil
}

// once sees to it that nobody gets the mail twice: somebody who is added and already on another branch is not
// added. Of what was made of one branch just now, those split off it come first.
func (d *draft) once(was *branch, now []*branch) {
	taken := map[address.Address]bool{}
	take := func(b *branch) {
		for _, r := range b.rcpts {
			taken[r.Address] = true
		}
	}
	for _, b := range d.branches {
		if b != was {
			take(b)
		}
	}
	for _, b := range now {
		b.rcpts = slices.DeleteFunc(slices.Clone(b.rcpts), func(r Recipient) bool { return taken[r.Address] })
		take(b)
	}
}

// sendBranches keeps the branch with the most recipients for the transaction (a quarantined one first: only
// the MTA can hold it) and makes Sends of the others.
func (d *draft) sendBranches() error {
	d.branches = slices.DeleteFunc(d.branches, func(b *branch) bool { return len(b.rcpts) == 0 })
	slices.SortStableFunc(d.branches, func(a, b *branch) int {
		if (a.quarantine != "") != (b.quarantine != "") {
			if a.quarantine != "" {
				return -1
			}
			return 1
		}
		return len(b.rcpts) - len(a.rcpts)
	})
	for i, b := range d.branches {
		if i == 0 {
			continue
		}
		if b.quarantine != "" {
			return errors.New("two different branches of one mail cannot both be quarantined")
		}
		id, err := branchID(d.tx, b)
		if err != nil {
			return err
		}
		send := Send{ID: id, From: b.from, FromArg: b.fromArg(d.tx), FromArgs: d.tx.FromArgs, To: b.rcpts, Mail: b.mail, Branch: true}
		d.effects, d.owner = append(d.effects, send), append(d.owner, -1)
	}
	return nil
}

// branchID is the same on every retry of the same mail and different for every other mail and recipient list.
func branchID(tx *Tx, b *branch) (string, error) {
	sum := sha256.New()
	if _, err := tx.Message.WriteTo(sum); err != nil {
		return "", fmt.Errorf("read the mail: %w", err)
	}
	rcpts := addresses(b.rcpts)
	slices.Sort(rcpts)
	fmt.Fprintf(sum, "\x00%s", b.from)
	for _, r := range rcpts {
		io.WriteString(sum, "\x00"+r.String())
	}
	return "branch/" + hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

func addresses(rcpts []Recipient) []address.Address {
	var all []address.Address
	for _, r := range rcpts {
		all = append(all, r.Address)
	}
	return all
}

// calendars names the calendars the draft wants to write or chose among, for a reservation.
func (d *draft) calendars() []string {
	var names []string
	for _, r := range d.reasons {
		names = append(names, r.Plan.Rests...)
	}
	for _, e := range d.effects {
		switch e := e.(type) {
		case PutEvent:
			names = append(names, e.Calendar)
		case DeleteEvent:
			names = append(names, e.Calendar)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// outcome is what the host is to do once all effects are done.
func (d *draft) outcome() Outcome {
	o := Outcome{Refuse: d.refuse, Reasons: d.reasons, Effects: d.effects}
	if d.refuse != nil {
		return o
	}
	if len(d.branches) == 0 {
		o.Discard = true
		return o
	}
	kept := d.branches[0]
	o.Drop, o.Add = difference(d.tx.Rcpts, kept.rcpts), difference(kept.rcpts, d.tx.Rcpts)
	if kept.mail != d.tx.Message {
		o.Message = kept.mail
	}
	if kept.fromEdited {
		o.From = &kept.from
	}
	o.Quarantine = strings.TrimSpace(kept.quarantine)
	return o
}

// difference is what is in a and not in b. Who was dropped and added again with other ESMTP arguments is in both
// differences.
func difference(a, b []Recipient) []Recipient {
	have := map[address.Address][]Recipient{}
	for _, r := range b {
		have[r.Address] = append(have[r.Address], r)
	}
	var rest []Recipient
	for _, r := range a {
		if !slices.ContainsFunc(have[r.Address], func(s Recipient) bool { return slices.Equal(s.Args, r.Args) }) {
			rest = append(rest, r)
		}
	}
	return rest
}
