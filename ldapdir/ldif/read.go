package ldif

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"usher/ldapdir"
)

const (
	maxLine     = 16 << 20 // bytes of one value
	maxMistakes = 20       // named at once
)

// record is one entry.
type record struct {
	dn    string // as written
	name  string // canonical
	attrs []attribute
	line  int
}

// attribute is one attribute with its values.
type attribute struct {
	spelled string
	base    string // canonical, without options
	options string // ";lang-de", in lower case
	values  []string
}

// reader reads LDIF content records (RFC 2849). go-ldap/ldif is not used here: it reads the file an
// "attr:< file:" line names, knows lines only roughly, refuses empty values, and takes a record without
// changetype for one of the type before it. The tests compare with it.
type reader struct {
	name     string
	buf      *bufio.Reader
	line     int // of the last line read
	current  *record
	first    bool // nothing but comments so far
	skipping bool // the rest of a record that has a mistake
	records  []*record
	lines    map[string]int // of canonical names
	mistakes []error
}

func read(name string, r io.Reader) ([]*record, error) {
	rd := &reader{name: name, buf: bufio.NewReaderSize(r, 64<<10), first: true, lines: make(map[string]int)}
	for len(rd.mistakes) < maxMistakes {
		line, at, err := rd.logical()
		if err == io.EOF {
			rd.finish()
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, rd.line, err)
		}
		if err := rd.take(line, at); err != nil {
			rd.mistake(at, err)
			rd.skipping, rd.current = true, nil
		}
	}
	if len(rd.mistakes) > 0 {
		return nil, errors.Join(rd.mistakes...)
	}
	return rd.records, nil
}

func (r *reader) mistake(line int, err error) {
	r.mistakes = append(r.mistakes, fmt.Errorf("%s:%d: %w", r.name, line, err))
}

// logical reads one line with its continuations, and the number of its first.
func (r *reader) logical() (line []byte, at int, err error) {
	line, err = r.physical(nil)
	at = r.line
	for err == nil && len(line) > 0 {
		next, peekErr := r.buf.Peek(1)
		if peekErr != nil || next[0] != ' ' {
			break
		}
		r.buf.Discard(1)
		line, err = r.physical(line)
	}
	return line, at, err
}

// physical appends one line as it stands to a logical one.
func (r *reader) physical(line []byte) ([]byte, error) {
	r.line++
	for {
		part, err := r.buf.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, fmt.Errorf("line longer than %d bytes", maxLine)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(part) > 0:
			return line, nil
		case err != nil:
			if err == io.EOF && len(line) > 0 { // a continuation of nothing at the very end
				return line, nil
			}
			return nil, err
		}
		line = line[:len(line)-1]
		return bytes.TrimSuffix(line, []byte("\r")), nil
	}
}

// take takes one logical line.
func (r *reader) take(line []byte, at int) error {
	if r.first {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	switch {
	case len(line) == 0:
		r.finish()
		return nil
	case line[0] == '#' || r.skipping:
		return nil
	case line[0] == ' ':
		return errors.New("a line that continues nothing")
	}
	attr, value, err := split(line)
	if err != nil {
		return err
	}
	first := r.first
	r.first = false
	switch {
	case first && strings.EqualFold(attr, "version"):
		if value != "1" {
			return fmt.Errorf("version %q is not 1", value)
		}
		return nil
	case r.current == nil:
		return r.begin(attr, value, at)
	}
	return r.add(attr, value)
}

// split reads "attr: text" or "attr:: base64".
func split(line []byte) (attr, value string, err error) {
	name, rest, found := strings.Cut(string(line), ":")
	if !found {
		return "", "", errors.New("no colon after the attribute")
	}
	if !ldapdir.IsAttr(name) {
		return "", "", fmt.Errorf("%q cannot be the name of an attribute", name)
	}
	switch {
	case strings.HasPrefix(rest, "<"):
		return "", "", fmt.Errorf("%s: values from other files (:<) are not read", name)
	case strings.HasPrefix(rest, ":"):
		decoded, err := base64.StdEncoding.DecodeString(strings.Trim(rest[1:], " "))
		if err != nil {
			return "", "", fmt.Errorf("%s: %w", name, err)
		}
		return name, string(decoded), nil
	case !utf8.ValidString(rest):
		return "", "", fmt.Errorf("%s: neither UTF-8 nor base64 (::)", name)
	}
	return name, strings.TrimLeft(rest, " "), nil
}

func (r *reader) begin(attr, value string, at int) error {
	if !strings.EqualFold(attr, "dn") {
		return fmt.Errorf("an entry begins with its dn, not with %s", attr)
	}
	name, ok := ldapdir.CanonicalDN(value)
	if !ok {
		return fmt.Errorf("%q is not a distinguished name", value)
	}
	if line, twice := r.lines[name]; twice {
		return fmt.Errorf("%s is there already (line %d)", value, line)
	}
	r.lines[name] = at
	r.current = &record{dn: value, name: name, line: at}
	return nil
}

func (r *reader) add(attr, value string) error {
	switch strings.ToLower(attr) {
	case "dn":
		return errors.New("an empty line belongs between two entries")
	case "changetype":
		if !strings.EqualFold(value, "add") {
			return fmt.Errorf("this file holds entries, not changes: changetype %s", value)
		}
		return nil
	case "control":
		return errors.New("this file holds entries, not changes: control")
	}
	a := described(attr)
	for i := range r.current.attrs {
		if have := &r.current.attrs[i]; have.base == a.base && have.options == a.options {
			have.values = append(have.values, value)
			return nil
		}
	}
	a.values = []string{value}
	r.current.attrs = append(r.current.attrs, a)
	return nil
}

// described reads a name with its options. An attribute that goes by several names gets the one a schema
// would answer with.
func described(attr string) attribute {
	name, options, _ := strings.Cut(attr, ";")
	if options != "" {
		options = ";" + strings.ToLower(options)
	}
	base := ldapdir.CanonicalAttr(name)
	if base != strings.ToLower(name) {
		attr = base + options
	}
	return attribute{spelled: attr, base: base, options: options}
}

// finish ends an entry, if there is one.
func (r *reader) finish() {
	if r.current != nil && len(r.current.attrs) == 0 {
		r.mistake(r.current.line, errors.New("an entry without attributes"))
	} else if r.current != nil {
		r.records = append(r.records, r.current)
	}
	r.current, r.skipping = nil, false
}
