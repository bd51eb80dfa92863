package envelope

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Bounds of a table.
const (
	maxTable   = 64 << 20 // bytes
	maxEntries = 1_000_000
	maxLine    = 64 << 10
	maxValues  = 1000 // of one entry
)

// lookEvery is how often a table is looked at for changes, by the clock of mails.
const lookEvery = 5 * time.Second

// table is a file of Postfix in its plain text form (postmap(5)): an address or @domain, then who may use it, as
// logins (smtpd_sender_login_maps) or addresses (virtual_alias_maps).
type table struct {
	file   string
	mu     sync.Mutex
	looked time.Time   // by the clock of mails
	info   os.FileInfo // of what was read
	err    error       // why the file is not what is known
	rows   map[string][]string
	logins map[string]bool
}

// tables are all of them.
type tables struct{ all []*table }

// openTable reads a table for the first time.
func openTable(file string) (*table, error) {
	t := &table{file: file}
	return t, t.load()
}

// grants tells whether some table lets a login use an address, which one, or its whole domain.
func (ts *tables) grants(addr, login string, now time.Time) (bool, string) {
	at := strings.LastIndexByte(addr, '@')
	return ts.ask(now, func(t *table) bool {
		return contains(t.rows[addr], login) || at >= 0 && contains(t.rows[addr[at:]], login)
	})
}

// lists tells whether a login stands in some table.
func (ts *tables) lists(login string, now time.Time) (bool, string) {
	return ts.ask(now, func(t *table) bool { return t.logins[login] })
}

func (ts *tables) ask(now time.Time, has func(*table) bool) (bool, string) {
	for _, t := range ts.all {
		if t.fresh(now, has) {
			return true, filepath.Base(t.file)
		}
	}
	return false, "tables"
}

func (t *table) fresh(now time.Time, has func(*table) bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if since := now.Sub(t.looked); since >= lookEvery || since < 0 {
		t.looked = now
		t.reload()
	}
	return has(t)
}

// reload reads the file again if it is another one. One that cannot be read leaves everything as it was.
func (t *table) reload() {
	info, err := os.Stat(t.file)
	if err == nil && t.info != nil && info.ModTime().Equal(t.info.ModTime()) && info.Size() == t.info.Size() && os.SameFile(info, t.info) {
		return
	}
	t.err = t.load()
}

func (t *table) load() error {
	f, err := os.Open(t.file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxTable {
		return fmt.Errorf("%s: not a file of at most %d bytes", t.file, maxTable)
	}
	rows, err := parseTable(io.LimitReader(f, maxTable))
	if err != nil {
		return fmt.Errorf("%s:%w", t.file, err)
	}
	t.info, t.rows, t.logins = info, rows, map[string]bool{}
	for _, row := range rows {
		for _, login := range row {
			t.logins[login] = true
		}
	}
	return nil
}

func contains(row []string, login string) bool {
	for _, l := range row {
		if l == login {
			return true
		}
	}
	return false
}
