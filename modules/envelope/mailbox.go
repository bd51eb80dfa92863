package envelope

import (
	"errors"
	"strings"

	"usher/address"
)

// Bounds of an address field.
const (
	maxField     = 64 << 10
	maxMailboxes = 1000
)

var errField = errors.New("not a list of mailboxes")

// mailboxes reads the addresses of a From, Resent-From or Reply-To field (RFC 5322 3.4), unfolded. Readers of mail
// disagree about malformed fields, and forgers live from that: whatever is not beyond doubt is an error.
func mailboxes(field string) ([]address.Address, error) {
	if len(field) > maxField {
		return nil, errField
	}
	s := scanner{rest: field}
	var all []address.Address
	group := false // within name: … ;
	for {
		word, err := s.words()
		if err != nil {
			return nil, err
		}
		var a address.Address
		switch next := s.next(); {
		case next == '<' && word.phrase:
			a, err = s.angle()
		case next == ':' && !group && word.phrase && word.count > 0:
			s.take()
			group = true
			continue
		case word.count == 0: // an empty element, as between two commas (RFC 5322 4.4)
		case next == '@':
			a, err = s.bare(word)
		default:
			err = errField
		}
		if err != nil {
			return nil, err
		}
		if a != "" {
			all = append(all, a)
		}
		if len(all) > maxMailboxes {
			return nil, errField
		}
		more, ended, err := s.after(group)
		if ended {
			group = false
		}
		if err != nil || !more {
			return all, err
		}
	}
}

// scanner reads tokens from the front of a field.
type scanner struct{ rest string }

// next is the byte ahead, 0 at the end.
func (s *scanner) next() byte {
	if s.rest == "" {
		return 0
	}
	return s.rest[0]
}

func (s *scanner) take() { s.rest = s.rest[1:] }

// after reads what may follow a mailbox: a comma, the end of a group, the end.
func (s *scanner) after(group bool) (more, ended bool, err error) {
	if err := s.space(); err != nil {
		return false, false, err
	}
	if group && s.next() == ';' {
		s.take()
		ended, group = true, false
		if err := s.space(); err != nil {
			return false, true, err
		}
	}
	switch s.next() {
	case 0:
		if group {
			return false, ended, errField
		}
		return false, ended, nil
	case ',':
		s.take()
		return true, ended, nil
	}
	return false, ended, errField
}

// angle reads <local@domain>. Routes (<@a,@b:c@d>) are obsolete, and nobody agrees about them.
func (s *scanner) angle() (address.Address, error) {
	s.take()
	w, err := s.words()
	if err != nil || s.next() != '@' {
		return "", errField
	}
	a, err := s.bare(w)
	if err != nil {
		return "", err
	}
	if err := s.space(); err != nil || s.next() != '>' {
		return "", errField
	}
	s.take()
	return a, nil
}

// bare reads @domain behind a local part.
func (s *scanner) bare(local word) (address.Address, error) {
	s.take()
	if local.count == 0 || local.spaced {
		return "", errField
	}
	if err := s.space(); err != nil {
		return "", err
	}
	domain, err := s.domain()
	if err != nil {
		return "", err
	}
	a, err := address.Parse(local.text + "@" + domain)
	if err != nil || a == "" {
		return "", errField
	}
	return a, nil
}

// domain is an atom, or a literal such as [192.0.2.1].
func (s *scanner) domain() (string, error) {
	if s.next() == '[' {
		end := strings.IndexByte(s.rest, ']')
		if end < 0 || strings.ContainsAny(s.rest[1:end], "[\\ \t") {
			return "", errField
		}
		d := s.rest[:end+1]
		s.rest = s.rest[end+1:]
		return d, nil
	}
	d, quoted, err := s.token()
	if err != nil || quoted || d == "" || strings.HasSuffix(d, ".") {
		return "", errField
	}
	return d, nil
}
