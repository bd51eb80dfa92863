package calendar

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"usher/itip"
)

func event(t *testing.T, uid, summary string) *itip.Object {
	t.Helper()
	objects, err := itip.Parse([]byte("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:" + uid +
		"\nDTSTART:20260302T090000Z\nDTEND:20260302T100000Z\nSUMMARY:" + summary + "\nEND:VEVENT\nEND:VCALENDAR\n"))
	if err != nil {
		t.Fatal(err)
	}
	return objects[0]
}

func summaryOf(t *testing.T, d *Dir, uid string) string {
	t.Helper()
	o, ok, _, err := d.Find(t.Context(), "room", uid)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "-"
	}
	return o.Master().Text("SUMMARY")
}

func opened(t *testing.T, root string, o Options) *Dir {
	t.Helper()
	d, err := OpenDir(root, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func store(t *testing.T, d *Dir, uid, summary string) {
	t.Helper()
	_, _, base, err := d.Find(t.Context(), "room", uid)
	if err == nil {
		err = d.Put(t.Context(), Put{Calendar: "room", UID: uid, Object: event(t, uid, summary), Base: base})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// remembered is the index that a store has of the room.
func remembered(t *testing.T, d *Dir) (x *index, path string) {
	t.Helper()
	path = filepath.Join(d.root, "room")
	x, ok := d.indexes.Get(path)
	if !ok {
		t.Fatal("nothing is remembered")
	}
	return x, path
}

// TestCoarseClock pretends that the file system's clock stood still while a file was changed.
func TestCoarseClock(t *testing.T) {
	d := opened(t, t.TempDir(), Options{})
	d.recheck = 0
	store(t, d, "a", "old")
	x, path := remembered(t, d)
	path = filepath.Join(path, fileName("a"))
	if err := os.WriteFile(path, event(t, "a", "new").Encode(), fileMode); err != nil {
		t.Fatal(err)
	}
	id, _, err := identify(path)
	if err != nil {
		t.Fatal(err)
	}
	x.files[fileName("a")].id = id
	if got := summaryOf(t, d, "a"); got != "new" {
		t.Errorf("summary %q; want new", got)
	}
}

func TestFresh(t *testing.T) {
	now := time.Now()
	ago := func(d time.Duration) int64 { return now.Add(-d).UnixNano() }
	tests := []struct {
		id   identity
		want bool
	}{
		{identity{mtime: ago(time.Hour), ctime: ago(time.Hour)}, false},
		{identity{mtime: ago(time.Hour), ctime: ago(time.Second)}, true},
		{identity{mtime: ago(time.Second), ctime: ago(time.Hour)}, true},
		{identity{mtime: ago(-time.Hour), ctime: ago(time.Hour)}, true},
	}
	for _, tt := range tests {
		if got := tt.id.fresh(now); got != tt.want {
			t.Errorf("%+v fresh: %v", tt.id, got)
		}
	}
}

// TestGeneration pretends that the folder's time stamp did not show what another process wrote.
func TestGeneration(t *testing.T) {
	root := t.TempDir()
	d, other := opened(t, root, Options{}), opened(t, root, Options{})
	d.recheck = time.Hour
	store(t, d, "a", "old")
	store(t, other, "a", "new")
	x, path := remembered(t, d)
	var err error
	if x.folder, _, err = identify(path); err != nil {
		t.Fatal(err)
	}
	if got := summaryOf(t, d, "a"); got != "new" {
		t.Errorf("summary %q; want new", got)
	}
}

// TestChangedWhileForgotten changes a file in place between the look at it and the reading of its object.
func TestChangedWhileForgotten(t *testing.T) {
	d := opened(t, t.TempDir(), Options{Objects: 1})
	d.recheck = time.Hour
	store(t, d, "a", "old")
	store(t, d, "b", "other") // and a is forgotten
	path := filepath.Join(d.root, "room", fileName("a"))
	if err := os.WriteFile(path, event(t, "b", "thief").Encode(), fileMode); err != nil {
		t.Fatal(err)
	}
	if o, ok, _, err := d.Find(t.Context(), "room", "a"); err == nil {
		t.Errorf("found %v: %s", ok, o.Encode())
	}
	if got := summaryOf(t, d, "a"); got != "-" {
		t.Errorf("summary %q; want none", got)
	}
}

// TestReplacedLock holds that a lock on a file that is not the lock file any more excludes nobody and is not
// taken for one.
func TestReplacedLock(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, lockFile)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := lockOpened(f, path); err != nil {
		t.Errorf("lock: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := lockOpened(f, path); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("lock of a file that is gone: %v", err)
	}
	if err := os.WriteFile(path, nil, fileMode); err != nil {
		t.Fatal(err)
	}
	if err := lockOpened(f, path); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("lock of a file that was replaced: %v", err)
	}
}

// TestTooMuchForOneFile holds that no file is written that could not be read.
func TestTooMuchForOneFile(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "room"), folderMode); err != nil {
		t.Fatal(err)
	}
	both := append(event(t, "a", "old").Encode(), event(t, "b", "other").Encode()...)
	if err := os.WriteFile(filepath.Join(root, "room", "both.ics"), both, fileMode); err != nil {
		t.Fatal(err)
	}
	d := opened(t, root, Options{})
	_, _, base, err := d.Find(t.Context(), "room", "a")
	if err != nil {
		t.Fatal(err)
	}
	big := event(t, "a", "new")
	for _, line := range []int{20_000, 30} { // until the other event has no room beside it
		for len(big.Encode()) < itip.MaxSize-2*line {
			big.Master().Add(itip.Prop{Name: "X-FILL", Value: strings.Repeat("x", line)})
		}
	}
	p := Put{Calendar: "room", UID: "a", Object: big, Base: base}
	if _, err := prepare(p); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), p); err == nil {
		t.Error("more was stored than can be read")
	}
	if a, b := summaryOf(t, d, "a"), summaryOf(t, d, "b"); a != "old" || b != "other" {
		t.Errorf("there is %q and %q", a, b)
	}
}
