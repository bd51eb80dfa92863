package calendar_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
)

const room = "room@example.org"

// story is something that is done to the calendar of the room, and may end at any step.
type story struct {
	name  string
	files map[string][]byte // before it
	do    func(d *calendar.Dir) error
	// want is what is there in the end, UID and summary: after any number of crashes and one whole run.
	want map[string]string
	// always is a UID that is there at every moment.
	always string
	steps  string
}

func stories() []story {
	event := calendartest.Event
	old := event("a", "09:00", "10:00", "SUMMARY:old").Encode()
	copied := event("a", "09:00", "10:00", "SUMMARY:copied").Encode()
	other := event("b", "14:00", "15:00", "SUMMARY:other").Encode()
	fresh := event("a", "11:00", "12:00", "SUMMARY:new")
	return []story{
		{
			name: "put", do: func(d *calendar.Dir) error { return put(d, fresh) }, want: map[string]string{"a": "new"},
			steps: "mkdir, sync folder, create, write, sync file, rename, sync folder",
		}, {
			name: "put over", files: map[string][]byte{calendar.FileName("a"): old}, always: "a",
			do: func(d *calendar.Dir) error { return put(d, fresh) }, want: map[string]string{"a": "new"},
			steps: "create, write, sync file, rename, sync folder",
		}, {
			name: "put into a file with others", files: map[string][]byte{"mine.ics": slices.Concat(old, other)}, always: "b",
			do: func(d *calendar.Dir) error { return put(d, fresh) }, want: map[string]string{"a": "new", "b": "other"},
			steps: "create, write, sync file, rename, sync folder",
		}, {
			name: "delete", files: map[string][]byte{calendar.FileName("a"): old, "b.ics": other}, always: "b",
			do: func(d *calendar.Dir) error { return remove(d, "a") }, want: map[string]string{"b": "other"},
			steps: "remove, sync folder",
		}, {
			name: "delete with copies", files: map[string][]byte{calendar.FileName("a"): old, "copy.ics": copied, "both.ics": slices.Concat(other, copied)},
			always: "b", do: func(d *calendar.Dir) error { return remove(d, "a") }, want: map[string]string{"b": "other"},
			steps: "remove, sync folder, create, write, sync file, rename, sync folder, remove, sync folder",
		}, {
			name: "book", files: map[string][]byte{"b.ics": other}, always: "b",
			do: func(d *calendar.Dir) error { return book(d, fresh) }, want: map[string]string{"a": "new", "b": "other"},
			steps: "mkdir, sync folder, create, write, sync file, rename, sync folder, " +
				"create, write, sync file, rename, sync folder, remove",
		}, {
			name: "move a booking", files: map[string][]byte{"hand.ics": old, "b.ics": other}, always: "a",
			do: func(d *calendar.Dir) error { return book(d, fresh) }, want: map[string]string{"a": "new", "b": "other"},
			steps: "mkdir, sync folder, create, write, sync file, rename, sync folder, " +
				"create, write, sync file, rename, sync folder, remove",
		}, {
			name: "think better of it", files: map[string][]byte{"b.ics": other}, always: "b",
			do: func(d *calendar.Dir) error {
				h, err := hold(d, fresh)
				if err != nil {
					return err
				}
				return h.Withdraw(background)
			},
			want:  map[string]string{"b": "other"},
			steps: "mkdir, sync folder, create, write, sync file, rename, sync folder, remove",
		},
	}
}

// TestCrash ends every story after every step, as a crash would, and lets a fresh process try again.
func TestCrash(t *testing.T) {
	for _, s := range stories() {
		t.Run(strings.ReplaceAll(s.name, " ", "-"), func(t *testing.T) {
			steps := s.run(t, t.TempDir(), 0)
			if got := strings.Join(steps, ", "); got != s.steps {
				t.Errorf("steps: %s; want %s", got, s.steps)
			}
			for i := range steps {
				s.crash(t, i+1)
			}
		})
	}
}

// crash lets the story end after a step, twice for those who never learn, and then runs it to its end.
func (s story) crash(t *testing.T, step int) {
	t.Helper()
	folder := t.TempDir()
	s.run(t, folder, step)
	s.look(t, open(t, folder, calendar.Options{}), fmt.Sprintf("crashed after step %d", step))
	s.run(t, folder, step)
	s.run(t, folder, 0)
	where := fmt.Sprintf("done again after a crash after step %d", step)
	s.done(t, open(t, folder, calendar.Options{}), where)
	s.tidy(t, folder, where)
}

type crashed struct{}

// run tells the story with a fresh process up to a step, 0 is to the end, and gives the steps there were.
func (s story) run(t *testing.T, root string, until int) (steps []string) {
	t.Helper()
	folder := filepath.Join(root, room)
	if _, err := os.Stat(folder); len(s.files) > 0 && err != nil {
		must(t, os.Mkdir(folder, 0o750))
		for name, data := range s.files {
			write(t, filepath.Join(folder, name), data)
		}
	}
	d := open(t, root, calendar.Options{})
	d.OnStep(func(step string) {
		steps = append(steps, step)
		if s.always != "" && !onDisk(t, folder)[s.always] {
			t.Errorf("after %q: %s is not there", steps, s.always)
		}
		if len(steps) == until {
			panic(crashed{})
		}
	})
	defer func() {
		if r := recover(); r != nil && r != any(crashed{}) {
			panic(r)
		}
	}()
	if err := s.do(d); err != nil {
		t.Errorf("after %q: %v", steps, err)
	}
	return steps
}

