package calendar_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"usher/itip"
	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
)

// site is a folder of calendars with the one of a room, and a store that believes nothing for long.
func site(t *testing.T) (d *calendar.Dir, folder string) {
	t.Helper()
	root := t.TempDir()
	folder = filepath.Join(root, room)
	must(t, os.Mkdir(folder, 0o750))
	d = open(t, root, calendar.Options{})
	d.Recheck(0)
	return d, folder
}

// uids are those of the room's periods.
func uids(t *testing.T, d *calendar.Dir) string {
	t.Helper()
	ps, _, err := d.Busy(background, room, calendartest.Between("00:00", "24:00"))
	must(t, err)
	var all []string
	for _, p := range ps {
		all = append(all, p.UID)
	}
	return strings.Join(all, " ")
}

// wantUnreadable wants the room to be nobody's, and the error to name a file.
func wantUnreadable(t *testing.T, d *calendar.Dir, file string) {
	t.Helper()
	_, _, busy := d.Busy(background, room, calendartest.Between("7000 00:00", "7000 01:00"))
	_, hold := hold(d, calendartest.Event("new", "20:00", "21:00"))
	for what, err := range map[string]error{"busy": busy, "hold": hold} {
		if !errors.Is(err, calendar.ErrUnreadable) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v; want ErrUnreadable that names %s", what, err, file)
		}
	}
}

func TestHandmade(t *testing.T) {
	d, folder := site(t)
	a, b, c := calendartest.Component("a", "09:00", "10:00"), calendartest.Component("b", "10:00", "11:00"), calendartest.Component("c", "11:00", "12:00")
	write(t, filepath.Join(folder, "several.ics"), []byte(calendartest.Text(a, b)+calendartest.Text(c)))
	write(t, filepath.Join(folder, "LOUD.ICS"), calendartest.Event("d", "12:00", "13:00").Encode())
	write(t, filepath.Join(folder, ".hidden.ics"), []byte("not read"))
	write(t, filepath.Join(folder, "README"), []byte("not read"))
	must(t, os.Mkdir(filepath.Join(folder, "below.ics"), 0o750))
	if got := uids(t, d); got != "a b c d" {
		t.Fatalf("busy: %q", got)
	}
	must(t, put(d, calendartest.Event("b", "15:00", "16:00")))
	must(t, remove(d, "a"))
	must(t, put(d, calendartest.Event("d", "16:00", "17:00")))
	if got := uids(t, d); got != "c b d" {
		t.Fatalf("busy: %q", got)
	}
	must(t, remove(d, "b"))
	must(t, remove(d, "c"))
	names, err := filepath.Glob(filepath.Join(folder, "[^.]*"))
	must(t, err)
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	if want := []string{"LOUD.ICS", "README", "below.ics"}; !slices.Equal(names, want) {
		t.Errorf("files %q; want %q", names, want)
	}
}

// TestChangedByHand changes files in every way that people do, the quiet ones too.
func TestChangedByHand(t *testing.T) {
	d, folder := site(t)
	path := filepath.Join(folder, "a.ics")
	text := func(uid string) []byte { return calendartest.Event(uid, "09:00", "10:00").Encode() }
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"new", func() { write(t, path, text("a")) }, "a"},
		{"in place, of the same size", func() { write(t, path, text("b")) }, "b"},
		{"again, within one tick of the clock", func() { write(t, path, text("c")) }, "c"},
		{"put in its place", func() {
			write(t, path+"~", text("d"))
			must(t, os.Rename(path+"~", path))
		}, "d"},
		{"with the old time stamp", func() {
			st, err := os.Stat(path)
			must(t, err)
			write(t, path, text("e"))
			must(t, os.Chtimes(path, st.ModTime(), st.ModTime()))
		}, "e"},
		{"renamed", func() { must(t, os.Rename(path, path+".ics")) }, "e"},
		{"removed", func() { must(t, os.Remove(path+".ics")) }, ""},
	}
	for _, s := range steps {
		s.do()
		if got := uids(t, d); got != s.want {
			t.Errorf("%s: %q; want %q", s.name, got, s.want)
		}
	}
}

