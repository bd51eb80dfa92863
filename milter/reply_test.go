package milter

import (
	"strings"
	"testing"
	"unicode/utf8"

	"usher/milter/filter"
)

func TestSMTPReply(t *testing.T) {
	long := strings.Repeat("word ", 100)
	tests := []struct {
		name string
		r    filter.Refusal
		utf8 bool
		want string
	}{
		{"plain", filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "No"}, false, "550 5.7.1 No"},
		{"temporary", filter.Refusal{Code: 451, Enhanced: "4.3.0", Text: "Later"}, false, "451 4.3.0 Later"},
		{"no enhanced code", filter.Refusal{Code: 452, Text: "Full"}, false, "452 4.7.1 Full"},
		{"wrong class", filter.Refusal{Code: 450, Enhanced: "5.1.1", Text: "x"}, false, "450 4.1.1 x"},
		{"enhanced code is junk", filter.Refusal{Code: 550, Enhanced: "5.1.1.1\r\n", Text: "x"}, false, "550 5.7.1 x"},
		{"enhanced code is a word", filter.Refusal{Code: 550, Enhanced: "5.a.1", Text: "x"}, false, "550 5.7.1 x"},
		{"three digits", filter.Refusal{Code: 550, Enhanced: "5.1.123", Text: "x"}, false, "550 5.1.123 x"},
		{"success is no refusal", filter.Refusal{Code: 250, Enhanced: "2.0.0", Text: "fine"}, false, "451 4.3.0 fine"},
		{"beyond", filter.Refusal{Code: 600, Text: "x"}, false, "451 4.3.0 x"},
		{"two lines", filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "a\nb"}, false, "550-5.7.1 a\r\n550 5.7.1 b"},
		{"CRLF and empty lines", filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "a\r\n\r\n\nb\n"}, false, "550-5.7.1 a\r\n550 5.7.1 b"},
		{"no text", filter.Refusal{Code: 550}, false, "550 5.7.1 Not accepted"},
		{"no text, temporary", filter.Refusal{Code: 450}, false, "450 4.7.1 Please try again later"},
		{"percent", filter.Refusal{Code: 550, Text: "100% %s"}, false, "550 5.7.1 100%% %%s"},
		{"control characters", filter.Refusal{Code: 550, Text: "a\x00b\x1b[0m\tc\rd"}, false, "550 5.7.1 ab[0m cd"},
		{"umlaut", filter.Refusal{Code: 550, Text: "für"}, false, "550 5.7.1 f?r"},
		{"umlaut with SMTPUTF8", filter.Refusal{Code: 550, Text: "für"}, true, "550 5.7.1 für"},
		{"not UTF-8", filter.Refusal{Code: 550, Text: "f\xfcr"}, true, "550 5.7.1 f?r"},
		{"long", filter.Refusal{Code: 550, Text: long}, false,
			"550-5.7.1 " + strings.TrimSpace(long[:400]) + "\r\n550 5.7.1 " + strings.TrimSpace(long[400:])},
		{"long without a space", filter.Refusal{Code: 550, Text: strings.Repeat("x", 500)}, false,
			"550-5.7.1 " + strings.Repeat("x", 400) + "\r\n550 5.7.1 " + strings.Repeat("x", 100)},
	}
	for _, tt := range tests {
		if got := smtpReply(&tt.r, tt.utf8); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzSMTPReply holds that every reply is one Postfix takes.
func FuzzSMTPReply(f *testing.F) {
	f.Add(550, "5.7.1", "No\nnever %", false)
	f.Add(250, "", "\x00\xff", true)
	f.Add(451, "4.4", strings.Repeat("ü", 300), true)
	f.Fuzz(func(t *testing.T, code int, enhanced, text string, utf bool) {
		reply := smtpReply(&filter.Refusal{Code: code, Enhanced: enhanced, Text: text}, utf)
		lines := strings.Split(reply, "\r\n")
		if len(lines) > maxReplyLines {
			t.Fatalf("%d lines", len(lines))
		}
		for i, line := range lines {
			class, last := line[0], i == len(lines)-1
			switch {
			case class != '4' && class != '5', line[4] != class, line[:3] != lines[0][:3], (line[3] == ' ') != last:
				t.Fatalf("malformed %q", line)
			case strings.ContainsAny(line, "\r\n\x00"), strings.Contains(strings.ReplaceAll(line, "%%", ""), "%"):
				t.Fatalf("dangerous %q", line)
			case !utf8.ValidString(line), len(strings.ReplaceAll(line, "%%", "%")) > 510:
				t.Fatalf("unreadable %q", line)
			}
		}
	})
}
