package itip

import "fmt"

// ParseProp reads one content line, unfolded (RFC 5545 3.1). The error wraps ErrSyntax.
func ParseProp(line string) (Prop, error) {
	p, _, err := parseProp(line)
	if err != nil {
		return Prop{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return p, nil
}
