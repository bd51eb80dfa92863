package calendar

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// newFile is what a file is called until it is whole. It is written under the calendar's lock, so that one
// name is enough, and one that is found when the lock is taken is left over from a crash.
const newFile = ".new"

// Modes of what is made; the umask takes from them.
const (
	folderMode = 0o750
	fileMode   = 0o640
)

// disk changes files such that a crash at any moment leaves the old or the new state, and what returned
// stays even if the power fails.
type disk struct {
	step func(string) // called after each step, for tests that crash there
}

func (d disk) did(step string) {
	if d.step != nil {
		d.step(step)
	}
}

// write gives a file its content.
func (d disk) write(folder, name string, data []byte) error {
	tmp := filepath.Join(folder, newFile)
	if err := d.fill(tmp, data); err != nil {
		os.Remove(tmp)
		return err
	}
	if err := os.Rename(tmp, filepath.Join(folder, name)); err != nil {
		os.Remove(tmp)
		return err
	}
	d.did("rename")
	return d.sync(folder)
}

// fill makes a file with this content that is on the disk when it returns.
func (d disk) fill(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, fileMode)
	if err != nil {
		return err
	}
	d.did("create")
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	d.did("write")
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	d.did("sync file")
	return f.Close()
}

// remove takes a file away for good; one that is not there is no error.
func (d disk) remove(folder, name string) error {
	if err := d.discard(folder, name); err != nil {
		return err
	}
	return d.sync(folder)
}

// discard takes away a file that does no harm if a power failure brings it back.
func (d disk) discard(folder, name string) error {
	err := os.Remove(filepath.Join(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		d.did("remove")
	}
	return err
}

// mkdir makes a folder below another; one that is there is no error.
func (d disk) mkdir(parent, name string) error {
	err := os.Mkdir(filepath.Join(parent, name), folderMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	d.did("mkdir")
	return d.sync(parent)
}

// sync makes the names in a folder durable.
func (d disk) sync(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	d.did("sync folder")
	return nil
}