// onDisk gives the UIDs that somebody finds who knows nothing of locks.
func onDisk(t *testing.T, folder string) map[string]bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.ics"))
	must(t, err)
	uids := map[string]bool{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		must(t, err)
		objects, err := itip.Parse(data)
		must(t, err)
		for _, o := range objects {
			uids[o.UID()] = true
		}
	}
	return uids
}

// look wants what a reader sees after a crash to be the old or the new.
func (s story) look(t *testing.T, d *calendar.Dir, where string) {
	t.Helper()
	ps, _, err := d.Busy(background, room, calendartest.Between("00:00", "24:00"))
	must(t, err)
	seen := map[string]bool{}
	for _, p := range ps {
		if seen[p.UID] || p.Summary != s.want[p.UID] && p.Summary != "old" {
			t.Errorf("%s: %q, %v", where, p.Summary, ps)
		}
		seen[p.UID] = true
	}
}

// done wants the end of the story.
func (s story) done(t *testing.T, d *calendar.Dir, where string) {
	t.Helper()
	ps, _, err := d.Busy(background, room, calendartest.Between("00:00", "24:00"))
	must(t, err)
	got := map[string]string{}
	for _, p := range ps {
		got[p.UID] += p.Summary
	}
	if !maps.Equal(got, s.want) {
		t.Errorf("%s: %v; want %v", where, got, s.want)
	}
}

// tidy wants nothing to be left of crashes, and no more files than before.
func (s story) tidy(t *testing.T, root, where string) {
	t.Helper()
	files := 0
	must(t, filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if name := filepath.Base(path); name == calendar.NewFile || strings.HasSuffix(name, ".hold") {
			t.Errorf("%s: %s is left over", where, path)
		}
		if filepath.Ext(path) == ".ics" {
			files++
		}
		return err
	}))
	if files > len(s.want) {
		t.Errorf("%s: %d files for %d objects", where, files, len(s.want))
	}
}

// put plans as a module would: on what is there now.
func put(d *calendar.Dir, o *itip.Object) error {
	_, _, base, err := d.Find(background, room, o.UID())
	if err != nil {
		return err
	}
	return d.Put(background, calendar.Put{Calendar: room, UID: o.UID(), Object: o, Base: base})
}

func remove(d *calendar.Dir, uid string) error {
	_, _, base, err := d.Find(background, room, uid)
	if err != nil {
		return err
	}
	return d.Delete(background, room, uid, base)
}

func hold(d *calendar.Dir, o *itip.Object) (calendar.Hold, error) {
	_, _, base, err := d.Find(background, room, o.UID())
	if err != nil {
		return nil, err
	}
	ps, err := calendar.Periods(o, time.UTC, calendar.Span{To: calendartest.At("24:00")})
	if err != nil {
		return nil, err
	}
	claim := &calendar.Claim{}
	for _, p := range ps {
		claim.Periods = append(claim.Periods, calendar.Span{From: p.From, To: p.To})
	}
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	return d.Hold(ctx, calendar.Put{Calendar: room, UID: o.UID(), Object: o, Base: base, Claim: claim, Key: "request for " + o.UID()})
}

func book(d *calendar.Dir, o *itip.Object) error {
	h, err := hold(d, o)
	if err != nil {
		return err
	}
	return h.Confirm(background)
}

// TestSpentHold holds that a hold whose booking stands, because of a crash before it was removed, does not come
// back to life when the booking is cancelled.
func TestSpentHold(t *testing.T) {
	folder := t.TempDir()
	d := open(t, folder, calendar.Options{})
	h, err := hold(d, calendartest.Event("a", "09:00", "10:00"))
	must(t, err)
	d.OnStep(func(step string) {
		if step == "rename" {
			panic(crashed{})
		}
	})
	func() {
		defer func() {
			if recover() == nil {
				t.Fatal("no crash")
			}
		}()
		_ = h.Confirm(background)
	}()
	if got := len(leftOvers(t, folder)); got != 1 {
		t.Fatalf("%d holds are left over; want 1", got)
	}
	other := open(t, folder, calendar.Options{})
	must(t, remove(other, "a"))
	must(t, book(other, calendartest.Event("b", "09:30", "10:30")))
}

// TestHalfWritten holds that what a crash left half written is taken away by the next writer.
func TestHalfWritten(t *testing.T) {
	folder := t.TempDir()
	d := open(t, folder, calendar.Options{})
	must(t, book(d, calendartest.Event("a", "09:00", "10:00")))
	for _, below := range []string{"", calendar.HoldFolder} {
		write(t, filepath.Join(folder, room, below, calendar.NewFile), []byte("half"))
	}
	must(t, remove(d, "a"))
	if left := leftOvers(t, folder); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

// TestKeyOfAnother holds that a retry never takes a hold of another request for its own.
func TestKeyOfAnother(t *testing.T) {
	d := open(t, t.TempDir(), calendar.Options{})
	anonymous := claim("a", 0)
	anonymous.Key = ""
	first, err := d.Hold(background, anonymous)
	must(t, err)
	ctx, cancel := context.WithTimeout(background, 100*time.Millisecond)
	defer cancel()
	if h, err := d.Hold(ctx, anonymous); err == nil {
		t.Errorf("two have the same hold: %v", h)
	}
	must(t, first.Confirm(background))
}
