package invitation

import (
	"context"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
)

// Words of cause marks that are no answer.
const (
	updated   = "UPDATED"   // an update that needed no answer
	cancelled = "CANCELLED" // a cancellation that left something
)

// outcome is what a policy decided. It stands in the cause mark of what is stored, so that a retry of the same mail
// comes to the same.
type outcome struct {
	said    string // the answer (PARTSTAT), or a word for what was done
	reply   bool   // the organizer is told the answer
	notify  bool   // the person is told
	forward bool   // he gets the mail, too
	object  *itip.Object
	notice  notice // what he is told
	deputy  deputy // whom the invitation is passed on to
	why     string
}

// The flags of a mark.
const (
	markReply   = "reply"
	markNotify  = "notify"
	markForward = "forward"
)

// mark writes an outcome down.
func (o outcome) mark() string {
	words := []string{o.said}
	for _, f := range []struct {
		on   bool
		word string
	}{{o.reply, markReply}, {o.notify, markNotify}, {o.forward, markForward}} {
		if f.on {
			words = append(words, f.word)
		}
	}
	return strings.Join(words, " ")
}

// outcomeOf reads a mark.
func outcomeOf(mark string) (o outcome) {
	words := strings.Fields(mark)
	if len(words) == 0 {
		return o
	}
	o.said = words[0]
	for _, w := range words[1:] {
		switch w {
		case markReply:
			o.reply = true
		case markNotify:
			o.notify = true
		case markForward:
			o.forward = true
		}
	}
	return o
}

// cause marks what we write with what made us write it.
func (v *visit) cause(mark string) itip.Cause {
	return itip.CauseOfMessage(v.came, v.sender.Address, v.person.Mail(), mark)
}

// repeated tells whether the copy was written because of this very message: a retry. Some programs send other words
// with the DTSTAMP of the message before, so it must say nothing new either (S5546-08).
func (v *visit) repeated() bool {
	if v.stored == nil || !v.stored.Cause().Same(v.cause("")) {
		return false
	}
	if v.incoming.Method() != "REQUEST" {
		return true
	}
	now, err := itip.Merge(v.stored, v.incoming, v.me...)
	return err != nil || !slices.ContainsFunc(itip.Changed(v.stored, now), v.news)
}

// news tells whether a difference is the organizer's: those who came to the copy by answers, as delegates or for a list,
// are not in his message.
func (v *visit) news(d itip.Difference) bool {
	if d.Name != "ATTENDEE" || len(d.Added) > 0 {
		return true
	}
	return slices.ContainsFunc(d.Removed, func(a address.Address) bool {
		u, _ := invited(v.stored, []address.Address{a})
		return len(u.DelegatedFrom) == 0 && u.Prop.Param("MEMBER") == ""
	})
}

// again plans what was decided when this message came first: what came of it may have been lost since.
func (v *visit) again(ctx context.Context) (d decision, err error) {
	o := outcomeOf(v.stored.Cause().Decision())
	o.object, o.notice, o.why = v.stored, noticeOn(v.stored), "decided before: "+o.said
	if o.said == itip.Delegated {
		if o.deputy, err = v.deputyBefore(ctx); err != nil {
			return d, err
		}
	}
	return v.carry(o), nil
}

// carry makes an outcome effects.
func (v *visit) carry(o outcome) decision {
	d := decision{handled: !o.forward, why: o.why}
	d.effects = append(d.effects, v.put(o))
	switch {
	case o.reply && o.said == itip.Delegated:
		d.effects = append(d.effects, v.delegation(o)...)
	case o.reply:
		d.effects = append(d.effects, v.replies(o)...)
	}
	if o.notify {
		d.effects = append(d.effects, v.notify(o.notice))
	}
	return d
}

// put stores the copy, with what a retry needs to come to the same.
func (v *visit) put(o outcome) filter.PutEvent {
	object := o.object.Clone()
	o.notice.keepOn(object)
	return filter.PutEvent{Calendar: v.folder, UID: object.UID(), Object: object, Base: v.version, Cause: v.cause(o.mark()), Apart: true}
}
