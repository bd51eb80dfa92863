package imip

import (
	"slices"
	"strings"

	"usher/milter/message"
)

// automatic says why nobody is waiting for an answer to a mail: a machine wrote it, or it goes to many (RFC 3834 2).
func automatic(h message.Header) string {
	switch {
	case h.Has(message.OwnField):
		return "one of us wrote it"
	case slices.ContainsFunc(h.Values("Auto-Submitted"), func(v string) bool { return word(v) != "no" }):
		return "Auto-Submitted says that a machine wrote it"
	case slices.ContainsFunc(h.Values("Precedence"), func(v string) bool { return slices.Contains(forMany, word(v)) }):
		return "Precedence says that it goes to many"
	case slices.ContainsFunc(h, func(f message.Field) bool { return len(f.Name) > 5 && strings.EqualFold(f.Name[:5], "List-") }):
		return "it comes from a list" // RFC 2369, RFC 2919
	}
	return ""
}

var forMany = []string{"bulk", "list", "junk"}

// word is what a value begins with, without parameters and comments.
func word(value string) string {
	if i := strings.IndexAny(value, "; \t("); i >= 0 {
		value = value[:i]
	}
	return strings.ToLower(value)
}
