package authres

import (
	"errors"
	"strings"
)

// What one field may hold; beyond, it says nothing.
const (
	maxField      = 16 << 10 // bytes
	maxResults    = 50
	maxProperties = 50 // of one result
	maxNesting    = 10 // of comments
)

var (
	errSyntax = errors.New("not as RFC 8601 2.2 wants it")
	errBounds = errors.New("more than one field may hold")
)

// scanner takes a field apart. Quoted strings and comments hold what strangers wrote, so nothing is ever looked for
// inside them: "spf=fail (a; dmarc=pass)" is one result.
type scanner struct{ rest string }

// id is the authserv-id, with which a field begins; a version after it is passed over.
func (s *scanner) id() (string, error) {
	if err := s.space(); err != nil {
		return "", err
	}
	return s.word(" \t;(")
}

// results are all that stands behind the authserv-id: all of it can be read, or nothing counts.
func (s *scanner) results() (rs Results, err error) {
	if len(s.rest) > maxField {
		return nil, errBounds
	}
	if err := s.version(); err != nil {
		return nil, err
	}
	for s.rest != "" {
		r, err := s.result()
		switch {
		case err != nil:
			return nil, err
		case len(rs) == maxResults:
			return nil, errBounds
		case r.Method != "":
			rs = append(rs, r)
		}
	}
	return rs, nil
}

func (s *scanner) version() error {
	if err := s.space(); err != nil || s.rest == "" || s.rest[0] == ';' {
		return err
	}
	v, err := s.word(" \t;(")
	if err != nil || strings.Trim(v, "0123456789") != "" {
		return errSyntax
	}
	return s.space()
}

// result is one from its semicolon to the next: "; dmarc=pass header.from=example.org". That of "none", and one
// with nothing in it, has no method.
func (s *scanner) result() (r Result, err error) {
	if !s.take(';') {
		return r, errSyntax
	}
	for first := true; ; first = false {
		if err := s.space(); err != nil || s.rest == "" || s.rest[0] == ';' {
			return r, err
		}
		name, value, err := s.pair()
		switch {
		case err != nil:
			return r, err
		case first && value == "" && name == "none":
			continue
		case first && value == "":
			return r, errSyntax
		case first:
			r.Method, _, _ = strings.Cut(name, "/") // its version
			r.Value = strings.ToLower(value)
		case r.Method == "": // something behind "none"
			return r, errSyntax
		case len(r.Properties) == maxProperties:
			return r, errBounds
		default:
			r.Properties = append(r.Properties, Property{name, value})
		}
	}
}

// pair is name=value, the name in lower case; without "=", the value is empty. Values such as that of smtp.mailfrom
// may hold further "=" (BATV, SRS).
func (s *scanner) pair() (name, value string, err error) {
	if name, err = s.word(" \t;(="); err != nil || name == "" {
		return "", "", errSyntax
	}
	name = strings.ToLower(name)
	if err = s.space(); err != nil || !s.take('=') {
		return name, "", err
	}
	if err = s.space(); err != nil {
		return "", "", err
	}
	value, err = s.word(" \t;(")
	return name, value, err
}

// word goes on to one of these characters outside quotes; quotes are taken off.
func (s *scanner) word(end string) (string, error) {
	var b strings.Builder
	for s.rest != "" && strings.IndexByte(end, s.rest[0]) < 0 {
		if s.take('"') {
			if err := s.quoted(&b); err != nil {
				return "", err
			}
			continue
		}
		b.WriteByte(s.rest[0])
		s.rest = s.rest[1:]
	}
	return b.String(), nil
}

// quoted goes on behind the closing quote.
func (s *scanner) quoted(b *strings.Builder) error {
	for s.rest != "" && s.rest[0] != '"' {
		if s.take('\\') && s.rest == "" {
			break
		}
		b.WriteByte(s.rest[0])
		s.rest = s.rest[1:]
	}
	if !s.take('"') {
		return errSyntax
	}
	return nil
}

// space passes over white space and comments, which nest (RFC 5322 3.2.2).
func (s *scanner) space() error {
	depth := 0
	for s.rest != "" {
		c := s.rest[0]
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == '\\' && depth > 0 && len(s.rest) > 1:
			s.rest = s.rest[1:]
		case depth == 0 && c != ' ' && c != '\t':
			return nil
		}
		if depth > maxNesting {
			return errBounds
		}
		s.rest = s.rest[1:]
	}
	if depth > 0 {
		return errSyntax
	}
	return nil
}

func (s *scanner) take(c byte) bool {
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}
