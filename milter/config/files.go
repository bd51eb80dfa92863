package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"
)

// pathKind is what a path leads to.
type pathKind string

const (
	notPath pathKind = ""
	aFile   pathKind = "file"   // must be readable
	aSecret pathKind = "secret" // and should not be so for everybody
	aFolder pathKind = "dir"    // need not be there yet
)

// pathByName is the rule that spares most keys their tag.
func pathByName(key string) pathKind {
	switch {
	case key == "password_file" || key == "secret_file" || key == "key_file":
		return aSecret
	case strings.HasSuffix(key, "_file"):
		return aFile
	case strings.HasSuffix(key, "_dir"):
		return aFolder
	}
	return notPath
}

// resolve makes a path absolute, as seen from the configuration file.
func (d *document) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.dir, path)
}

// pathAt is the path at a node, looked at unless nobody needs it yet.
func (d *decoder) pathAt(n *yaml.Node, kind pathKind) string {
	path := d.resolve(n.Value)
	if d.lax {
		return path
	}
	if err := look(path, kind); err != nil {
		d.say(n, "", err.Error())
	} else if info, err := os.Stat(path); kind == aSecret && err == nil && info.Mode()&0o004 != 0 {
		*d.warnings = append(*d.warnings, d.mistake(d.places[n],
			fmt.Sprintf("everybody on this machine can read %s: chmod o-r", path)))
	}
	return path
}

// look tells in our words why a path is of no use.
func look(path string, kind pathKind) error {
	info, err := os.Stat(path)
	switch {
	case kind == aFolder && errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no such file: %s", path)
	case err != nil:
		return cannotRead(path, err)
	case kind == aFolder && !info.IsDir():
		return fmt.Errorf("want a folder, %s is a file", path)
	case kind == aFolder:
		return nil
	case info.IsDir():
		return fmt.Errorf("want a file, %s is a folder", path)
	case info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0:
		return fmt.Errorf("want a file, %s is a pipe or socket", path) // opening one could wait for ever
	}
	f, err := os.Open(path)
	if err != nil {
		return cannotRead(path, err)
	}
	return f.Close()
}

// cannotRead keeps the reason and leaves out which system call said so.
func cannotRead(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("cannot read %s: %w", path, err)
}
