package ldapdir

import (
	"fmt"
	"strings"
)

// Escape makes a value harmless inside a filter (RFC 4515 section 3): whatever comes from outside
// goes through here, and through here only.
func Escape(value string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.Grow(len(value) + 8)
	for i := 0; i < len(value); i++ {
		c := value[i]
		// Bytes above ASCII are escaped too: go-ldap reads filters rune by rune and refuses broken UTF-8.
		if c < ' ' || c >= 0x7f || strings.IndexByte(`()*\`, c) >= 0 {
			b.WriteByte('\\')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// fill puts a value into every %s of a filter.
func fill(template, value string) string {
	return strings.ReplaceAll(template, "%s", Escape(value))
}

// checkTemplate tells what is wrong with a configured filter.
func checkTemplate(template string) error {
	rest := template
	for n := 0; ; n++ {
		_, after, found := strings.Cut(rest, "%")
		if !found && n == 0 {
			return fmt.Errorf("filter %q has no %%s where the value belongs", template)
		}
		if !found {
			break
		}
		if !strings.HasPrefix(after, "s") {
			return fmt.Errorf(`filter %q: only %%s is replaced; a literal %% is written \25`, template)
		}
		rest = after
	}
	_, err := FilterAttrs(template)
	return err
}
