// Package address knows when two mail addresses are the same one.
//
// It compares canonically: the domain as lower-case A-labels (UTS 46,
// non-transitional), the local part unquoted where quotes are not needed, NFC,
// in simple lower case. It knows nothing about who owns an address.
package address

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// MaxLength is the longest address accepted, in bytes (RFC 5321 4.5.3.1.3 allows 256 with brackets;
// the slack is for UTF-8 and quoting).
const MaxLength = 1024

// ErrSyntax is wrapped by every error of Parse.
var ErrSyntax = errors.New("not a mail address")

// Address is one mailbox in canonical form, local@domain; the zero value is the null sender.
// Two addresses are the same mailbox exactly if they are equal as strings.
type Address string

var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// Parse reads an address as SMTP, an iCalendar calendar user address or a directory writes it:
// with or without angle brackets and "mailto:", any case, quoted local parts. "" and "<>" are the null sender.
func Parse(s string) (Address, error) {
	s = strings.TrimSpace(s)
	if len(s) > MaxLength {
		return "", fmt.Errorf("%w: longer than %d bytes", ErrSyntax, MaxLength)
	}
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%w: not UTF-8", ErrSyntax)
	}
	s = trimMailto(s)
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		s = s[1 : len(s)-1]
	}
	s = trimMailto(s)
	if s == "" {
		return "", nil
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 {
		return "", fmt.Errorf("%w: %q", ErrSyntax, s)
	}
	local, err := canonicalLocal(s[:at])
	if err != nil {
		return "", err
	}
	domain, err := CanonicalDomain(s[at+1:])
	if err != nil {
		return "", err
	}
	return Address(local + "@" + domain), nil
}

// Must is Parse for constants and tests; it panics on a syntax error.
func Must(s string) Address {
	a, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

// CanonicalDomain gives a domain as lower-case A-labels; address literals are kept in lower case.
func CanonicalDomain(d string) (string, error) {
	d = strings.TrimSuffix(strings.TrimSpace(d), ".")
	if strings.HasPrefix(d, "[") && strings.HasSuffix(d, "]") && isLiteral(d[1:len(d)-1]) {
		return strings.ToLower(d), nil
	}
	if a := strings.ToLower(d); isPlainDomain(a) {
		return a, nil
	}
	a, err := profile.ToASCII(d)
	again, errAgain := profile.ToASCII(a) // a canonical form that changes again is none
	if err != nil || errAgain != nil || a != again || !isDomain(a) {
		return "", fmt.Errorf("%w: domain %q", ErrSyntax, d)
	}
	return a, nil
}

// isPlainDomain spares the common case the IDNA tables.
func isPlainDomain(d string) bool {
	return isDomain(d) && !strings.Contains(d, "xn--")
}

// isLiteral tells whether what stands between brackets can be an address literal (RFC 5321 4.1.3).
func isLiteral(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("[]\\<>@", c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isDomain tells whether a lower-case name holds letters, digits, hyphens and underscores between single dots.
func isDomain(d string) bool {
	if d == "" || d[0] == '.' || d[len(d)-1] == '.' || strings.Contains(d, "..") {
		return false
	}
	for i := 0; i < len(d); i++ {
		c := d[i]
		if c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// Local is the part before the last @, unquoted where quotes are not needed.
func (a Address) Local() string {
	local, _ := a.split()
	return local
}

// Domain is the part after the last @, as A-labels in lower case; "" for the null sender.
func (a Address) Domain() string {
	_, domain := a.split()
	return domain
}

func (a Address) split() (string, string) {
	at := strings.LastIndexByte(string(a), '@')
	if at < 0 {
		return "", ""
	}
	return string(a[:at]), string(a[at+1:])
}

// String is the address without brackets.
func (a Address) String() string { return string(a) }

// Untagged cuts a dot-atom local part at the first delimiter (never at its first character): what is left
// when a+tag@b is asked for without its tag. ok is false when there is no tag.
func (a Address) Untagged(delimiter string) (untagged Address, ok bool) {
	local, domain := a.split()
	if delimiter == "" || strings.HasPrefix(local, `"`) {
		return a, false
	}
	for i := 1; i < len(local); i++ {
		if strings.IndexByte(delimiter, local[i]) >= 0 {
			return Address(local[:i] + "@" + domain), true
		}
	}
	return a, false
}

func trimMailto(s string) string {
	const scheme = "mailto:"
	if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		return strings.TrimPrefix(s[len(scheme):], "//")
	}
	return s
}

func canonicalLocal(s string) (string, error) {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = unquote(s[1 : len(s)-1])
	} else if strings.ContainsAny(s, " \t\r\n<>()@,;:\\\"[]") {
		return "", fmt.Errorf("%w: local part %q", ErrSyntax, s)
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return "", fmt.Errorf("%w: control character in %q", ErrSyntax, s)
	}
	s = strings.Map(unicode.ToLower, norm.NFC.String(s))
	if isDotAtom(s) {
		return s, nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`, nil
}

func unquote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isDotAtom(s string) bool {
	return s != "" && s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..") &&
		!strings.ContainsAny(s, " \t\r\n<>()@,;:\\\"[]")
}
