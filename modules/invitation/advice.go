package invitation

import "usher/milter/filter"

// Advice tells where invitations are believed more easily than a postmaster may think.
func (m *module) Advice() filter.Mistakes {
	if why := m.judge.Advice(); why != "" {
		return filter.Mistakes{{Key: "organizers", Text: why}}
	}
	return nil
}
