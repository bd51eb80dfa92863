package itip

import (
	"errors"
	"strings"
)

// parseProp reads one content line (RFC 5545 3.1). note is what had to be repaired, "" if nothing.
func parseProp(s string) (p Prop, note string, err error) {
	n := tokenLen(s)
	if n == 0 {
		return p, "", errors.New("no property name")
	}
	p.Name, s = strings.ToUpper(s[:n]), s[n:]
	for {
		switch {
		case strings.HasPrefix(s, ":"):
			p.Value = s[1:]
			return p, note, nil
		case strings.HasPrefix(s, ";"):
			var what string
			if s, what, err = p.parseParam(s[1:]); err != nil {
				return p, note, err
			}
			if what != "" {
				note = what
			}
		default:
			return p, note, errors.New("no value")
		}
	}
}

// parseParam reads one parameter and gives what follows it, beginning with ; or :.
func (p *Prop) parseParam(s string) (rest, note string, err error) {
	n := tokenLen(s)
	name := strings.ToUpper(s[:n])
	if n > 0 && n < len(s) && s[n] == '=' {
		q := Param{Name: name}
		for rest = "," + s[n+1:]; strings.HasPrefix(rest, ","); {
			var v string
			v, rest = paramValue(rest[1:])
			q.Values = append(q.Values, v)
		}
		p.Params = append(p.Params, q)
		return rest, "", nil
	}
	switch {
	case name == "MAILTO" && strings.HasPrefix(s[n:], ":"): // RFC 5546 4.2.9 itself writes ";mailto:" for ":mailto:"
		return ":" + s, "semicolon before mailto taken for a colon", nil
	case name == "THISANDFUTURE": // RFC 5546 4.4.5
		p.Params = append(p.Params, Param{Name: "RANGE", Values: []string{name}})
		return s[n:], "THISANDFUTURE taken for RANGE=THISANDFUTURE", nil
	case n == 0 && (strings.HasPrefix(s, ":") || strings.HasPrefix(s, ";")):
		return s, "empty parameter removed", nil
	case n > 0 && n < len(s) && (s[n] == ':' || s[n] == ';'):
		p.Params = append(p.Params, Param{Name: name, Values: []string{""}})
		return s[n:], "parameter without value", nil
	}
	return "", "", errors.New("bad parameter")
}

// paramValue reads one value of a parameter, quoted or not. Text after a closing quote belongs to it
// (CN="Doe" John), a quote that never closes is an ordinary character.
func paramValue(s string) (value, rest string) {
	quoted := ""
	if strings.HasPrefix(s, `"`) {
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			quoted, s = s[1:end+1], s[end+2:]
		}
	}
	end := strings.IndexAny(s, ",;:")
	if end < 0 {
		end = len(s)
	}
	return decodeParam(quoted + s[:end]), s[end:]
}

var paramDecoder = strings.NewReplacer("^n", "\n", "^N", "\n", "^^", "^", "^'", `"`)
var paramEncoder = strings.NewReplacer("^", "^^", "\r\n", "^n", "\n", "^n", `"`, "^'")

// decodeParam resolves the circumflex escapes of RFC 6868; what is none stays as it is.
func decodeParam(s string) string {
	if !strings.Contains(s, "^") {
		return s
	}
	return paramDecoder.Replace(s)
}

// encodeParam writes a value with RFC 6868 and in quotes where it has to be.
func encodeParam(s string) string {
	if strings.ContainsAny(s, "^\"\n\r") {
		s = paramEncoder.Replace(s)
	}
	if strings.ContainsAny(s, ",;:") {
		return `"` + s + `"`
	}
	return s
}

// tokenLen is the length of the name at the beginning of s. Dots, slashes and underscores are no name
// characters, but X-WR_CALNAME and the like exist.
func tokenLen(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && strings.IndexByte("-_./", s[i]) < 0 {
			return i
		}
	}
	return len(s)
}
