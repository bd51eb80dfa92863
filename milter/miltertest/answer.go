package miltertest

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Answer is what a filter says to a command.
type Answer struct {
	Code byte   // c continue, a accept, d discard, r reject, t tempfail, y reply, s skip
	SMTP int    // the code the client would read
	Text string // the reply, its lines separated by \r\n, percent signs no longer doubled
}

// Refused tells whether the command was refused.
func (a Answer) Refused() bool { return a.SMTP >= 400 }

func (a Answer) String() string {
	if a.Text != "" {
		return a.Text
	}
	return fmt.Sprintf("%d (%c)", a.SMTP, a.Code)
}

// readAnswer is as strict as Postfix: a reply that is no 4xx or 5xx is an error of the filter.
func readAnswer(code byte, data []byte) (Answer, error) {
	switch code {
	case 'c', 'a', 'd', 's':
		return Answer{Code: code, SMTP: 250}, nil
	case 'r':
		return Answer{code, 550, "550 5.7.1 Command rejected"}, nil
	case 't':
		return Answer{code, 451, "451 4.7.1 Service unavailable - try again later"}, nil
	case 'y':
		text := strings.TrimSuffix(string(data), "\x00")
		smtp, err := checkReply(text)
		return Answer{code, smtp, strings.ReplaceAll(text, "%%", "%")}, err
	}
	return Answer{}, fmt.Errorf("answer %q", code)
}

func checkReply(text string) (smtp int, err error) {
	lines := strings.Split(text, "\r\n")
	for i, line := range lines {
		if len(line) < 10 || (line[0] != '4' && line[0] != '5') || line[4] != line[0] || line[:3] != lines[0][:3] {
			return 0, fmt.Errorf("malformed reply %q", line)
		}
		if (line[3] == ' ') != (i == len(lines)-1) || (line[3] != ' ' && line[3] != '-') || len(line) > 980 {
			return 0, fmt.Errorf("malformed reply %q", line)
		}
		if strings.Contains(strings.ReplaceAll(line, "%%", ""), "%") || strings.ContainsAny(line, "\r\n\x00") {
			return 0, fmt.Errorf("malformed reply %q", line)
		}
	}
	return strconv.Atoi(text[:3])
}

// Action is one thing a filter wants done at the end of a message.
type Action struct {
	Code  byte   // + add, 2 add with arguments, - delete, e sender, m change, i insert, h add header, b body, q quarantine
	Index int    // of a header field
	Name  string // of a header field; or an address with its brackets; or the reason of a quarantine
	Value string // of a header field; or ESMTP arguments
	Body  []byte
}

func (a Action) String() string {
	switch a.Code {
	case 'm', 'i':
		return fmt.Sprintf("%c %d %s:%s", a.Code, a.Index, a.Name, a.Value)
	case 'h':
		return fmt.Sprintf("h %s:%s", a.Name, a.Value)
	case 'b':
		return fmt.Sprintf("b %d bytes", len(a.Body))
	}
	return strings.TrimSpace(fmt.Sprintf("%c %s %s", a.Code, a.Name, a.Value))
}

func readAction(code byte, data []byte) (Action, bool) {
	a := Action{Code: code}
	switch code {
	case 'b':
		a.Body = data
		return a, true
	case 'm', 'i':
		if len(data) < 4 {
			return a, false
		}
		a.Index, data = int(binary.BigEndian.Uint32(data)), data[4:]
	case '+', '2', '-', 'e', 'h', 'q':
	default:
		return a, false
	}
	parts := strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
	a.Name = parts[0]
	a.Value = strings.Join(parts[1:], " ")
	return a, true
}
