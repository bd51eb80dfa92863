package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// unreadable finds what the YAML reader refuses without saying where.
func unreadable(text []byte) (line int, what string) {
	if len(text) > maxBytes {
		return 1, fmt.Sprintf("longer than %d bytes", maxBytes)
	}
	line = 1
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return line, "not UTF-8"
		case r == '\n':
			line++
		case unicode.IsControl(r) && r != '\t' && r != '\r' && r != '\u0085':
			return line, fmt.Sprintf("control character %U", r)
		}
		i += n
	}
	return 0, ""
}

// syntax is where YAML itself is broken.
func syntax(err error) (place, string) {
	var broken *yaml.LoadError
	if !errors.As(err, &broken) {
		return place{line: 1, column: 1}, "not YAML: " + err.Error()
	}
	at := broken.Mark
	if begin := broken.ContextMark; begin.Line > 0 && begin.Line < at.Line {
		// The reader notices an open bracket or quote at the end; the one to mend is where it began.
		at = begin
	}
	return place{line: max(1, at.Line), column: max(1, at.Column)}, "not YAML: " + inWords(broken)
}

// inWords says what the reader's message means where it helps little.
func inWords(broken *yaml.LoadError) string {
	switch text := strings.TrimPrefix(broken.Message, "yaml: "); {
	case strings.Contains(text, "mapping values are not allowed"):
		return "a second \": \" in one line, or a line indented too far: quote the value, or align the keys"
	case strings.Contains(text, "cannot start any token"):
		return "a value begins with a character that needs quotes, or the line is indented by a tab: use spaces"
	case strings.Contains(broken.ContextMsg, "flow"):
		return "a bracket is not closed, or a comma is missing"
	case strings.Contains(broken.ContextMsg, "quoted scalar"):
		return "a quote is not closed"
	case broken.ContextMsg != "":
		return broken.ContextMsg + ": " + text
	default:
		return text
	}
}