func TestCopies(t *testing.T) {
	d, folder := site(t)
	event := func(summary string) []byte {
		return calendartest.Event("a", "09:00", "10:00", "SUMMARY:"+summary).Encode()
	}
	counts := func(want string) {
		t.Helper()
		ps, _, err := d.Busy(background, room, calendartest.Between("00:00", "24:00"))
		must(t, err)
		o, ok, _, err := d.Find(background, room, "a")
		must(t, err)
		if len(ps) != 1 || ps[0].Summary != want || !ok || o.Master().Text("SUMMARY") != want {
			t.Fatalf("busy %v, found %v; want %s once", ps, ok, want)
		}
	}
	write(t, filepath.Join(folder, "a-copy.ics"), event("copy"))
	counts("copy")
	write(t, filepath.Join(folder, calendar.FileName("a")), event("ours"))
	counts("ours")
	write(t, filepath.Join(folder, "A.ics"), event("another"))
	counts("ours")
	must(t, os.Remove(filepath.Join(folder, calendar.FileName("a"))))
	counts("another")
	must(t, put(d, calendartest.Event("a", "09:00", "10:00", "SUMMARY:new")))
	counts("new")
	must(t, remove(d, "a"))
	if got := uids(t, d); got != "" {
		t.Errorf("a copy came to light: %q", got)
	}
}

func TestUnreadable(t *testing.T) {
	whole := calendartest.Event("bad", "09:00", "10:00").Encode()
	tests := []struct {
		name string
		make func(t *testing.T, path string)
	}{
		{"cut off", func(t *testing.T, path string) { write(t, path, whole[:len(whole)-30]) }},
		{"empty", func(t *testing.T, path string) { write(t, path, nil) }},
		{"something else", func(t *testing.T, path string) { write(t, path, []byte("bad is what this says\n")) }},
		{"without a start", func(t *testing.T, path string) {
			write(t, path, bytes.Replace(whole, []byte("DTSTART"), []byte("X-START"), 1))
		}},
		{"in an unknown zone", func(t *testing.T, path string) {
			write(t, path, []byte("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:bad\nDTSTART;TZID=Nowhere:20260302T090000\nEND:VEVENT\nEND:VCALENDAR\n"))
		}},
		{"too large", func(t *testing.T, path string) {
			write(t, path, append(whole, bytes.Repeat([]byte("\r\n"), itip.MaxSize)...))
		}},
		{"a pipe", func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o640)) }},
		{"a link to nowhere", func(t *testing.T, path string) { must(t, os.Symlink("nowhere", path)) }},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			d, folder := site(t)
			must(t, put(d, calendartest.Event("good", "09:00", "10:00")))
			path := filepath.Join(folder, "bad.ics")
			tt.make(t, path)
			wantUnreadable(t, d, path)
			if _, ok, _, err := d.Find(background, room, "good"); err != nil || !ok {
				t.Errorf("what lies elsewhere: %v, %v", ok, err)
			}
			must(t, os.Remove(path))
			if got := uids(t, d); got != "good" {
				t.Errorf("mended: %q", got)
			}
		})
	}
}

// TestFindBesideBroken holds that a UID that may be in a file that cannot be read is not taken for "not there".
func TestFindBesideBroken(t *testing.T) {
	d, folder := site(t)
	whole := calendartest.Event("broken-one", "09:00", "10:00").Encode()
	write(t, filepath.Join(folder, "x.ics"), whole[:len(whole)-30])
	write(t, filepath.Join(folder, calendar.FileName("ours")), []byte("torn"))
	for uid, unreadable := range map[string]bool{"broken-one": true, "ours": true, "stranger": false} {
		_, ok, _, err := d.Find(background, room, uid)
		if ok || errors.Is(err, calendar.ErrUnreadable) != unreadable {
			t.Errorf("find %q: %v, %v", uid, ok, err)
		}
		err = d.Put(background, calendar.Put{Calendar: room, UID: uid, Object: calendartest.Event(uid, "09:00", "10:00")})
		if errors.Is(err, calendar.ErrUnreadable) != unreadable {
			t.Errorf("put %q: %v", uid, err)
		}
	}
}

func TestLooksWithoutTouching(t *testing.T) {
	d, folder := site(t)
	write(t, filepath.Join(folder, "a.ics"), calendartest.Event("a", "09:00", "10:00").Encode())
	root := filepath.Dir(folder)
	before := listing(t, root)
	if got := uids(t, d); got != "a" {
		t.Fatalf("busy: %q", got)
	}
	for _, cal := range []string{room, "nowhere", "no/where/at/all"} {
		_, _, _, err := d.Find(background, cal, "b")
		must(t, err)
		_, _, err = d.Busy(background, cal, calendartest.Between("00:00", "01:00"))
		must(t, err)
		_, err = d.Folders(background, cal)
		must(t, err)
	}
	if after := listing(t, root); !slices.Equal(before, after) {
		t.Errorf("files %q; before %q", after, before)
	}
}

func listing(t *testing.T, root string) (paths []string) {
	t.Helper()
	must(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	}))
	return paths
}

