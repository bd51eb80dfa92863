package invitation

import (
	"slices"

	"usher/itip"
	"usher/milter/filter"
	"usher/milter/imip"
)

// Expands wants the people behind groups and forwards to get what is about the events they are invited to. Answers are
// for whoever they are addressed to, and mail that is none of this stays with the group.
func (m *module) Expands(tx *filter.Tx) bool {
	return slices.ContainsFunc(imip.Read(tx.Message, itip.Event, itip.Todo).Items, func(i imip.Item) bool {
		return slices.Contains([]string{"REQUEST", "CANCEL", "ADD"}, i.Object.Method())
	})
}

// asMember reads a message to a group that the person stands behind as it is meant for him (S5546-53): he answers for
// himself, as a member of the list that is invited. A cancellation that only the group is told is none for who is
// invited himself, too (D-04).
func (v *visit) asMember() {
	me := itip.User{Address: v.person.Mail(), Name: v.person.Name}
	meant, ok := itip.ForMember(v.came, me, v.me, v.lists)
	if ok && (v.came.Method() != "CANCEL" || v.stored == nil || itip.OnlyMember(v.stored, v.me...)) {
		v.came, v.incoming = meant, meant
	}
}
