package envelope

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"usher/ldapdir"
)

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
		row[i] = holder(v)
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

// holder is a value in the form principal.names gives: an address is canonical, a login folded.
func holder(value string) string {
	if s, ok := sender(value); ok && !strings.HasPrefix(s, "@") {
		return s
	}
	return ldapdir.Fold(value)
}