// TestReplacedRoot holds that rooms are not free because their disk is gone.
func TestReplacedRoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "calendars")
	if _, err := calendar.OpenDir(root, calendar.Options{}); err == nil {
		t.Error("a folder that is not there was opened")
	}
	must(t, os.Mkdir(root, 0o750))
	d := open(t, root, calendar.Options{})
	must(t, put(d, calendartest.Event("a", "09:00", "10:00")))
	must(t, os.Rename(root, root+".old"))
	wantUnreadable(t, d, root)
	must(t, os.Mkdir(root, 0o750))
	wantUnreadable(t, d, root)
	if _, err := d.Folders(background, room); !errors.Is(err, calendar.ErrUnreadable) {
		t.Errorf("folders: %v", err)
	}
	must(t, os.Remove(root))
	must(t, os.Rename(root+".old", root))
	if got := uids(t, d); got != "a" {
		t.Errorf("busy: %q", got)
	}
}

func TestCalendarIsAFile(t *testing.T) {
	d, folder := site(t)
	must(t, os.Remove(folder))
	write(t, folder, nil)
	wantUnreadable(t, d, folder)
}

func TestDirFolders(t *testing.T) {
	long := strings.Repeat("ü", 200)
	d, _ := site(t)
	for _, cal := range []string{"jane@example.org", "jane@example.org/Tasks", "jane@example.org/private", "jane@example.org/" + long,
		"jane@example.org/a/b", "jane@example.organisation"} {
		o := calendartest.Event("a", "09:00", "10:00")
		must(t, d.Put(background, calendar.Put{Calendar: cal, UID: "a", Object: o}))
	}
	got, err := d.Folders(background, "jane@example.org")
	must(t, err)
	want := []calendar.Folder{
		{Name: "jane@example.org", Default: true},
		{Name: "jane@example.org/Tasks", Tasks: true, Default: true},
		{Name: "jane@example.org/a"},
		{Name: "jane@example.org/private", Class: "PRIVATE"},
		{Name: "jane@example.org/" + long},
	}
	if !slices.Equal(got, want) {
		t.Errorf("folders %v; want %v", got, want)
	}
	if _, ok, _, err := d.Find(background, "jane@example.org/"+long, "a"); !ok || err != nil {
		t.Errorf("in the calendar with the long name: %v, %v", ok, err)
	}
}

// TestDamagedHold holds that a hold nobody understands is waited for, and not for ever.
func TestDamagedHold(t *testing.T) {
	c, root := newClock(), t.TempDir()
	d := open(t, root, calendar.Options{Now: c.Now})
	h, err := hold(d, calendartest.Event("a", "09:00", "10:00"))
	must(t, err)
	path := filepath.Join(root, room, calendar.HoldFolder, "1.hold")
	write(t, path, []byte("{torn"))
	must(t, os.Chtimes(path, c.Now(), c.Now()))
	if err := h.Confirm(background); !errors.Is(err, calendar.ErrStale) {
		t.Errorf("confirm: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- book(d, calendartest.Event("b", "14:00", "15:00")) }()
	for len(listing(t, filepath.Dir(path))) < 3 { // until it waits, with a hold of its own
		select {
		case err := <-done:
			t.Fatalf("booked: %v", err)
		default:
		}
	}
	c.Advance(calendar.HoldLife + 1)
	must(t, <-done)
	if got := uids(t, d); got != "b" {
		t.Errorf("busy: %q", got)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the damaged hold is still there")
	}
}

// TestStrict is what both stores of this package do beyond the contract.
func TestStrict(t *testing.T) {
	stores := map[string]calendar.Store{"memory": calendar.NewMemory(calendar.Options{}), "dir": open(t, t.TempDir(), calendar.Options{})}
	span := calendar.Span{From: calendartest.At("09:00"), To: calendartest.At("10:00")}
	claim := calendar.Put{Calendar: room, UID: "a", Object: calendartest.Event("a", "09:00", "10:00"), Key: "k",
		Claim: &calendar.Claim{Periods: []calendar.Span{span}}}
	for name, s := range stores {
		h, err := s.Hold(background, claim)
		must(t, err)
		if _, v, err := s.Busy(background, room, span); v != "" || err != nil {
			t.Errorf("%s: a hold changed the version of the calendar to %q, %v", name, v, err)
		}
		intruder := calendar.Put{Calendar: room, UID: "x", Object: calendartest.Event("x", "09:30", "09:40")}
		must(t, s.Put(background, intruder))
		if err := h.Confirm(background); !errors.Is(err, calendar.ErrStale) {
			t.Errorf("%s: confirmed what was taken meanwhile: %v", name, err)
		}
		_, _, v, err := s.Find(background, room, "x")
		must(t, err)
		must(t, s.Delete(background, room, "x", v))
		for range 2 { // the same request in the same words: the second one finds the booking
			h, err = s.Hold(background, claim)
			must(t, err)
			must(t, h.Confirm(background))
		}
	}
}
