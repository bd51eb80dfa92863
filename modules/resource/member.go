package resource

import (
	"slices"

	"usher/itip"
	"usher/milter/filter"
	"usher/milter/imip"
)

// Expands wants the resources behind groups and forwards to get what is about the events they are invited to. Answers
// are for whoever they are addressed to, and mail that is none of this stays with the group.
func (m *module) Expands(tx *filter.Tx) bool {
	return slices.ContainsFunc(imip.Read(tx.Message, itip.Event).Items, func(i imip.Item) bool {
		return slices.Contains([]string{"REQUEST", "CANCEL", "ADD"}, i.Object.Method())
	})
}

// asMember reads a message to a group that the resource stands behind as it is meant for the resource (S5546-53): a room
// answers for itself, as a member of the list that is invited. A cancellation that only the group is told is none for
// who is invited himself, too (D-04).
func (b *booking) asMember() {
	me := itip.User{Address: b.room.Mail(), Name: b.room.Name, CUType: "RESOURCE"}
	meant, ok := itip.ForMember(b.incoming, me, b.room.Addresses, b.lists)
	if ok && !b.invitedItself(b.stored) {
		b.incoming, b.member = meant, true
	}
}

// invitedItself tells whether a cancellation by way of a group is none for the resource, as what is booked names it
// besides.
func (b *booking) invitedItself(stored *itip.Object) bool {
	return b.incoming.Method() == "CANCEL" && stored != nil && !itip.OnlyMember(stored, b.room.Addresses...)
}
