package kolab

import (
	"net/url"
	"strings"
)

// mailbox finds the mail address that a calendar user's address means (RFC 5545 3.3.3): a mailto, in any spelling
// that clients use. name is what stands before the address, in Kolab's own form.
func mailbox(value string) (name, addr string, ok bool) {
	value = strings.TrimSpace(value)
	if len(value) < 7 || !strings.EqualFold(value[:7], "mailto:") {
		return "", "", false
	}
	rest := strings.TrimPrefix(value[7:], "//")
	if decoded, err := url.PathUnescape(rest); err == nil {
		rest = decoded
	}
	if at := strings.LastIndexByte(rest, '<'); at >= 0 {
		name, rest = strings.TrimSpace(rest[:at]), strings.TrimSuffix(rest[at+1:], ">")
	}
	rest = strings.TrimSpace(rest)
	return name, rest, strings.Contains(rest, "@")
}

// mailto is the address as we write it in iCalendar.
func mailto(addr string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	for _, r := range addr {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`"%<>`, r) {
			b.WriteString(url.PathEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// calAddress is the address as Kolab writes it, percent-encoded, with the name before it.
func calAddress(name, addr string) *node {
	return leaf("cal-address", "mailto:"+strings.ReplaceAll(url.QueryEscape(name+"<"+addr+">"), "+", "%20"))
}
