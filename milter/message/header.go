package message

import (
	"slices"
	"strings"
)

// Field is one header field with its bytes as they came.
type Field struct {
	Name   string // as written, without the colon
	Raw    string // everything after the colon: leading space and folds kept, no final line end
	Origin int    // 1-based place among the fields that arrived, kept by Set; 0 for a field that was added since
}

// Value is the field unfolded (RFC 5322 2.2.3) and trimmed.
func (f Field) Value() string {
	s := f.Raw
	if strings.ContainsAny(s, "\r\n") {
		s = unfolder.Replace(s)
	}
	return strings.Trim(s, " \t")
}

var unfolder = strings.NewReplacer("\r", "", "\n", "")

// Is compares names without case.
func (f Field) Is(name string) bool {
	return len(f.Name) == len(name) && strings.EqualFold(f.Name, name)
}

// Header is the ordered list of fields. It is never changed; With… give a new one.
type Header []Field

// Get is the unfolded value of the first field of this name, or "".
func (h Header) Get(name string) string {
	if i := h.index(name); i >= 0 {
		return h[i].Value()
	}
	return ""
}

// Has tells whether there is a field of this name.
func (h Header) Has(name string) bool { return h.index(name) >= 0 }

// Count is the number of fields of this name.
func (h Header) Count(name string) int {
	n := 0
	for i := range h {
		if h[i].Is(name) {
			n++
		}
	}
	return n
}

// Values are the unfolded values of all fields of this name, in order.
func (h Header) Values(name string) []string {
	var vs []string
	for i := range h {
		if h[i].Is(name) {
			vs = append(vs, h[i].Value())
		}
	}
	return vs
}

// With is the header with a field at its end.
func (h Header) With(f Field) Header { return append(slices.Clip(h), f) }

// WithTop is the header with a field before all others, where trace fields belong (RFC 5321 4.4).
func (h Header) WithTop(f Field) Header { return append(Header{f}, h...) }

// Set is the header with exactly one field of this name: it stands where the first one stood, whose Origin it
// takes, so that a mail server is told of a change and not of a field that goes and one that comes; or at the end.
func (h Header) Set(f Field) Header {
	at := h.index(f.Name)
	if at < 0 {
		return h.With(f)
	}
	f.Origin = h[at].Origin
	set := append(make(Header, 0, len(h)), h[:at]...)
	return append(append(set, f), h[at+1:].Without(f.Name)...)
}

// Without is the header with no field of this name.
func (h Header) Without(name string) Header {
	rest := make(Header, 0, len(h))
	for _, f := range h {
		if !f.Is(name) {
			rest = append(rest, f)
		}
	}
	return rest
}

func (h Header) index(name string) int {
	for i := range h {
		if h[i].Is(name) {
			return i
		}
	}
	return -1
}
