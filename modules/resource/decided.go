package resource

import (
	"context"
	"fmt"
	"slices"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/imip"
)

// speakToOrganizer turns from the owner who answered to the organizer who waits: his request, as far as it was asked
// about, is the incoming one again.
func (h *heard) speakToOrganizer(ctx context.Context) (err error) {
	h.incoming = h.part(h.stored)
	if h.organizer, err = h.stored.Organizer(); err != nil {
		return fmt.Errorf("whose booking: %w", err)
	}
	h.invited, _ = invited(h.incoming, h.room.Addresses)
	entry, _, err := h.directory.Lookup(ctx, h.organizer.Address)
	if err != nil {
		return fmt.Errorf("who is the organizer %s: %w", h.organizer.Address, err)
	}
	if h.entry = entry; entry != nil {
		h.language = entry.Language
	}
	return nil
}

// agree makes a firm booking of what was asked about. Time that was not kept meanwhile has to be free still.
func (h *heard) agree(ctx context.Context) (decision, error) {
	late, open := h.state == declined, false // late: so it was when this answer came first
	h.state = accepted
	o := h.stored.Clone()
	for _, c := range h.about(o) {
		open = open || c.Transparent()
		h.mark(c)
		h.setPartstat(c, accepted)
		c.SetText("STATUS", "CONFIRMED")
		c.SetText("TRANSP", "OPAQUE")
	}
	var claim *calendar.Claim
	if late || open && !h.room.rules.AllowConflicts {
		v, err := h.judge(ctx, o)
		if err != nil {
			return decision{}, err
		}
		if late || len(v.clashes) > 0 {
			return h.tooLate(ctx, v)
		}
		claim = h.room.rules.claim(v.booked())
	}
	a := h.answered(accepted, h.stored)
	if h.incoming.Master() == nil {
		a.parts = nil
	}
	return h.tell(a, h.put(o, claim), h.owner), nil
}

// refuse gives up what was asked about. Where something of the booking remains, the instances stay as declined and take
// no time, so that nobody takes the series to be untouched (D-12).
func (h *heard) refuse(ctx context.Context) (decision, error) {
	h.state = declined
	return h.handOn(ctx, answer{partstat: declined}, h.owner)
}

// tooLate declines what the owner agreed to, as others were faster.
func (h *heard) tooLate(ctx context.Context, v verdict) (decision, error) {
	h.state = declined
	a := answer{partstat: declined}
	h.explain(&a, v.decline(ruleBusy))
	d, err := h.handOn(ctx, a, nil)
	d.why += ", as the time has been taken meanwhile"
	return d, err
}

// without is the calendar without what was asked about.
func (h *heard) without() filter.PutEvent {
	o := h.stored.Clone()
	for _, c := range h.about(o) {
		h.mark(c)
		h.leave(c)
		c.Remove("STATUS")
	}
	over := func(c *itip.Component) bool { return c.Cancelled() || h.left(c) }
	if !slices.ContainsFunc(o.Scheduled(), func(c *itip.Component) bool { return !over(c) }) {
		h.refused(o)
	}
	return h.put(o, nil)
}

// refused makes a tombstone of what owners do not give away: the request that comes again is not asked about again
// (S5546-55). Title, answer and question stay on it, as a retry has to tell all of it once more.
func (h *heard) refused(o *itip.Object) {
	for _, c := range o.Scheduled() {
		title, titled := c.Prop("SUMMARY")
		q := questionOn(c)
		if !h.room.rules.KeepCancelled {
			h.bare(c)
		}
		if titled {
			c.Set(title)
		}
		if q.id != "" {
			q.mark(c)
		}
		c.SetText("STATUS", "CANCELLED")
		c.SetText("TRANSP", "TRANSPARENT")
	}
	o.AddZones()
}

// reopen takes a tombstone that this very answer has left for what it was before.
func (h *heard) reopen() {
	if !buried(h.stored) || !h.stored.Cause().Same(h.cause()) {
		return
	}
	h.stored = h.stored.Clone()
	for _, c := range h.stored.Scheduled() {
		if questionOn(c).id == h.id {
			c.Remove("STATUS")
		}
	}
}

// put stores with the mark of the answer that made us.
func (h *heard) put(o *itip.Object, claim *calendar.Claim) filter.PutEvent {
	return filter.PutEvent{Calendar: h.room.Calendar, UID: o.UID(), Object: o, Base: h.version, Claim: claim, Cause: h.cause()}
}

// tell is the answer to the organizer, with the owner's words, and the end of the question for the owners but one who
// knows.
func (h *heard) tell(a answer, change filter.Effect, knows *ldapdir.Entry) decision {
	a.said = append(h.word(), a.said...)
	effects := append([]filter.Effect{change, h.reply(a)}, h.closes(a.partstat, knows)...)
	return done(h.decidedWhy()+": "+a.partstat, effects...)
}

// word is what the owner wrote, for the organizer.
func (h *heard) word() []string {
	if h.comment == "" {
		return nil
	}
	return []string{fmt.Sprintf(h.forOwners().word, imip.Line(h.owner.Name, maxName), h.comment)}
}

// closes is the end of the question for the owners but one who knows.
func (h *heard) closes(partstat string, knows *ldapdir.Entry) []filter.Effect {
	ask, name := asker{booking: &h.booking, question: h.question, part: h.incoming}, imip.Line(h.owner.Name, maxName)
	return ask.withdraw(knows, func(w ownerWords) string {
		if h.says.Partstat != partstat {
			return fmt.Sprintf(w.late, name)
		}
		return fmt.Sprintf(w.decided, name, w.states[partstat])
	})
}

func (h *heard) decidedWhy() string {
	return fmt.Sprintf("%s has decided %s", h.owner.Mail(), h.says.Partstat)
}
