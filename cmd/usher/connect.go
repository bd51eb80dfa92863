package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"usher/cmd/usher/doctor"
)

// connector tells by owners and modes whether a user may connect to a socket; nil if there is no such user. It does
// not know access control lists.
func connector(name string) doctor.Connect {
	who, err := identityOf(name)
	if err != nil {
		return nil
	}
	return func(path string) error {
		path, err := filepath.EvalSymlinks(path)
		if errors.Is(err, fs.ErrPermission) {
			return nil // it is we who may not look
		}
		if err != nil {
			return err
		}
		return who.reach(path)
	}
}

// identity is a user as the kernel sees one.
type identity struct {
	uid  string
	gids []string
}

func identityOf(name string) (identity, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return identity{}, err
	}
	gids, err := u.GroupIds()
	return identity{u.Uid, append(gids, u.Gid)}, err
}

// reach wants x on every folder above and w on the socket itself.
func (who identity) reach(path string) error {
	above := "/"
	for _, part := range strings.Split(strings.Trim(filepath.Dir(path), "/"), "/") {
		if above = filepath.Join(above, part); !who.may(above, 1) {
			return fmt.Errorf("it may not pass %s", above)
		}
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("it is not a socket")
	case !who.may(path, 2):
		return fmt.Errorf("its mode is %v", info.Mode().Perm())
	}
	return nil
}

// may tells whether a file grants a bit (r 4, w 2, x 1). What we cannot look at is not held against it.
func (who identity) may(path string, bit fs.FileMode) bool {
	info, err := os.Lstat(path)
	if err != nil || who.uid == "0" {
		return true
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode().Perm(); {
	case !ok:
		return true
	case fmt.Sprint(stat.Uid) == who.uid:
		return mode>>6&bit != 0
	case slices.Contains(who.gids, fmt.Sprint(stat.Gid)):
		return mode>>3&bit != 0
	default:
		return mode&bit != 0
	}
}
