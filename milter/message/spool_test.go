package message

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fill appends chunks of the given sizes, and gives what a reader must see.
func fill(t *testing.T, s *Spool, sizes ...int) []byte {
	t.Helper()
	var all []byte
	for i, size := range sizes {
		chunk := bytes.Repeat([]byte{byte('a' + i%26)}, size)
		if err := s.Append(chunk); err != nil {
			t.Fatalf("append %d bytes: %v", size, err)
		}
		all = append(all, chunk...)
	}
	return all
}

func TestSpoolKeepsWhatItIsGiven(t *testing.T) {
	for _, memory := range []int64{-1, 1, 99, 100, 101, 1000, 0} {
		b := NewBudget(1<<20, 1<<20, t.TempDir())
		s := b.Spool(memory)
		want := fill(t, s, 50, 0, 50, 1, 70, 3)
		body := s.Body()
		if body.Size() != int64(len(want)) {
			t.Fatalf("memory of %d: size %d", memory, body.Size())
		}
		for off := range len(want) {
			for _, n := range []int{1, 60, 500} {
				p := make([]byte, n)
				got, err := body.ReadAt(p, int64(off))
				end := min(off+n, len(want))
				if !bytes.Equal(p[:got], want[off:end]) || (err == io.EOF) != (got < n) || err != nil && err != io.EOF {
					t.Fatalf("memory of %d: ReadAt(%d, %d) = %q, %v", memory, n, off, p[:got], err)
				}
			}
		}
		if n, err := body.ReadAt(make([]byte, 1), int64(len(want))); n != 0 || err != io.EOF {
			t.Errorf("read behind the end: %d, %v", n, err)
		}
		s.Close()
	}
}

func TestSpoolCountsWhereItLies(t *testing.T) {
	dir := t.TempDir()
	b := NewBudget(1000, 1000, dir)
	one, two, three := b.Spool(300), b.Spool(900), b.Spool(900)
	check := func(what string, memory, disk int64) {
		t.Helper()
		if m, d := b.InUse(); m != memory || d != disk {
			t.Errorf("%s: %d bytes in memory and %d on disk; want %d and %d", what, m, d, memory, disk)
		}
	}
	fill(t, one, 300)
	check("within the memory of a mail", 300, 0)
	fill(t, one, 1)
	check("over the memory of a mail", 0, 301)
	fill(t, one, 99)
	check("more to the file", 0, 400)
	fill(t, two, 800)
	check("another mail", 800, 400)
	fill(t, three, 201)
	check("over the memory of all mails", 800, 601)
	if err := three.Append(make([]byte, 400)); !errors.Is(err, ErrFull) {
		t.Errorf("over the disk of all mails: %v", err)
	}
	check("a chunk refused", 800, 601)
	if err := three.Append([]byte("x")); !errors.Is(err, ErrFull) {
		t.Errorf("after a refusal: %v", err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) > 0 {
		t.Errorf("files have names: %v", names)
	}
	for _, s := range []*Spool{one, two, three, one, three} {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	check("all closed", 0, 0)
}

func TestSpoolThatCannotSpill(t *testing.T) {
	b := NewBudget(1000, 10, t.TempDir())
	s := b.Spool(100)
	want := fill(t, s, 100)
	if err := s.Append([]byte("x")); !errors.Is(err, ErrFull) {
		t.Errorf("no disk: %v", err)
	}
	if got := decodeAll(New(nil, s.Body()).Root().Raw()); !bytes.Equal(got, want) {
		t.Error("what was taken in is lost")
	}
	s.Close()

	s = NewBudget(0, 1000, filepath.Join(t.TempDir(), "missing")).Spool(0)
	if err := s.Append([]byte("x")); !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrFull) {
		t.Errorf("no folder: %v", err)
	}
	if m, d := s.budget.InUse(); m != 0 || d != 0 {
		t.Errorf("%d and %d bytes counted", m, d)
	}
	s.Close()
}

func TestSpoolAfterClose(t *testing.T) {
	for _, memory := range []int64{-1, 1000} {
		s := NewBudget(1000, 1000, t.TempDir()).Spool(memory)
		fill(t, s, 10)
		m := New(Header{NewField("Content-Type", "multipart/mixed; boundary=b")}, s.Body())
		s.Close()
		if _, err := m.Body().ReadAt(make([]byte, 1), 0); !errors.Is(err, ErrClosed) || !errors.Is(err, os.ErrClosed) {
			t.Errorf("read: %v", err)
		}
		if _, err := m.WriteTo(io.Discard); !errors.Is(err, ErrClosed) {
			t.Errorf("write: %v", err)
		}
		if err := s.Append([]byte("x")); !errors.Is(err, ErrClosed) {
			t.Errorf("append: %v", err)
		}
		if !m.Root().IsLeaf() || !m.Truncated() {
			t.Error("the tree of a closed spool is not a truncated leaf")
		}
	}
}

func TestSpoolIsReadWhileItGrowsAndCloses(t *testing.T) {
	b := NewBudget(1<<20, 1<<20, t.TempDir())
	var wg sync.WaitGroup
	for range 8 {
		s := b.Spool(1000)
		wg.Go(func() {
			for range 30 {
				s.Append(bytes.Repeat([]byte("x"), 100))
			}
			s.Close()
		})
		wg.Go(func() {
			for range 30 {
				body := s.Body()
				p := make([]byte, body.Size())
				if n, err := body.ReadAt(p, 0); err == nil && strings.Trim(string(p[:n]), "x") != "" {
					t.Error("read something else than was written")
				}
			}
		})
	}
	wg.Wait()
	if m, d := b.InUse(); m != 0 || d != 0 {
		t.Errorf("%d and %d bytes still counted", m, d)
	}
}

// A hundred mails of 25 MB in flight must not be held in memory, not even while one part of each is replaced.
func TestHundredLargeMailsInFlight(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 2.5 GB to files")
	}
	mails, size := 100, 25<<20
	if os.Getenv("USHER_LARGE") == "" {
		mails, size = 20, 5<<20 // USHER_LARGE does it in full
	}
	b := NewBudget(16<<20, 4<<30, t.TempDir())
	top := "--b\r\n\r\ntext\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	line := []byte(strings.Repeat("QUJD", 19) + "\r\n")
	var edited []*Message
	for range mails {
		s := b.Spool(0)
		defer s.Close()
		s.Append([]byte(top))
		for n := 0; n < size; n += 65535 {
			chunk := slices.Clip(bytes.Repeat(line, 65535/len(line)))
			if err := s.Append(chunk); err != nil {
				t.Fatal(err)
			}
		}
		m := New(Header{NewField("Content-Type", "multipart/mixed; boundary=b")}, s.Body())
		n, err := m.ReplacePart(Path{0}, nil, []byte("another text"))
		if err != nil {
			t.Fatal(err)
		}
		edited = append(edited, n)
	}
	for _, m := range edited {
		if n, err := m.WriteTo(io.Discard); err != nil || n < int64(size) {
			t.Fatalf("%d bytes, %v", n, err)
		}
	}
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	if stats.HeapAlloc > 40<<20 {
		t.Errorf("%d MB on the heap", stats.HeapAlloc>>20)
	}
	runtime.KeepAlive(edited)
}
