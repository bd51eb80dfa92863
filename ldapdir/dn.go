package ldapdir

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxDN   = 8 << 10 // bytes
	maxRDNs = 100
)

// CanonicalDN gives a distinguished name (RFC 4514) in the one form that is the same for the same entry:
// types in lower case under their short names, values folded, escapes alike, the parts of an RDN sorted.
// ok is false when it is not a name. The empty name is the root.
func CanonicalDN(dn string) (canonical string, ok bool) {
	if len(dn) > maxDN || !utf8.ValidString(dn) {
		return "", false
	}
	if strings.TrimSpace(dn) == "" {
		return "", true
	}
	rdns := splitDN(dn, ",;")
	if len(rdns) > maxRDNs {
		return "", false
	}
	for i, rdn := range rdns {
		if rdns[i], ok = canonicalRDN(rdn); !ok {
			return "", false
		}
	}
	return strings.Join(rdns, ","), true
}

// SameDN tells whether two names are names and name the same entry.
func SameDN(a, b string) bool {
	ca, okA := CanonicalDN(a)
	cb, okB := CanonicalDN(b)
	return okA && okB && ca == cb
}

// Under tells whether a canonical name is base, also canonical, or lies below it.
func Under(dn, base string) bool {
	return base == "" || dn == base || strings.HasSuffix(dn, ","+base)
}

// ParentDN is the canonical name above a canonical name; "" above the topmost.
func ParentDN(dn string) string {
	_, parent, _ := strings.Cut(dn, ",") // canonical values hold no bare comma
	return parent
}

// splitDN cuts at separators that are not escaped.
func splitDN(s, separators string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if strings.IndexByte(separators, s[i]) >= 0 {
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func canonicalRDN(rdn string) (string, bool) {
	parts := splitDN(rdn, "+")
	for i, part := range parts {
		attr, value, found := strings.Cut(part, "=")
		attr = CanonicalAttr(strings.TrimSpace(attr))
		text, ok := unescapeDN(strings.TrimLeft(value, " "))
		if !found || !ok || !IsAttr(attr) {
			return "", false
		}
		parts[i] = attr + "=" + escapeDN(Fold(text))
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), "+"), true
}

// unescapeDN reads a value; #… is kept as it is, since what it encodes depends on a schema we have not.
func unescapeDN(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			if s[i] == '"' || s[i] == 0 {
				return "", false
			}
			b.WriteByte(s[i])
		case i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			c, _ := hex.DecodeString(s[i+1 : i+3])
			b.Write(c)
			i += 2
		case i+1 < len(s):
			b.WriteByte(s[i+1])
			i++
		default:
			return "", false
		}
	}
	return b.String(), utf8.ValidString(b.String())
}

func escapeDN(s string) string {
	if !strings.ContainsAny(s, "\\,;+=\"<>\x00") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte("\\,;+=\"<>\x00", s[i]) >= 0 {
			b.WriteString(`\` + hex.EncodeToString([]byte{s[i]}))
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// longNames are the other names of attributes that appear in names of entries.
var longNames = map[string]string{
	"commonname": "cn", "2.5.4.3": "cn", "surname": "sn", "2.5.4.4": "sn", "countryname": "c", "2.5.4.6": "c",
	"localityname": "l", "2.5.4.7": "l", "stateorprovincename": "st", "2.5.4.8": "st",
	"organizationname": "o", "2.5.4.10": "o", "organizationalunitname": "ou", "2.5.4.11": "ou",
	"domaincomponent": "dc", "0.9.2342.19200300.100.1.25": "dc",
	"userid": "uid", "0.9.2342.19200300.100.1.1": "uid",
	"rfc822mailbox": "mail", "0.9.2342.19200300.100.1.3": "mail", "gn": "givenname",
}

// CanonicalAttr is the one name of an attribute that goes by several, in lower case.
func CanonicalAttr(name string) string {
	name = strings.ToLower(name)
	if short, ok := longNames[strings.TrimPrefix(name, "oid.")]; ok {
		return short
	}
	return name
}

// Fold gives text in the form that is the same for all spellings a directory does not tell apart
// (caseIgnoreMatch, prepared after RFC 4518: compatible characters, case, insignificant spaces).
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	s = norm.NFKC.String(strings.Map(foldRune, norm.NFKC.String(s)))
	return strings.Join(strings.Fields(s), " ")
}

// foldRune is lower case by way of upper case, so that letters of one case pair (σ and ς) become one.
func foldRune(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// isFolded spares the common case the tables.
func isFolded(s string) bool {
	space := true // leading
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' || c < ' ' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}
