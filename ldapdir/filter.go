package ldapdir

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxFilter      = 64 << 10 // bytes
	maxFilterDepth = 50
)

// FilterAttrs checks a filter (RFC 4515) and gives the attributes it looks at.
func FilterAttrs(filter string) ([]string, error) {
	if len(filter) > maxFilter {
		return nil, fmt.Errorf("filter longer than %d bytes", maxFilter)
	}
	if !utf8.ValidString(filter) {
		return nil, fmt.Errorf("filter %q is not UTF-8", filter)
	}
	p := filterParser{rest: filter}
	if err := p.filter(0); err != nil {
		return nil, fmt.Errorf("filter %q: %w", filter, err)
	}
	if p.rest != "" {
		return nil, fmt.Errorf("filter %q: %q is left over at the end", filter, p.rest)
	}
	return p.attrs, nil
}

type filterParser struct {
	rest  string
	attrs []string
}

func (p *filterParser) eat(s string) bool {
	rest, found := strings.CutPrefix(p.rest, s)
	p.rest = rest
	return found
}

func (p *filterParser) filter(depth int) error {
	if depth > maxFilterDepth {
		return fmt.Errorf("nested deeper than %d", maxFilterDepth)
	}
	if !p.eat("(") {
		return fmt.Errorf("( expected before %q", p.rest)
	}
	if err := p.inside(depth); err != nil {
		return err
	}
	if !p.eat(")") {
		return fmt.Errorf(") expected before %q", p.rest)
	}
	return nil
}

func (p *filterParser) inside(depth int) error {
	switch {
	case p.eat("&"), p.eat("|"):
		for strings.HasPrefix(p.rest, "(") {
			if err := p.filter(depth + 1); err != nil {
				return err
			}
		}
		return nil
	case p.eat("!"):
		return p.filter(depth + 1)
	}
	return p.item()
}

// item is attribute, operator, value.
func (p *filterParser) item() error {
	end := strings.IndexByte(p.rest, '=')
	if close := strings.IndexAny(p.rest, "()"); end < 0 || close >= 0 && close < end {
		return fmt.Errorf("= expected in %q", p.rest)
	}
	attr, op := p.rest[:end], "="
	for _, o := range []string{">", "<", "~", ":"} {
		if cut, ok := strings.CutSuffix(attr, o); ok {
			attr, op = cut, o
		}
	}
	if op == ":" { // extensible match: attr, optional :dn, optional :rule
		attr, _, _ = strings.Cut(attr, ":")
	}
	if attr != "" || op != ":" {
		if !IsAttr(attr) {
			return fmt.Errorf("%q is not the name of an attribute", attr)
		}
		p.attrs = append(p.attrs, attr)
	}
	p.rest = p.rest[end+1:]
	return p.value(op == "=")
}

func (p *filterParser) value(stars bool) error {
	end := strings.IndexByte(p.rest, ')')
	if end < 0 {
		return fmt.Errorf(") expected after %q", p.rest)
	}
	value := p.rest[:end]
	p.rest = p.rest[end:]
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '(' || c == 0, c == '*' && !stars:
			return fmt.Errorf(`%q in value %q must be written \%02x`, c, value, c)
		case c == '\\':
			if i+2 >= len(value) || !isHex(value[i+1]) || !isHex(value[i+2]) {
				return fmt.Errorf(`\ in value %q wants two hexadecimal digits`, value)
			}
			i += 2
		}
	}
	return nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// IsAttr tells whether a name can be an attribute's, options included (RFC 4512 section 2.5).
func IsAttr(name string) bool {
	if name == "" || name[0] == ';' || name[0] == '-' {
		return false
	}
	for i := 0; i < len(name); i++ {
		c := name[i] | 0x20
		if (c < 'a' || c > 'z') && (name[i] < '0' || name[i] > '9') && !strings.ContainsRune("-.;_", rune(name[i])) {
			return false
		}
	}
	return true
}
