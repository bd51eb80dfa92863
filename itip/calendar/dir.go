package calendar

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"usher/itip"
)

// Dir is a Store in a folder on a local disk: one folder per calendar, one .ics file per object. Several
// processes may use it at once; they lock calendars with flock(2), which not every network file system honours.
//
// A calendar named shared/Resources/Blue lies in the folders of these names, with characters that a file name
// should not have as %XX. A calendar whose folder is not there is empty, and is made by the first Put or Hold,
// so that a new room needs nothing but its entry in the directory. The default calendar of a user is the one
// named like the user, e.g. jane@example.org; those below it are the user's too, where tasks, private and
// confidential are what they say.
//
// Files may be put there by hand, as any-name.ics, with one or several objects (itip.MaxSize and
// itip.MaxObjects bound a file); they are read like ours, and keep their names when their objects change. If
// two files hold the same UID, one of them counts: ours, else the first by name. While a file cannot be read
// the calendar is not free for anybody; the error names the file.
type Dir struct {
	root    string
	home    fs.FileInfo // of root when the store was opened
	options Options
	disk    disk
	recheck time.Duration
	queues  Queues
	indexes *LRU[string, *index]
	objects *LRU[*file, []*itip.Object]
}

// OpenDir opens a folder of calendars, which has to be there: an empty one in its place, where a disk is not
// mounted, would make every room free.
func OpenDir(folder string, o Options) (*Dir, error) {
	root, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	home, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("open calendars: %w", err)
	}
	if !home.IsDir() {
		return nil, fmt.Errorf("open calendars: %s is not a folder", root)
	}
	o = o.withDefaults()
	return &Dir{
		root: root, home: home, options: o, recheck: recheck,
		indexes: NewLRU[string, *index](o.Index), objects: NewLRU[*file, []*itip.Object](o.Objects),
	}, nil
}

// Folders implements Reader.
func (d *Dir) Folders(ctx context.Context, user string) ([]Folder, error) {
	path, err := d.path(user)
	if err != nil {
		return nil, err
	}
	if err := d.mounted(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil && !notThere(err) {
		return nil, fmt.Errorf("calendars of %s: %w: %w", user, ErrUnreadable, err)
	}
	var names []string
	for _, e := range entries {
		if part, ok := d.part(path, e.Name()); ok {
			names = append(names, user+"/"+part)
		}
	}
	return foldersOf(user, names), ctx.Err()
}

// Busy implements Reader.
func (d *Dir) Busy(ctx context.Context, cal string, spans ...Span) (ps []Period, v Version, err error) {
	err = d.read(ctx, cal, func(s *section) error {
		v = s.index.overview.Version()
		ps, err = s.busy(spans)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return ps, v, nil
}

// Find implements Reader.
func (d *Dir) Find(ctx context.Context, cal, uid string) (o *itip.Object, ok bool, v Version, err error) {
	err = d.read(ctx, cal, func(s *section) error {
		it := s.index.find(uid)
		if it == nil {
			return s.mayHold(uid)
		}
		found, err := s.object(it)
		if err == nil {
			o, ok, v = found.Clone(), true, it.Version
		}
		return err
	})
	return o, ok, v, err
}

// Put implements Store.
func (d *Dir) Put(ctx context.Context, p Put) error { return d.scribe().put(ctx, p) }

// Hold implements Store.
func (d *Dir) Hold(ctx context.Context, p Put) (Hold, error) { return d.scribe().take(ctx, p) }

// Delete implements Store.
func (d *Dir) Delete(ctx context.Context, cal, uid string, base Version) error {
	return d.scribe().remove(ctx, cal, uid, base)
}

func (d *Dir) scribe() scribe { return scribe{d.options, d.within} }

// read runs f while nobody changes the calendar. It makes nothing and mends nothing.
func (d *Dir) read(ctx context.Context, cal string, f func(*section) error) error {
	return d.enter(ctx, cal, false, f)
}

// within runs f while nobody else reads or changes the calendar.
func (d *Dir) within(ctx context.Context, cal string, f func(ledger) error) error {
	return d.enter(ctx, cal, true, func(s *section) error { return f(s) })
}

// enter waits for the turn at a calendar, locks it, and gives f an index that is true.
func (d *Dir) enter(ctx context.Context, cal string, write bool, f func(*section) error) error {
	path, err := d.path(cal)
	if err != nil {
		return err
	}
	leave, err := d.queues.Enter(ctx, path)
	if err != nil {
		return fmt.Errorf("calendar %s: %w", cal, err)
	}
	defer leave()
	if err := d.mounted(); err != nil {
		return err
	}
	l, err := d.lock(ctx, cal, path, write)
	if err != nil {
		return fmt.Errorf("calendar %s: %w", cal, unreadable(ctx, err))
	}
	defer l.free()
	s := &section{ctx: ctx, dir: d, name: cal, path: path, lock: l, index: newIndex()}
	if write {
		if err := d.clean(path); err != nil {
			return fmt.Errorf("calendar %s: %w", cal, err)
		}
	}
	return s.run(f)
}

// lock locks a calendar; to write, it is made if it is not there.
func (d *Dir) lock(ctx context.Context, cal, path string, write bool) (lock, error) {
	if write {
		if err := d.make(cal); err != nil {
			return lock{}, err
		}
	}
	l, err := acquire(ctx, path, write)
	if !write && notThere(err) { // nobody ever wrote here: at most there are files that were put there by hand
		return lock{}, nil
	}
	return l, err
}

// run gives f the section; what is learnt stays for the next one unless something went wrong.
func (s *section) run(f func(*section) error) error {
	if x, ok := s.dir.indexes.Take(s.path); ok {
		s.index = x
	}
	err := s.refresh()
	if notThere(err) && s.lock.File == nil { // no such calendar yet
		s.index = newIndex()
		return f(s)
	}
	if err != nil {
		return fmt.Errorf("calendar %s: %w", s.name, unreadable(s.ctx, err))
	}
	err = f(s)
	if err != nil && s.changed { // half way: look anew
		return err
	}
	s.dir.indexes.Put(s.path, s.index, s.index.objects+len(s.index.files))
	return err
}

// unreadable marks what went wrong while a calendar was opened; running out of time says nothing about it.
func unreadable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnreadable, err)
}

// mounted is an error if the root is not the folder that it was: somebody unmounted or replaced it, and what
// is not in there is not free.
func (d *Dir) mounted() error {
	now, err := os.Stat(d.root)
	if err == nil && !os.SameFile(now, d.home) {
		err = errors.New("the folder was replaced since the start")
	}
	if err != nil {
		return fmt.Errorf("calendars in %s: %w: %w", d.root, ErrUnreadable, err)
	}
	return nil
}

// path is the folder of a calendar.
func (d *Dir) path(cal string) (string, error) {
	parts, err := folderParts(cal)
	if err != nil {
		return "", err
	}
	return filepath.Join(append([]string{d.root}, parts...)...), nil
}
