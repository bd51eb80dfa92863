package message

import (
	"strings"
)

// Field is one header field with its bytes as they came.
type Field struct {
	Name   string // as written, without the colon
	Raw    string // everything after the colon: leading space and folds kept, no final line end
	Origin int    // 1-based place among the fields that arrived; 0 for a field that was added since
}

// Value is the field unfolded (RFC 5322 2.2.3) and trimmed.
func (f Field) Value() string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "", "\n", "", "\r", "").Replace(f.Raw))
}

// Is compares names without case.
func (f Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Header is the ordered list of fields. It is never changed; With… give a new one.
type Header []Field

// Get is the unfolded value of the first field of this name, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if f.Is(name) {
			return f.Value()
		}
	}
	return ""
}

// Has tells whether there is a field of this name.
func (h Header) Has(name string) bool { return h.Count(name) > 0 }

// Count is the number of fields of this name.
func (h Header) Count(name string) int { return len(h.Values(name)) }

// Values are the unfolded values of all fields of this name, in order.
func (h Header) Values(name string) []string {
	var vs []string
	for _, f := range h {
		if f.Is(name) {
			vs = append(vs, f.Value())
		}
	}
	return vs
}
