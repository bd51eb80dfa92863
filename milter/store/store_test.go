package store

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func options(log *slog.Logger) Options {
	return Options{Name: "book", Losing: "it begins anew", Buckets: []string{"a", "b"}, Log: log,
		Clock: func() time.Time { return time.Unix(0, 0) }}
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path, options(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func update(t *testing.T, s *Store, write func(*Tx) error) {
	t.Helper()
	if err := s.Update(write); err != nil {
		t.Fatal(err)
	}
}

// contents are all values of a bucket, in the order of their keys.
func contents(t *testing.T, s *Store, bucket string) (all []string) {
	t.Helper()
	err := s.View(func(tx *Tx) error {
		for _, v := range tx.All(bucket) {
			all = append(all, string(v))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsAppendedStaysInOrderOverARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "file")
	want := ""
	for range 2 {
		s := open(t, path)
		for range 300 {
			want += "x"
			update(t, s, func(tx *Tx) error { return tx.Append("a", []byte(want)) })
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all := contents(t, open(t, path), "a")
	for i, v := range all {
		if len(v) != i+1 {
			t.Fatalf("value %d is number %d", i, len(v))
		}
	}
	if len(all) != 600 {
		t.Errorf("%d values", len(all))
	}
}

func TestAnUpdateIsDoneWholeOrNotAtAll(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "file"))
	no := errors.New("no")
	err := s.Update(func(tx *Tx) error {
		if err := tx.Put("a", []byte("k"), []byte("v")); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) || len(contents(t, s, "a")) > 0 {
		t.Errorf("%v, and there is %q", err, contents(t, s, "a"))
	}
	update(t, s, func(tx *Tx) error { return tx.Put("a", []byte("k"), []byte("v")) })
	update(t, s, func(tx *Tx) error {
		if string(tx.Get("a", []byte("k"))) != "v" || tx.Get("b", []byte("k")) != nil {
			t.Error("not what was put")
		}
		return tx.Delete("a", []byte("k"))
	})
	if all := contents(t, s, "a"); len(all) > 0 {
		t.Errorf("%q is left", all)
	}
}

func TestToRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if _, err := OpenToRead(path, options(nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	s := open(t, path)
	update(t, s, func(tx *Tx) error { return tx.Put("a", []byte("k"), []byte("v")) })
	if _, err := OpenToRead(path, options(nil)); !errors.Is(err, ErrInUse) {
		t.Errorf("what another has open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	o := options(nil)
	o.Buckets = append(o.Buckets, "later")
	r, err := OpenToRead(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := contents(t, r, "a"); len(got) != 1 || got[0] != "v" || len(contents(t, r, "later")) > 0 {
		t.Errorf("read %q", got)
	}
	if err := r.View(func(tx *Tx) error {
		if tx.Get("later", []byte("k")) != nil {
			t.Error("a bucket that is missing holds something")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsDamagedIsReadByNobodyAndMovedByAWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, bytes.Repeat([]byte("nonsense"), 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenToRead(path, options(nil)); !errors.Is(err, ErrDamaged) {
		t.Errorf("to read: %v", err)
	}
	var said strings.Builder
	s, err := Open(path, options(slog.New(slog.NewTextHandler(&said, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.Contains(said.String(), `level=ERROR msg="book damaged, moved aside; it begins anew"`) {
		t.Errorf("said %q", &said)
	}
	if aside, _ := filepath.Glob(path + ".*.damaged"); len(aside) != 1 {
		t.Errorf("aside %q", aside)
	}
}

// Root is who runs a command while the service is stopped; the service is somebody else.
func TestAFileThatRootMadeBelongsToTheFoldersOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: only root makes files for others")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 4711, 4712); err != nil {
		t.Skip("NOT TESTED: nobody can be made an owner here: ", err)
	}
	path := filepath.Join(dir, "file")
	open(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if uid, gid := ids(info); uid != 4711 || gid != 4712 || info.Mode().Perm() != 0o600 {
		t.Errorf("belongs to %d:%d, mode %v", uid, gid, info.Mode())
	}
}

func ids(info fs.FileInfo) (uid, gid uint32) {
	s := info.Sys().(*syscall.Stat_t)
	return s.Uid, s.Gid
}
