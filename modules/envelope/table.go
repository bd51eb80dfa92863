package envelope

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"usher/ldapdir"
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

// parseTable reads lines of a key and values between commas or spaces. A line that begins with white space goes on
// with the one before; # begins a comment line. Keys that are no address and no @domain (a bare user, a domain
// that is declared) say nothing about senders here. The error begins with the number of the line.
func parseTable(r io.Reader) (map[string][]string, error) {
	rows := map[string][]string{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	var whole []byte
	number, begun := 0, 0
	flush := func() error {
		err := addRow(rows, string(whole))
		whole = whole[:0]
		if err != nil {
			return fmt.Errorf("%d: %w", begun, err)
		}
		return nil
	}
	for s.Scan() {
		number++
		line := s.Bytes()
		if text := bytes.TrimSpace(line); len(text) == 0 || text[0] == '#' {
			continue
		}
		if line[0] != ' ' && line[0] != '\t' {
			if err := flush(); err != nil {
				return nil, err
			}
			begun = number
		} else if begun == 0 {
			return nil, fmt.Errorf("%d: goes on with a line that is not there", number)
		}
		if whole = append(append(whole, line...), ' '); len(whole) > maxLine {
			return nil, fmt.Errorf("%d: longer than %d bytes", begun, maxLine)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("%d: %w", number+1, err)
	}
	return rows, flush()
}

func addRow(rows map[string][]string, line string) error {
	key, rest := cutKey(strings.TrimSpace(line))
	if key == "" {
		return nil
	}
	row := strings.FieldsFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	switch {
	case len(row) == 0:
		return errors.New("there is nothing behind the key")
	case len(row) > maxValues:
		return fmt.Errorf("more than %d values", maxValues)
	case len(rows) >= maxEntries:
		return fmt.Errorf("more than %d entries", maxEntries)
	}
	s, ok := sender(key)
	if !ok || !strings.Contains(key, "@") {
		return nil
	}
	if _, twice := rows[s]; twice {
		return nil // Postfix takes the first, with a warning
	}
	for i, v := range row {
		row[i] = who(v)
	}
	rows[s] = row
	return nil
}

// cutKey takes the key off a line; a quoted one may hold spaces.
func cutKey(line string) (key, rest string) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return line[:i], line[i:]
		}
	}
	return line, ""
}

// who is a value in the form principal.names gives: an address is canonical, a login folded.
func who(value string) string {
	if s, ok := sender(value); ok && !strings.HasPrefix(s, "@") {
		return s
	}
	return ldapdir.Fold(value)
}
