package resource

import (
	"context"
	"fmt"

	"usher/ldapdir"
	"usher/milter/filter"
)

// Facility tells people how a resource or a collection is treated, and why.
func (m *module) Facility(ctx context.Context, e *ldapdir.Entry) (filter.Facility, bool, error) {
	if !isResource(e) {
		return filter.Facility{}, false, nil
	}
	f, err := m.facility(ctx, e)
	if err != nil {
		return filter.Facility{}, false, err
	}
	shown := filter.Facility{Entry: e, Owners: f.owners, Collections: f.collections, Zone: f.rules.location(m.zone), Wrong: f.wrong}
	for _, field := range ruleFields {
		origin := f.origins[field.key]
		shown.Rules = append(shown.Rules, filter.Rule{Key: field.key, Value: field.text(&f.rules), Origin: origin, Given: origin != "default"})
	}
	if e.Kind == ldapdir.Collection {
		if shown.Members, err = m.directory.Members(ctx, e); err != nil {
			return filter.Facility{}, false, fmt.Errorf("members of %s: %w", e.Name, err)
		}
	}
	return shown, true, nil
}
