package message

import "strings"

// mediaType is the type a header declares, or fallback where it declares nothing valid.
func mediaType(h Header, fallback string) string {
	t := token(h.Get("Content-Type"))
	main, sub, ok := strings.Cut(t, "/")
	if !ok || !validName(main) || !validName(sub) {
		return fallback
	}
	return t
}

// token is the first word of a structured value, in lower case.
func token(value string) string {
	if i := strings.IndexAny(value, ";( \t,"); i >= 0 {
		value = value[:i]
	}
	return strings.ToLower(value)
}

// rawParam is a parameter as it is written, quotes taken off; RFC 2231 pieces are joined.
func rawParam(value, name string) string {
	for n, v := range params(value) {
		if len(n) == len(name) && strings.EqualFold(n, name) {
			return v
		}
	}
	return extended(value, name)
}

// param is a parameter in UTF-8. The RFC 2231 form goes before the plain one, which is there for readers that
// do not know it (RFC 6266 4.3).
func param(value, name string) string {
	if value == "" {
		return ""
	}
	if strings.Contains(value, "*") {
		if v := extended(value, name); v != "" {
			return v
		}
	}
	return decodeWords(rawParam(value, name))
}

// params goes through the parameters of a structured value. It takes what it meets in mail: missing quotes, a
// stray semicolon, comments. Of two of the same name whoever asks takes the first.
func params(value string) func(yield func(name, v string) bool) {
	return func(yield func(name, v string) bool) {
		_, rest := item(value)
		for rest != "" {
			var s string
			s, rest = item(rest)
			name, v, ok := strings.Cut(s, "=")
			if !ok {
				continue
			}
			name = strings.TrimSpace(name)
			if !yield(name, paramValue(name, strings.TrimSpace(v))) {
				return
			}
		}
	}
}

// item cuts at the first semicolon outside of quotes.
func item(s string) (first, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// paramValue takes off quotes, or what follows an unquoted word. File names are often written with spaces and
// without quotes.
func paramValue(name, v string) string {
	if strings.HasPrefix(v, `"`) {
		return unquote(v[1:])
	}
	if strings.HasPrefix(strings.ToLower(name), "name") || strings.HasPrefix(strings.ToLower(name), "filename") {
		return v
	}
	if i := strings.IndexAny(v, " \t("); i >= 0 {
		v = v[:i]
	}
	return v
}

// unquote reads up to the closing quote. A backslash before anything but a quote or a backslash stays: some
// write Windows paths into file names.
func unquote(s string) string {
	end := strings.IndexAny(s, `"\`)
	if end < 0 {
		return s
	}
	if s[end] == '"' {
		return s[:end]
	}
	var b strings.Builder
	for i := 0; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
