package calendar_test

import (
	"reflect"
	"slices"
	"testing"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
)

// TestClone holds that a copy of the world goes its own way.
func TestClone(t *testing.T) {
	m := calendar.NewMemory(calendar.Options{})
	o := calendartest.Event("a", "09:00", "10:00")
	p := calendar.Put{Calendar: room, UID: "a", Object: o, Key: "k"}
	h, err := m.Hold(background, p)
	must(t, err)
	copied := m.Clone()
	if got := copied.Holds(); !reflect.DeepEqual(got, map[string][]string{room: {"k"}}) {
		t.Errorf("holds of the copy: %v", got)
	}
	must(t, h.Confirm(background))
	if got := copied.Snapshot(); len(got) != 0 {
		t.Errorf("the copy has seen what came later: %v", got)
	}
	again, err := copied.Hold(background, p)
	must(t, err)
	must(t, again.Confirm(background))
	if a, b := m.Snapshot(), copied.Snapshot(); !reflect.DeepEqual(a, b) || a[room]["a"] != string(o.Encode()) {
		t.Errorf("worlds %v and %v", a, b)
	}
	if len(m.Holds())+len(copied.Holds()) != 0 {
		t.Errorf("holds: %v, %v", m.Holds(), copied.Holds())
	}
}

func TestMemoryFolders(t *testing.T) {
	m := calendar.NewMemory(calendar.Options{})
	for _, cal := range []string{"jane@example.org/confidential", "john@example.org"} {
		must(t, m.Put(background, calendar.Put{Calendar: cal, UID: "a", Object: calendartest.Event("a", "09:00", "10:00")}))
	}
	got, err := m.Folders(background, "jane@example.org")
	must(t, err)
	want := []calendar.Folder{{Name: "jane@example.org", Default: true}, {Name: "jane@example.org/confidential", Class: "CONFIDENTIAL"}}
	if !slices.Equal(got, want) {
		t.Errorf("folders %v; want %v", got, want)
	}
}
