package resource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/imip"
)

// heard is an owner's answer to a question of ours, with all it rests on.
type heard struct {
	booking
	question
	owner   *ldapdir.Entry // who was asked
	answer  *itip.Object
	says    itip.User // the attendee whose answer it is
	comment string
}

// maxComment is how much of an owner's comment is passed on, in characters.
const maxComment = 1000

// hear is what becomes of a REPLY. One to a question of ours leaves the envelope in any case: nobody reads what is
// sent to a resource, and a REPLY is never answered. Others are not ours.
func (m *module) hear(ctx context.Context, tx *filter.Tx, reply *itip.Object, room *facility, to []address.Address, planned []filter.Effect) (decision, error) {
	ref, uid, ok := m.referenceOf(reply, to)
	switch {
	case !ok:
		return untouched("method REPLY, and to no question of ours"), nil
	case m.signer == nil:
		return untouched("there is no secret to know our own questions by (submit.secret_file)"), nil
	case uid == "":
		return done("an answer whose address and UID are not those of one question does nothing"), nil
	}
	h := &heard{booking: booking{module: m, tx: tx, room: room, planned: planned, aside: true}, answer: reply}
	var err error
	if h.stored, _, h.version, err = m.calendars.Find(ctx, room.Calendar, uid); err != nil {
		return decision{}, fmt.Errorf("find in calendar %s: %w", room.Calendar, err)
	}
	switch {
	case h.stored == nil:
		return done("an answer about what is not booked does nothing"), nil
	case h.touched(uid):
		return done("a second answer about one booking in one mail does nothing"), nil
	case !h.recognise(ref):
		return done("an answer to no question that stands does nothing: outdated, of another resource or not from us"), nil
	}
	return h.believe(ctx)
}

// touched tells whether the same mail has changed the booking already: what is planned next would not know of it.
func (h *heard) touched(uid string) bool {
	return slices.ContainsFunc(h.planned, func(e filter.Effect) bool {
		switch e := e.(type) {
		case filter.PutEvent:
			return e.Calendar == h.room.Calendar && e.UID == uid
		case filter.DeleteEvent:
			return e.Calendar == h.room.Calendar && e.UID == uid
		}
		return false
	})
}

// referenceOf finds the reference of an answer, and which booking it is about. Where address and UID both carry one
// they have to agree.
func (m *module) referenceOf(reply *itip.Object, to []address.Address) (ref reference, uid string, ok bool) {
	ref, uid, ok = bookingOf(reply.UID())
	for _, a := range to {
		switch tag := referenceIn(a, m.directory.RecipientDelimiter()); {
		case tag == "":
		case !ok || !tag.is(ref):
			return tag, "", true
		}
	}
	return ref, uid, ok
}

// recognise finds the question and the owner a reference was signed for.
func (h *heard) recognise(ref reference) bool {
	for _, q := range questionsOn(h.stored) {
		for _, owner := range h.deciders() {
			if ref.is(referenceTo(h.signer, h.room.Calendar, h.stored.UID(), q, owner)) {
				h.question, h.owner = q, owner
				return true
			}
		}
	}
	return false
}

// believe asks whether the owner himself, or who may act for him, sent it, and what he says.
func (h *heard) believe(ctx context.Context) (decision, error) {
	why, err := h.mistrustOwner(ctx, h.tx, h.owner)
	switch {
	case err != nil:
		return decision{}, err
	case why != "":
		return done("an answer does nothing: " + why), nil
	}
	if h.says, err = itip.Answerer(h.answer); err != nil {
		return done("an answer does nothing: " + err.Error()), nil
	}
	if !h.mayAnswer(h.says.Address) {
		return done(fmt.Sprintf("an answer does nothing: %s was not asked", h.says.Address)), nil
	}
	if h.says.Partstat != accepted && h.says.Partstat != declined {
		return done(fmt.Sprintf("%s has not decided: %s", h.owner.Mail(), h.says.Partstat)), nil
	}
	for _, c := range h.answer.Scheduled() {
		if h.comment = imip.Line(c.Text("COMMENT"), maxComment); h.comment != "" {
			break
		}
	}
	return h.settle(ctx)
}

// mayAnswer tells whether an attendee is the owner, or the delegate who is logged in.
func (h *heard) mayAnswer(a address.Address) bool {
	return slices.Contains(h.owner.Addresses, a) || h.tx.Principal != nil && slices.Contains(h.tx.Principal.Addresses, a)
}

// cause is the answer as a mark: the same when it comes again.
func (h *heard) cause() itip.Cause {
	return itip.CauseOfMessage(h.answer, h.owner.Mail(), h.room.Mail(), h.state)
}

// settle carries out the first answer, and does so again when it is repeated; any other comes too late.
func (h *heard) settle(ctx context.Context) (decision, error) {
	by, _, _ := strings.Cut(string(h.cause()), ";")
	if h.state != waiting && h.by != by {
		return done("decided before: " + h.state), nil
	}
	if h.reopen(); len(h.about(h.stored)) == 0 {
		return done("decided before, and cancelled since"), nil
	}
	if err := h.speakToOrganizer(ctx); err != nil {
		return decision{}, err
	}
	h.by = by
	if h.says.Partstat == declined {
		return h.refuse(ctx)
	}
	return h.agree(ctx)
}
