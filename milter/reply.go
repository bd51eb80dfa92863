package milter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/filter"
)

const (
	maxReplyLine  = 400 // of text; RFC 5321 4.5.3.1.5 allows 512 with code and line end
	maxReplyLines = 20  // libmilter takes 32
)

// refusalAnswer makes a refusal an answer of the milter protocol.
func refusalAnswer(r *filter.Refusal, allowUTF8 bool) *answer {
	return &answer{gomilter.Message{Code: byte(gomilter.ActReplyCode), Data: []byte(smtpReply(r, allowUTF8) + "\x00")}}
}

// smtpReply writes a refusal as mail servers want to read it: each line with code and enhanced code, 4xx or 5xx only,
// both of one class (Postfix answers anything else with 451 4.3.5 for the rest of the SMTP session), percent
// signs doubled, nothing that is not printable. UTF-8 is for clients that said SMTPUTF8 (RFC 6531 3.7.4.2).
func smtpReply(r *filter.Refusal, allowUTF8 bool) string {
	code, enhanced := codes(r)
	lines := replyLines(r.Text, allowUTF8)
	if len(lines) == 0 {
		lines = []string{defaultText(code)}
	}
	var b strings.Builder
	for i, line := range lines {
		between := "-"
		if i == len(lines)-1 {
			between = " "
		}
		if i > 0 {
			b.WriteString("\r\n")
		}
		fmt.Fprintf(&b, "%d%s%s %s", code, between, enhanced, strings.ReplaceAll(line, "%", "%%"))
	}
	return b.String()
}

// codes corrects what would not be understood; a code that is no refusal becomes a temporary one.
func codes(r *filter.Refusal) (code int, enhanced string) {
	code = r.Code
	if code < 400 || code > 599 {
		return 451, "4.3.0"
	}
	class := fmt.Sprint(code / 100)
	_, rest, ok := strings.Cut(r.Enhanced, ".")
	if !ok || len(r.Enhanced)-len(rest) != 2 || !isDetail(rest) {
		return code, class + ".7.1"
	}
	return code, class + "." + rest
}

// isDetail tells whether s is subject.detail of RFC 3463 2.
func isDetail(s string) bool {
	subject, detail, ok := strings.Cut(s, ".")
	return ok && isShortNumber(subject) && isShortNumber(detail)
}

func isShortNumber(s string) bool {
	return len(s) >= 1 && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

func defaultText(code int) string {
	if code/100 == 4 {
		return "Please try again later"
	}
	return "Not accepted"
}

func replyLines(text string, allowUTF8 bool) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = printable(line, allowUTF8)
		for line != "" && len(lines) < maxReplyLines {
			var head string
			head, line = splitLine(line)
			lines = append(lines, head)
		}
	}
	return lines
}

func printable(line string, allowUTF8 bool) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == utf8.RuneError, r >= utf8.RuneSelf && (!allowUTF8 || !unicode.IsPrint(r)):
			return '?'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, line))
}

// splitLine cuts at a space if there is one, never within a character.
func splitLine(line string) (head, rest string) {
	if len(line) <= maxReplyLine {
		return line, ""
	}
	at := strings.LastIndexByte(line[:maxReplyLine+1], ' ')
	if at <= 0 {
		at = maxReplyLine
		for !utf8.RuneStart(line[at]) {
			at--
		}
	}
	return strings.TrimSpace(line[:at]), strings.TrimSpace(line[at:])
}

// oneLine is text that may become part of a header or a log on the other side.
func oneLine(s string) string {
	return strings.Join(replyLines(s, false), " ")
}
