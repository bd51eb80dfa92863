// Package ldif is a directory in an LDIF file: the whole of a small office's, and a stand-in for a server in
// tests. It evaluates the same filters with the same results as slapd.
//
// It knows files, LDIF (RFC 2849) and filters (RFC 4515, 4511 section 4.5.1.7); not what an entry means.
package ldif

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"usher/ldapdir"
)

// maxFile bounds the file, which is kept in memory.
const maxFile = 256 << 20

// lookEvery is how often the file is looked at, and how long it must have been left alone before it is read:
// half of a file somebody is writing would make people unknown.
const lookEvery = time.Second

// Directory is a backend over one file. It is for many at once.
type Directory struct {
	path    string
	hints   hints
	log     *slog.Logger
	now     func() time.Time
	current atomic.Pointer[store]
	edition atomic.Uint64 // how often current was replaced

	mu      sync.Mutex  // held while looking at the file
	looked  time.Time   // when
	loaded  os.FileInfo // what was read last, for good or ill
	pending os.FileInfo // what was new at the last look
	missing bool        // and said so
}

var _ ldapdir.Open = Open

// Open reads the file of a profile. Lines that cannot be read are answered all at once, with file and line.
func Open(p ldapdir.Profile, log *slog.Logger) (ldapdir.Backend, error) {
	d := &Directory{path: p.LDIF, hints: hintsOf(p), log: log, now: time.Now}
	if err := d.Reload(); err != nil {
		return nil, err
	}
	return d, nil
}

// Parse makes a directory of text; name stands for the file in errors.
func Parse(name string, text []byte, p ldapdir.Profile) (*Directory, error) {
	d := &Directory{hints: hintsOf(p), now: time.Now}
	records, err := read(name, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	d.current.Store(newStore(records, d.hints))
	return d, nil
}

// Reload reads the file again at once. A file that cannot be read leaves everything as it is.
func (d *Directory) Reload() error {
	if d.path == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.load()
}

func (d *Directory) load() error {
	f, err := os.Open(d.path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	d.loaded, d.pending = info, nil
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return fmt.Errorf("%s: not a file of at most %d bytes", d.path, maxFile)
	}
	records, err := read(d.path, io.LimitReader(f, maxFile))
	if err != nil {
		return err
	}
	d.current.Store(newStore(records, d.hints))
	d.edition.Add(1)
	return nil
}

// Edition implements ldapdir.Noticing: an edited file counts within seconds, not after the ttl.
func (d *Directory) Edition() uint64 {
	d.look()
	return d.edition.Load()
}

// look reads the file again if it has changed and is no longer being written.
func (d *Directory) look() {
	if d.path == "" || !d.mu.TryLock() {
		return
	}
	defer d.mu.Unlock()
	if now := d.now(); now.Sub(d.looked) < lookEvery {
		return
	} else {
		d.looked = now
	}
	info, err := os.Stat(d.path)
	if err != nil {
		d.gone(err)
		return
	}
	d.missing = false
	if same(info, d.loaded) {
		return
	}
	if settled := d.looked.Sub(info.ModTime()) >= lookEvery; !settled && !same(info, d.pending) {
		d.pending = info
		return
	}
	if err := d.load(); err != nil {
		d.log.Error("directory file is kept as it was", "file", d.path, "err", err)
		return
	}
	d.log.Info("directory file read again", "file", d.path, "entries", len(d.current.Load().records))
}

func (d *Directory) gone(err error) {
	if !d.missing {
		d.log.Error("directory file is kept as it was", "file", d.path, "err", err)
	}
	d.missing = true
}

func same(a, b os.FileInfo) bool {
	return a != nil && b != nil && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && os.SameFile(a, b)
}

// Search evaluates a query.
func (d *Directory) Search(ctx context.Context, q ldapdir.Query) ([]ldapdir.Raw, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.look()
	return d.current.Load().search(ctx, q)
}

// Close does nothing: nothing is held open.
func (d *Directory) Close() error { return nil }
