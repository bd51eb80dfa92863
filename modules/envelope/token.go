package envelope

import (
	"strings"
)

// word is what stands before a sign: a phrase, or a local part.
type word struct {
	text   string // as a local part
	count  int    // of atoms and quoted strings
	phrase bool   // may be a display name
	spaced bool   // there is space between its parts: no local part
}

// words reads atoms, dots and quoted strings up to a sign.
func (s *scanner) words() (word, error) {
	w := word{phrase: true}
	var text strings.Builder
	for {
		before := len(s.rest)
		if err := s.space(); err != nil {
			return w, err
		}
		apart := len(s.rest) < before && w.count > 0
		token, quoted, err := s.token()
		if err != nil {
			return w, err
		}
		if token == "" {
			w.text = text.String()
			return w, nil
		}
		w.count++
		w.spaced = w.spaced || apart
		if quoted && (text.Len() > 0 || apart) || !quoted && strings.HasPrefix(text.String(), `"`) {
			w.spaced = true // "a".b is obsolete, and read in many ways
		}
		text.WriteString(token)
	}
}

// token is an atom with its dots, or a quoted string with its quotes; "" before a sign.
func (s *scanner) token() (token string, quoted bool, err error) {
	if s.next() == '"' {
		token, err = s.quoted()
		return token, true, err
	}
	i := 0
	for i < len(s.rest) && isAtom(s.rest[i]) {
		i++
	}
	token, s.rest = s.rest[:i], s.rest[i:]
	return token, false, nil
}

// isAtom also takes bytes above ASCII: UTF-8 (RFC 6532), and what old programs write into names.
func isAtom(c byte) bool {
	return c > ' ' && c != 0x7f && strings.IndexByte(`()<>[]:;@\,"`, c) < 0
}

func (s *scanner) quoted() (string, error) {
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '\\' && i+1 < len(s.rest) && !isControl(s.rest[i+1]):
			i++
		case c == '"':
			token := s.rest[:i+1]
			s.rest = s.rest[i+1:]
			return token, nil
		case c == '\\' || isControl(c):
			return "", errField
		}
	}
	return "", errField
}

func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// space skips white space and comments, nested ones included. What stands in them is text, never an address.
func (s *scanner) space() error {
	depth := 0
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case isControl(c):
			return errField
		case c == '(':
			depth++
		case depth > 0 && c == '\\':
			i++
		case depth > 0 && c == ')':
			depth--
		case depth == 0 && c != ' ' && c != '\t':
			s.rest = s.rest[i:]
			return nil
		}
	}
	s.rest = ""
	if depth > 0 {
		return errField
	}
	return nil
}
