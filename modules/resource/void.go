package resource

import (
	"slices"
	"strings"

	"usher/itip"
	"usher/milter/filter"
)

// void ends the questions of which a cancellation leaves nothing, and keeps them on what is left, so that a retry knows
// who has to be told.
func (b *booking) void(o *itip.Object) {
	by, _, _ := strings.Cut(string(b.cause("")), ";")
	of := b.stored.Counterparts(o)
	for _, q := range questionsOn(b.stored) {
		if q.state != waiting || len(q.about(o)) > 0 {
			continue
		}
		for _, c := range o.Scheduled() {
			if was := of(c); was != nil && questionOn(was).id == q.id {
				question{q.id, withdrawn, by}.mark(c)
			}
		}
	}
}

// ownersWait tells whether a cancellation ends questions to owners, or is the retry of one that did.
func (b *booking) ownersWait() bool {
	by, _, _ := strings.Cut(string(b.cause("")), ";")
	return slices.ContainsFunc(questionsOn(b.stored), func(q question) bool {
		return q.state == waiting || q.state == withdrawn && q.by == by
	})
}

// voided tells the owners of questions that this message has ended.
func (b *booking) voided(o *itip.Object, why func(ownerWords) string) (effects []filter.Effect) {
	by, _, _ := strings.Cut(string(b.cause("")), ";")
	for _, q := range questionsOn(o) {
		if q.state == withdrawn && q.by == by && b.signer != nil {
			a := asker{booking: b, question: q, part: question{id: q.id}.part(b.stored)}
			if len(a.part.Scheduled()) == 0 { // a retry: what is left has no title any more
				a.part = q.part(o)
			}
			effects = append(effects, a.withdraw(nil, why)...)
		}
	}
	return effects
}

// The reasons for which a message ends a question.
func (w ownerWords) ofCancel() string { return w.cancelled }
func (w ownerWords) ofChange() string { return w.changed }
