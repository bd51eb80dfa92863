package calendar

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"usher/itip"
)

// make makes the folders of a calendar that are not there.
func (d *Dir) make(cal string) error {
	parts, err := folderParts(cal)
	if err != nil {
		return err
	}
	names := strings.Split(cal, "/")
	path := d.root
	for i, part := range parts {
		if err := d.disk.mkdir(path, part); err != nil {
			return err
		}
		path = filepath.Join(path, part)
		if _, whole := partOf(part); whole {
			continue
		}
		if _, err := os.Lstat(filepath.Join(path, nameFile)); notThere(err) {
			err = d.disk.write(path, nameFile, []byte(names[i]))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// part is the name of a calendar folder within another; ok is false if it is none of ours.
func (d *Dir) part(parent, name string) (part string, ok bool) {
	if st, err := os.Stat(filepath.Join(parent, name)); err != nil || !st.IsDir() {
		return "", false
	}
	if part, ok = partOf(name); ok {
		return part, true
	}
	whole, err := os.ReadFile(filepath.Join(parent, name, nameFile))
	return string(whole), err == nil && folderPart(string(whole)) == name
}

// clean removes what a crash left half written.
func (d *Dir) clean(path string) error {
	if err := d.disk.discard(filepath.Join(path, holdFolder), newFile); err != nil {
		return err
	}
	return d.disk.discard(path, newFile)
}

// version implements ledger.
func (s *section) version(uid string) (Version, error) {
	if it := s.index.find(uid); it != nil {
		return it.Version, nil
	}
	return "", s.mayHold(uid)
}

// busy implements ledger.
func (s *section) busy(spans []Span) ([]Period, error) {
	if err := s.readable(); err != nil {
		return nil, err
	}
	var all []Period
	spans = union(spans)
	for _, it := range s.index.overview.Touching(spans...) {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		ps, err := s.periods(it, spans)
		if err != nil {
			return nil, err
		}
		all = append(all, ps...)
	}
	SortPeriods(all)
	return all, nil
}

func (s *section) periods(it *item, spans []Span) ([]Period, error) {
	o, err := s.object(it)
	if err != nil {
		return nil, err
	}
	ps, err := Periods(o, s.dir.options.Local, spans...)
	if err != nil {
		return nil, s.unreadable(it.file.name, err)
	}
	return ps, nil
}

// write implements ledger. The object stays in the file in which it lies, whatever that is called: one rename
// replaces the old by the new, so that there is never none and never both.
func (s *section) write(o stored) error {
	name := fileName(o.object.UID())
	if it := s.index.find(o.object.UID()); it != nil {
		name = it.file.name
	}
	others, err := s.others(name, o.object.UID())
	if err != nil {
		return err
	}
	return s.replace(name, append(others, o.data...))
}

// remove implements ledger. The one that counts goes last, so that no copy comes to light in a crash.
func (s *section) remove(uid string) error {
	for {
		it := s.index.find(uid)
		if it == nil {
			return nil
		}
		last := s.index.places[uid][len(s.index.places[uid])-1]
		others, err := s.others(last.file.name, uid)
		if err != nil {
			return err
		}
		if err := s.replace(last.file.name, others); err != nil {
			return err
		}
	}
}

// others gives the objects of a file that are not this one, as they are stored.
func (s *section) others(name, uid string) ([]byte, error) {
	var data []byte
	f := s.index.files[name]
	if f == nil {
		return nil, nil
	}
	for _, it := range f.items {
		if it.UID == uid {
			continue
		}
		o, err := s.object(it)
		if err != nil {
			return nil, err
		}
		data = append(data, o.Encode()...)
	}
	return data, nil
}

// replace gives a file its content, none at all if nothing is left, and the index what it holds then.
// What could not be read back is not written.
func (s *section) replace(name string, data []byte) error {
	if _, err := itip.Parse(data); err != nil && len(data) > 0 {
		return fmt.Errorf("%s: several objects in one file: %w", filepath.Join(s.path, name), err)
	}
	generation, err := s.lock.advance()
	if err != nil {
		return err
	}
	s.changed = true
	if len(data) == 0 {
		err = s.dir.disk.remove(s.path, name)
	} else {
		err = s.dir.disk.write(s.path, name, data)
	}
	if err != nil {
		return err
	}
	if !s.readFile(name) {
		s.index.drop(name)
	}
	s.index.generation = generation
	return s.touched()
}

// touched takes note that the folder looks different because of us.
func (s *section) touched() (err error) {
	s.index.folder, _, err = identify(s.path)
	return err
}
