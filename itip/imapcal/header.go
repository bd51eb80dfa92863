package imapcal

import (
	"bytes"
	"strings"
)

// header is the fields at the top of a mail, names in lower case; of several with one name the first.
type header map[string]string

// maxHeader bounds what is read of a header.
const maxHeader = 512 << 10

// readHeader reads what it can: a line that is no field is left out.
func readHeader(mail []byte) header {
	h := header{}
	mail = mail[:min(len(mail), maxHeader)]
	var name, value string
	flush := func() {
		if _, there := h[name]; name != "" && !there {
			h[name] = strings.TrimSpace(value)
		}
		name, value = "", ""
	}
	for len(mail) > 0 {
		line, rest, _ := bytes.Cut(mail, []byte("\n"))
		line, mail = bytes.TrimSuffix(line, []byte("\r")), rest
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			value += " " + string(bytes.TrimSpace(line))
			continue
		}
		flush()
		if before, after, ok := strings.Cut(string(line), ":"); ok {
			name, value = strings.ToLower(strings.TrimSpace(before)), after
		}
	}
	flush()
	return h
}

// fold writes a header field, broken at its spaces (RFC 5322 2.2.3).
func fold(name, value string) string {
	var b strings.Builder
	b.WriteString(name + ":")
	length := len(name) + 1
	for _, word := range strings.Fields(value) {
		if length+1+len(word) > 78 && length > len(name)+1 {
			b.WriteString("\r\n")
			length = 0
		}
		b.WriteString(" " + word)
		length += 1 + len(word)
	}
	return b.String()
}

// canonical makes lines end as Internet mail's do, and drops NUL: some servers refuse anything else.
func canonical(mail []byte) []byte {
	mail = bytes.ReplaceAll(mail, []byte{0}, nil)
	mail = bytes.ReplaceAll(mail, []byte("\r\n"), []byte("\n"))
	mail = bytes.ReplaceAll(mail, []byte("\r"), []byte("\n"))
	return bytes.ReplaceAll(mail, []byte("\n"), []byte("\r\n"))
}
