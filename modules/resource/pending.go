package resource

import (
	"slices"
	"strings"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
)

// Answers that decide nothing yet.
const (
	tentative   = itip.Tentative
	needsAction = itip.NeedsAction
)

// grant books what the rules and the calendar allow, as the policy of the resource wants it. An owner does not have to
// ask himself.
func (b *booking) grant(v verdict) decision {
	switch {
	case v.step == stepAccept, b.asksHimself(v):
		return b.accept(v).with(b.notices(accepted, v)...)
	case v.step == stepStore:
		return b.keepOpen(v)
	}
	return b.pend(v)
}

// asksHimself tells whether the one whose word is needed is who asks.
func (b *booking) asksHimself(v verdict) bool {
	return (v.step == stepAsk || v.step == stepStore) && b.isOwner()
}

// isOwner tells whether the organizer is one of the owners.
func (b *booking) isOwner() bool {
	return slices.ContainsFunc(b.deciders(), func(o *ldapdir.Entry) bool { return slices.Contains(o.Addresses, b.organizer.Address) })
}

// with adds effects to what is done anyway.
func (d decision) with(effects ...filter.Effect) decision {
	if d.handled {
		d.effects = append(d.effects, effects...)
	}
	return d
}

// cannotAsk says why no owner can be asked, or "".
func (b *booking) cannotAsk() string {
	switch _, fits := reference("").questionUID(b.incoming.UID()); {
	case b.signer == nil:
		return "its owners would have to be asked, and there is no secret to sign the question with (submit.secret_file)"
	case len(b.deciders()) == 0:
		return "its owners would have to be asked, and it has none with an address"
	case !fits || len(b.incoming.UID()) > itip.MaxUID-referenceLetters-len(questionPrefix)-1:
		return "its owners would have to be asked, and the UID is too long to ask about"
	}
	return ""
}

// pend books tentatively and asks the owners.
func (b *booking) pend(v verdict) decision {
	if why := b.cannotAsk(); why != "" {
		return untouched("%s", why)
	}
	q := question{id: questionID(b.incoming, b.cause("")), state: waiting, by: b.replaces()}
	a := answer{partstat: tentative, parts: v.out}
	o, claim, err := b.unsettled(v, a, q)
	if err != nil {
		return untouched("%v", err)
	}
	b.explain(&a, v)
	effects := append([]filter.Effect{b.put(o, tentative, claim), b.reply(a)}, b.asking(o, q, v.rule)...)
	return done(strings.Join(append([]string{v.words()}, b.room.wrong...), "; ")+", "+tentative+", an owner decides", effects...)
}

// replaces is the question that a request makes void, "" if there is none.
func (b *booking) replaces() string {
	if b.stored == nil {
		return ""
	}
	said := b.says(b.stored)
	for _, c := range b.stored.Scheduled() {
		if q := questionOn(c); q.state == waiting && said(c) {
			return q.id
		}
	}
	return ""
}

// unsettled is what is stored while nobody has decided, with the time it keeps.
func (b *booking) unsettled(v verdict, a answer, q question) (*itip.Object, *calendar.Claim, error) {
	o, err := b.toStore(v, a)
	if err != nil {
		return nil, nil, err
	}
	open := b.room.rules.Pending == "free"
	said := b.says(o)
	for _, c := range o.Scheduled() {
		if !said(c) || b.left(c) || c.Cancelled() {
			continue
		}
		c.SetText("STATUS", "TENTATIVE")
		if open {
			c.SetText("TRANSP", "TRANSPARENT")
		}
		if q.id != "" {
			q.mark(c)
		}
	}
	if open || b.room.rules.AllowConflicts {
		return o, nil, nil
	}
	return o, b.room.rules.claim(v.booked()), nil
}

// asking asks all owners about what is stored, and takes back the question that this one takes the place of.
func (b *booking) asking(o *itip.Object, q question, rule string) []filter.Effect {
	a := asker{booking: b, question: q, part: q.part(o), rule: rule}
	effects := a.ask()
	if q.by != "" {
		a.question = question{id: q.by}
		effects = append(effects, a.withdraw(nil, func(w ownerWords) string { return w.changed })...)
	}
	return effects
}

// askedAgain plans the questions once more that the same message led to: they may have been lost.
func (b *booking) askedAgain(v verdict) []filter.Effect {
	id := questionID(b.incoming, b.cause(""))
	for _, q := range questionsOn(b.stored) {
		if q.id == id && q.state == waiting && b.cannotAsk() == "" {
			return b.asking(b.stored, q, v.rule)
		}
	}
	return nil
}

// keepOpen stores a request that nobody answers but by hand, and tells the owners of it.
func (b *booking) keepOpen(v verdict) decision {
	o, claim, err := b.unsettled(v, answer{partstat: needsAction, parts: v.out}, question{})
	if err != nil {
		return untouched("%v", err)
	}
	return done(v.words()+", stored without an answer", append([]filter.Effect{b.put(o, needsAction, claim)}, b.notices(needsAction, v)...)...)
}

// saidOf is what the resource has answered so far to what the message is about.
func (b *booking) saidOf(known *itip.Object) string {
	of := known.Counterparts(b.incoming)
	for _, c := range b.incoming.Scheduled() {
		if was := of(c); was != nil {
			if u, ok := was.Attendee(b.room.Addresses...); ok && !unsaid(u, was) {
				return u.Partstat
			}
		}
	}
	return accepted
}

// unsaid tells whether an answer is missing, as programs leave it out that write bookings without us: they are firm.
func unsaid(u itip.User, c *itip.Component) bool {
	return u.Partstat == needsAction && c.Text("STATUS") != "TENTATIVE"
}

// settled carries what was decided about a stored booking over to a later version that touches no time.
func (b *booking) settled(known, o *itip.Object) {
	of := known.Counterparts(o)
	for _, c := range o.Scheduled() {
		c.Remove(questionProperty)
		was := of(c)
		if was == nil {
			continue
		}
		u, ok := was.Attendee(b.room.Addresses...)
		if !ok || unsaid(u, was) || c.Cancelled() {
			continue
		}
		b.setPartstat(c, u.Partstat)
		for _, name := range []string{"STATUS", "TRANSP", questionProperty} {
			if p, ok := was.Prop(name); ok {
				c.Set(p.Clone())
			}
		}
	}
}
