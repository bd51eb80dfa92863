package resource

import (
	"context"
	"fmt"

	"usher/itip"
)

// search is the way of one invitation to a member of a collection.
type search struct {
	*booking   // of who is invited: the collection, or a member that had the booking
	collection *facility
	family     []*facility // all members
	members    []*member   // those that may have it
	why        []finding   // of each member in short, for the log
	findings   []string    // the same at length, for explain
	unreadable error       // why a calendar could not be read
	left       string      // why a member leaves such mail to people
	refused    []*facility // members whose owner has declined it
	said       []string    // paragraphs for the organizer, about why it is passed on
}

// member is one that may have the invitation.
type member struct {
	booking
	passing *itip.Object // REPLY of who passes it on
	verdict *verdict     // nil: not asked yet, or nothing to judge
}

// look finds the members that may have the invitation, and what they have of it already.
func (s *search) look(ctx context.Context) error {
	for _, f := range s.family {
		if f.DN == s.room.DN {
			continue // it passes the invitation on
		}
		if why := s.out(f); why != "" {
			s.note(f, why)
			continue
		}
		m, why, err := s.member(ctx, f)
		switch {
		case err != nil:
			return err
		case why != "":
			s.note(f, why)
		default:
			s.members = append(s.members, m)
		}
	}
	return nil
}

// out says why a member is none that the invitation can be passed on to, or "".
func (s *search) out(f *facility) string {
	switch u, listed := invited(s.incoming, f.Addresses); {
	case f.Mail() == "":
		return "has no address"
	case s.touches(f, s.incoming.UID()):
		return "has it by the same mail"
	case listed && !passedOn(u):
		return "is invited itself"
	}
	return ""
}

// member is the invitation as a member gets it; why says that it cannot.
func (s *search) member(ctx context.Context, f *facility) (m *member, why string, err error) {
	m = &member{booking: *s.booking}
	m.room, m.via = s.fitting(f), s.collection.Mail()
	if err := m.find(ctx); err != nil {
		return nil, "", err
	}
	if m.stored != nil && !s.ours(m) {
		return nil, "has the event already", nil
	}
	if m.passing, m.incoming, err = s.passOn(f, s.family); err != nil {
		return nil, err.Error(), nil
	}
	m.invited, _ = invited(m.incoming, f.Addresses)
	return m, "", nil
}

// ours tells whether what a member has was passed on by this collection, or is over.
func (s *search) ours(m *member) bool {
	return m.sameOrganizer() && (buried(m.stored) || s.collection.called(cameThrough(m.stored)))
}

// fitting is a member as the collection wants it treated: what is chosen by size has to be large enough, and when it is
// next free is always told.
func (s *search) fitting(f *facility) *facility {
	g, r := *f, s.collection.rules
	g.rules.EnforceCapacity = g.rules.EnforceCapacity || r.Strategy == "smallest_fit"
	g.rules.Alternatives = max(1, r.Alternatives)
	return &g
}

// before is why the message comes too late: the event was cancelled, declined or passed on since, as a member knows
// (S5546-55). nil: it does not. declinedIt tells whether it was this very message.
func (s *search) before() (known *itip.Object, declinedIt bool) {
	for _, m := range s.members {
		if m.outdated() {
			known, declinedIt = m.stored, declinedIt || m.declinedBefore() || m.refusedBefore()
		}
	}
	return known, declinedIt
}

// holder is the member that has the booking: the one that got it by this very mail, else the first; or nil.
func (s *search) holder() (first *member) {
	for _, m := range s.members {
		switch {
		case m.stored == nil || buried(m.stored):
		case m.repeated():
			return m
		case first == nil:
			first = m
		}
	}
	return first
}

// finding is in short what a member is like.
type finding struct {
	of  *facility
	why string
}

// note keeps for the log what a member is like.
func (s *search) note(f *facility, why string) { s.why = append(s.why, finding{f, why}) }

// whys are the findings in words, but for that of who is told of by himself; nil: there is nobody.
func (s *search) whys(but *facility) (lines []string) {
	for n, f := range s.why {
		switch {
		case but != nil && f.of.DN == but.DN:
		case len(lines) == maxExplained:
			return append(lines, fmt.Sprintf("and %d more", len(s.why)-n))
		default:
			lines = append(lines, f.of.Name+": "+f.why)
		}
	}
	return lines
}
