package invitation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
)

// maxFolders bounds how many calendars of one person are looked at.
const maxFolders = 50

// mailbox is the name of a person's mailbox, "" if he has none.
func (m *module) mailbox(e *ldapdir.Entry) string {
	if m.Mailbox != "" {
		return e.Attr(m.Mailbox)
	}
	return e.Mail().String()
}

// calendarsOf are the calendars, or the task lists, of a person, the default one first.
func (m *module) calendarsOf(ctx context.Context, e *ldapdir.Entry, kind string) ([]calendar.Folder, error) {
	user := m.mailbox(e)
	if user == "" {
		return nil, nil
	}
	all, err := m.calendars.Folders(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("calendars of %s: %w", user, err)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(f calendar.Folder) bool { return f.Tasks != (kind == itip.Todo) })
	slices.SortStableFunc(all, func(a, b calendar.Folder) int { return -compareTrue(a.Default, b.Default) })
	return all[:min(len(all), maxFolders)], nil
}

func compareTrue(a, b bool) int {
	rank := map[bool]int{true: 1}
	return cmp.Compare(rank[a], rank[b])
}

// copyOf is what the calendars of somebody hold of an event.
type copyOf struct {
	folder  string
	object  *itip.Object
	version calendar.Version
}

// seek looks for an object in calendars, in their order.
func (m *module) seek(ctx context.Context, folders []calendar.Folder, uid string) (c copyOf, ok bool, err error) {
	for _, f := range folders {
		o, found, version, err := m.calendars.Find(ctx, f.Name, uid)
		if err != nil {
			return copyOf{}, false, fmt.Errorf("find in calendar %s: %w", f.Name, err)
		}
		if found {
			return copyOf{f.Name, o, version}, true, nil
		}
	}
	return copyOf{}, false, nil
}

// find reads the person's copy, or where it would be kept.
func (v *visit) find(ctx context.Context) error {
	folders, err := v.calendarsOf(ctx, v.person, v.incoming.Kind())
	if err != nil {
		return err
	}
	c, ok, err := v.seek(ctx, folders, v.incoming.UID())
	if err != nil {
		return err
	}
	if ok {
		v.folder, v.stored, v.version = c.folder, c.object, c.version
		return nil
	}
	if v.incoming.Method() == "REPLY" {
		return v.findForOthers(ctx)
	}
	v.folder = home(folders, v.incoming)
	return nil
}

// home is where a new object belongs: in the calendar for its class where there is one, else in the default one, else
// in the first that is kept for nothing special. "" if there is none.
func home(folders []calendar.Folder, o *itip.Object) string {
	class := classOf(o)
	for _, fits := range []func(calendar.Folder) bool{
		func(f calendar.Folder) bool { return f.Class == class },
		func(f calendar.Folder) bool { return f.Default },
		func(f calendar.Folder) bool { return f.Class == "" },
	} {
		if i := slices.IndexFunc(folders, fits); i >= 0 {
			return folders[i].Name
		}
	}
	return ""
}

// classOf is the strictest CLASS of an object's components, "" for what is public.
func classOf(o *itip.Object) string {
	strictest := ""
	for _, c := range o.Scheduled() {
		switch class := calendar.ClassOf(o, c); {
		case class == "CONFIDENTIAL":
			return class
		case class == "PRIVATE":
			strictest = class
		}
	}
	return strictest
}
