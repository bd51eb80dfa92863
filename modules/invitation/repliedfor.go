package invitation

import (
	"context"
	"fmt"

	"usher/ldapdir"
)

// maxDelegators bounds how many people's calendars are looked through for what somebody keeps in one of theirs.
const maxDelegators = 20

// findForOthers looks for what the person organizes in the calendars of those who let him write in theirs. It is asked
// only when his own have nothing of that UID.
func (v *visit) findForOthers(ctx context.Context) error {
	owners, err := v.directory.Delegators(ctx, v.person)
	if err != nil {
		return err
	}
	if len(owners) > maxDelegators {
		v.note("%d people name %s as delegate: only the calendars of %d are looked at", len(owners), v.person.Name, maxDelegators)
		owners = owners[:maxDelegators]
	}
	for _, e := range owners {
		if e.Kind != ldapdir.Person {
			continue
		}
		c, ok, err := v.copyAt(ctx, e)
		if err != nil {
			return fmt.Errorf("%s, who names the person as delegate: %w", e.Name, err)
		}
		if ok && v.isMe(organizerOf(c.object)) {
			v.note("it is in a calendar of %s", e.Name)
			v.folder, v.stored, v.version = c.folder, c.object, c.version
			return nil
		}
	}
	return nil
}

// copyAt is what somebody's calendars hold of the event.
func (v *visit) copyAt(ctx context.Context, e *ldapdir.Entry) (copyOf, bool, error) {
	folders, err := v.calendarsOf(ctx, e, v.incoming.Kind())
	if err != nil {
		return copyOf{}, false, err
	}
	return v.seek(ctx, folders, v.incoming.UID())
}
