package calendar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"usher/itip"
)

// recheck is how long an index is believed while neither the folder nor the generation moved: a file that
// somebody changes in place, by hand, may be seen that much later. For large calendars it is longer, up to
// ten times, so that looking at every file takes a small part of the time only.
const recheck = time.Second

// section is one calendar folder while we hold its lock: the ledger of the directory store.
type section struct {
	ctx   context.Context
	dir   *Dir
	name  string // of the calendar, for errors
	path  string
	lock  lock
	index *index
	// changed says that something was written, so that after an error the index need not be true.
	changed bool
}

// refresh makes the index tell what is in the folder now.
func (s *section) refresh() error {
	began := time.Now()
	id, _, err := identify(s.path)
	if err != nil {
		return err
	}
	generation, err := s.lock.generation()
	if err != nil {
		return err
	}
	x := s.index
	if x.folder == id && x.generation == generation && began.Before(x.until) {
		return nil
	}
	if err := s.readFolder(); err != nil {
		return err
	}
	now := time.Now()
	x.folder, x.generation = id, generation
	x.until = now.Add(min(max(s.dir.recheck, 20*now.Sub(began)), 10*s.dir.recheck))
	return nil
}

// readFolder looks at every file and reads those that changed.
func (s *section) readFolder() error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	names, err := f.Readdirnames(-1)
	f.Close()
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(names))
	for i, name := range names {
		if !isObjectFile(name) {
			continue
		}
		if i%64 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		there[name] = s.readFile(name)
	}
	for name := range s.index.files {
		if !there[name] {
			s.index.drop(name)
		}
	}
	return nil
}

// readFile takes a file into the index unless it is known as it is; false: there is no such file.
func (s *section) readFile(name string) bool {
	path := filepath.Join(s.path, name)
	old := s.index.files[name]
	id, mode, err := identify(path)
	if err == nil && old != nil && old.id == id && !old.fresh {
		return true
	}
	if err == nil && mode == unix.S_IFDIR { // a calendar below this one
		return false
	}
	f, objects := s.load(name, old)
	if _, err := os.Lstat(path); notThere(err) { // a link that leads nowhere is there, and cannot be read
		return false
	}
	if f != old {
		s.index.set(f)
		s.remember(f, objects)
	}
	return true
}

// load reads and parses a file; what is still the same as before is given back as it was.
func (s *section) load(name string, old *file) (*file, []*itip.Object) {
	now := time.Now()
	f := &file{name: name}
	data, id, err := readWhole(filepath.Join(s.path, name), itip.MaxSize)
	if err != nil {
		f.bad = err // and no identity, so that it is tried again
		return f, nil
	}
	f.id, f.fresh, f.sum = id, id.fresh(now), sha256.Sum256(data)
	if old != nil && old.sum == f.sum && old.id != (identity{}) {
		old.id, old.fresh = f.id, f.fresh
		return old, nil
	}
	objects, err := itip.Parse(data)
	if err != nil {
		f.bad = err
		return f, nil
	}
	f.list(objects, s.dir.options.Local)
	return f, objects
}

// readWhole reads a regular file of bearable size, and tells which state of it was read.
func readWhole(path string, limit int64) ([]byte, identity, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not keep us waiting
	if err != nil {
		return nil, identity{}, err
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return nil, identity{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, identity{}, errors.New("not a file")
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("larger than %d bytes", limit)
	}
	return data, identityOf(&st), err
}

// remember keeps parsed objects at hand.
func (s *section) remember(f *file, objects []*itip.Object) {
	if len(objects) > 0 {
		s.dir.objects.Put(f, objects, len(objects))
	}
}

// object gives a parsed object of the index.
func (s *section) object(it *item) (*itip.Object, error) {
	if objects, ok := s.dir.objects.Get(it.file); ok {
		return objects[it.number], nil
	}
	data, _, err := readWhole(filepath.Join(s.path, it.file.name), itip.MaxSize)
	if err != nil {
		return nil, s.unreadable(it.file.name, err)
	}
	if sha256.Sum256(data) != it.file.sum {
		s.index.until = time.Time{} // whoever comes next looks at everything again
		return nil, s.unreadable(it.file.name, errors.New("changes while it is read"))
	}
	objects, err := itip.Parse(data)
	if err != nil || it.number >= len(objects) {
		return nil, s.unreadable(it.file.name, err)
	}
	s.remember(it.file, objects)
	return objects[it.number], nil
}

// unreadable names the file, so that whoever keeps the calendars can mend it.
func (s *section) unreadable(file string, err error) error {
	return fmt.Errorf("%s: %w: %w", filepath.Join(s.path, file), ErrUnreadable, err)
}

// readable is an error if a file cannot be read: nothing proves that it lies outside of any window.
func (s *section) readable() error {
	if len(s.index.bad) == 0 {
		return nil
	}
	name := slices.Min(slices.Collect(maps.Keys(s.index.bad)))
	return s.unreadable(name, s.index.bad[name].bad)
}

// mayHold is an error if an object with this UID may be in a file that cannot be read.
func (s *section) mayHold(uid string) error {
	for name, f := range s.index.bad {
		data, _, err := readWhole(filepath.Join(s.path, name), itip.MaxSize)
		if err != nil || name == fileName(uid) || mentions(data, uid) {
			return s.unreadable(name, f.bad)
		}
	}
	return nil
}

// mentions tells whether a text that is not iCalendar, but was meant to be, names a UID, folded and escaped
// as it may be.
func mentions(data []byte, uid string) bool {
	plain := func(s string) string {
		return strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "", `\`, "").Replace(s)
	}
	return strings.Contains(plain(string(bytes.ToValidUTF8(data, nil))), plain(strings.ToValidUTF8(uid, "")))
}
