package world

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/milter/store"
)

func open(t *testing.T, dir string, now func() time.Time) (*FileLog, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	l, err := OpenDoneLog(dir, slog.New(slog.NewTextHandler(&said, nil)), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l, &said
}

func record(t *testing.T, l DoneLog, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if err := l.Record(key); err != nil {
			t.Fatal(err)
		}
	}
}

func seen(t *testing.T, l DoneLog, key string) bool {
	t.Helper()
	ok, err := l.Seen(key)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestDoneLogs(t *testing.T) {
	file, _ := open(t, t.TempDir(), clock)
	for _, l := range []DoneLog{file, &MemoryLog{}} {
		if seen(t, l, "a") {
			t.Errorf("%T: a seen before it was done", l)
		}
		record(t, l, "a", "a", "b")
		if !seen(t, l, "a") || !seen(t, l, "b") || seen(t, l, "c") {
			t.Errorf("%T does not remember", l)
		}
	}
}

func TestMemoryLogForgetsTheOldest(t *testing.T) {
	var l MemoryLog
	for i := range memoryLimit + 1 {
		record(t, &l, fmt.Sprint(i))
	}
	if seen(t, &l, "0") || !seen(t, &l, "1") || len(l.done) != memoryLimit || len(l.keys) != memoryLimit {
		t.Errorf("holds %d of %d", len(l.done), memoryLimit)
	}
}

func TestFileLogSurvivesARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	l, _ := open(t, dir, clock)
	record(t, l, "a")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, said := open(t, dir, clock)
	if !seen(t, l, "a") || said.Len() > 0 {
		t.Errorf("forgot; said %q", said)
	}
	info, err := os.Stat(filepath.Join(dir, DoneLogFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestFileLogExpires(t *testing.T) {
	now := noon
	l, _ := open(t, t.TempDir(), func() time.Time { return now })
	for i := range 3 * pruneEach {
		record(t, l, fmt.Sprint("old", i))
	}
	now = now.Add(doneLife - time.Minute)
	record(t, l, "old0") // done again: it stays
	if !seen(t, l, "old1") {
		t.Error("forgot too early")
	}
	now = now.Add(2 * time.Minute)
	if seen(t, l, "old1") || !seen(t, l, "old0") {
		t.Error("remembers what is over, or not what is not")
	}
	record(t, l, "new1", "new2", "new3", "new4")
	err := l.file.View(func(tx *store.Tx) error {
		for _, bucket := range []string{byKey, byTime} {
			left := 0
			for range tx.All(bucket) {
				left++
			}
			if left != 5 {
				t.Errorf("%s: %d entries are left; want 5", bucket, left)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFileLogInUse(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, clock)
	if _, err := OpenDoneLog(dir, slog.New(slog.DiscardHandler), clock); !errors.Is(err, store.ErrInUse) {
		t.Errorf("second Open = %v; want in use", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("a log in use was moved: %v", entries)
	}
}

// Damage of every kind: the log begins anew, loudly, and the old file is kept aside.
func TestADamagedFileLogIsMovedAside(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, dir, clock)
	for i := range 500 {
		record(t, l, digest(fmt.Sprint(i)))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, DoneLogFile))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	fill := func(from, to int) []byte {
		bad := bytes.Clone(good)
		for i := from; i < min(to, len(bad)); i++ {
			bad[i] = 0xff
		}
		return bad
	}
	tests := map[string][]byte{
		"another file": []byte(strings.Repeat("not a database\n", 5000)),
		"one byte":     {0},
		"cut short":    good[:3*page],
		"cut in half":  good[:page/2],
		"no metas":     fill(0, 2*page),
		"all pages":    fill(2*page, len(good)),
	}
	for name, data := range tests {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, DoneLogFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, said := open(t, dir, clock)
		record(t, l, "a")
		if !seen(t, l, "a") {
			t.Errorf("%s: the fresh log does not remember", name)
		}
		if !strings.Contains(said.String(), "level=ERROR") {
			t.Errorf("%s: said %q", name, said)
		}
		kept, err := filepath.Glob(filepath.Join(dir, DoneLogFile+".*.damaged"))
		if err != nil || len(kept) != 1 {
			t.Errorf("%s: kept %v, %v", name, kept, err)
		}
		_ = l.Close()
	}
}

// A file system that lost the end of the file, or one page of it: whatever the log makes of it, it works.
func TestAFileLogWithAPageMissing(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, dir, clock)
	for i := range 200 {
		record(t, l, digest(fmt.Sprint(i)))
	}
	_ = l.Close()
	good, err := os.ReadFile(filepath.Join(dir, DoneLogFile))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for at := 0; at < len(good); at += page {
		blank := bytes.Clone(good)
		copy(blank[at:], make([]byte, page))
		for what, data := range map[string][]byte{"cut": good[:at], "blank": blank} {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, DoneLogFile), data, 0o600); err != nil {
				t.Fatal(err)
			}
			l, _ := open(t, dir, clock)
			record(t, l, "a")
			if !seen(t, l, "a") {
				t.Errorf("page %d %s: does not remember", at/page, what)
			}
			_ = l.Close()
		}
	}
}

func TestAFileLogThatCannotBeIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, DoneLogFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDoneLog(dir, slog.New(slog.DiscardHandler), clock); err == nil {
		t.Error("a folder was opened as a done-log")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDoneLog(filepath.Join(file, "state"), slog.New(slog.DiscardHandler), clock); err == nil {
		t.Error("a state directory inside a file was made")
	}
}

// A page that cannot be read in the middle of the work: an error now, and the log is left alone from then on.
func TestAFileLogThatBreaksIsNotTouchedAgain(t *testing.T) {
	l, _ := open(t, t.TempDir(), clock)
	if err := l.file.View(func(*store.Tx) error { panic("page 7: invalid") }); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("View = %v; want damaged", err)
	}
	if _, err := l.Seen("a"); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Seen = %v; want damaged", err)
	}
	if err := l.Record("a"); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Record = %v; want damaged", err)
	}
}
