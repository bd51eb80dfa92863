package doctor

import "strings"

// Bounds of an expansion: settings may name each other, and in circles.
const (
	maxDepth = 20
	maxValue = 64 << 10
)

// expand puts in what $name, ${name}, $(name), ${name?text} and ${name:text} stand for (postconf(5)). What is not
// understood, such as comparisons, stays as it is.
func expand(text string, lookup func(string) (string, bool)) string {
	left := maxValue
	return expandAt(text, lookup, 0, &left)
}

func expandAt(text string, lookup func(string) (string, bool), depth int, left *int) string {
	if depth > maxDepth {
		return ""
	}
	var b strings.Builder
	for text != "" && *left > 0 {
		dollar := strings.IndexByte(text, '$')
		if dollar < 0 {
			dollar = len(text)
		}
		plain := text[:min(dollar, *left)]
		b.WriteString(plain)
		*left -= len(plain)
		if dollar == len(text) {
			break
		}
		var put string
		put, text = reference(text[dollar+1:], lookup, depth, left)
		b.WriteString(put)
	}
	return b.String()
}

// reference reads what follows a $ and gives what it stands for, and the rest.
func reference(text string, lookup func(string) (string, bool), depth int, left *int) (put, rest string) {
	if strings.HasPrefix(text, "$") {
		return "$", text[1:]
	}
	inner, rest, ok := reach(text)
	if !ok {
		return "$", text
	}
	n := 0
	for n < len(inner) && isName(inner[n]) {
		n++
	}
	name, more := inner[:n], strings.TrimSpace(inner[n:])
	if name == "" {
		return "${" + inner + "}", rest
	}
	value, _ := lookup(name)
	switch {
	case more == "":
		return expandAt(value, lookup, depth+1, left), rest
	case more[0] == '?':
		then, otherwise := branches(more[1:])
		if value == "" {
			then = otherwise
		}
		return expandAt(then, lookup, depth+1, left), rest
	case more[0] == ':':
		then, _ := branches(more[1:])
		if value != "" {
			then = value
		}
		return expandAt(then, lookup, depth+1, left), rest
	}
	return "${" + inner + "}", rest
}

// reach is how far a reference goes: a name, or what stands in brackets.
func reach(text string) (inner, rest string, ok bool) {
	if text != "" && (text[0] == '{' || text[0] == '(') {
		end := closing(text)
		if end < 0 {
			return "", "", false
		}
		return text[1:end], text[end+1:], true
	}
	n := 0
	for n < len(text) && isName(text[n]) {
		n++
	}
	return text[:n], text[n:], n > 0
}

// closing is where the bracket at the front is closed; -1: nowhere.
func closing(text string) int {
	open, shut := text[0], byte('}')
	if open == '(' {
		shut = ')'
	}
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// branches reads text, or {text}:{text}.
func branches(text string) (then, otherwise string) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		return text, ""
	}
	end := closing(text)
	if end < 0 {
		return text, ""
	}
	then, text = strings.TrimSpace(text[1:end]), strings.TrimSpace(text[end+1:])
	if text, ok := strings.CutPrefix(text, ":"); ok {
		otherwise, _ = branches(text)
	}
	return then, otherwise
}

func isName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
