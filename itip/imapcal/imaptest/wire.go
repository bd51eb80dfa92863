package imaptest

import (
	"strconv"
	"strings"
)

// split gives tag and name of a command, UID being part of the name; no name is no command.
func split(line []byte) (tag, name string) {
	words := strings.Fields(string(line))
	if len(words) < 2 {
		return "", ""
	}
	name = strings.ToUpper(words[1])
	if name == "UID" && len(words) > 2 {
		name += " " + strings.ToUpper(words[2])
	}
	return words[0], name
}

// literal reads the announcement of a literal at the end of a line: {12}, or {12+} whose sender does not wait.
func literal(line []byte) (size int64, waits, ok bool) {
	s := strings.TrimRight(string(line), "\r\n")
	at := strings.LastIndexByte(s, '{')
	if at < 0 || !strings.HasSuffix(s, "}") {
		return 0, false, false
	}
	digits := s[at+1 : len(s)-1]
	digits, plus := strings.CutSuffix(digits, "+")
	size, err := strconv.ParseInt(digits, 10, 64)
	return size, !plus, err == nil && size >= 0
}
