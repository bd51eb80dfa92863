package imip

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/milter/message"
)

func TestMessageID(t *testing.T) {
	for _, bad := range []string{"", "<>", "x@y", "<a b@c>", "<a\r\nBcc: x>", "<ä@b>", "<a@b><c@d>", "<" + strings.Repeat("a", 300) + ">"} {
		if got := messageID(bad); got != "" {
			t.Errorf("messageID(%q) = %q; want none", bad, got)
		}
	}
	if got := messageID("<a@b>"); got != "<a@b>" {
		t.Errorf("messageID(<a@b>) = %q", got)
	}
}

func TestThread(t *testing.T) {
	var long []string
	for i := range 100 {
		long = append(long, fmt.Sprintf("<%d@x>", i))
	}
	kept := strings.Join(slices.Concat(long[:1], long[82:], []string{"<m@x>"}), " ")
	tests := []struct{ name, header, want string }{
		{"a first mail", "Message-ID: <m@x>", "<m@x> / <m@x>"},
		{"no Message-ID", "References: <a@x>", ""},
		{"no Message-ID worth the name", "Message-ID: me\nReferences: <a@x>", ""},
		{"an answer", "Message-ID: <m@x>\nIn-Reply-To: <b@x>\nReferences: <a@x>\n\t<b@x>", "<m@x> / <a@x> <b@x> <m@x>"},
		{"In-Reply-To alone", "Message-ID: <m@x>\nIn-Reply-To: <b@x>", "<m@x> / <b@x> <m@x>"},
		{"In-Reply-To of two", "Message-ID: <m@x>\nIn-Reply-To: <a@x> <b@x>", "<m@x> / <m@x>"},
		{"what is no Message-ID is left out", "Message-ID: <m@x>\nReferences: <a@x><b@x> =?utf-8?q?x?= <c <d@x>", "<m@x> / <a@x> <b@x> <d@x> <m@x>"},
		{"itself among them", "Message-ID: <m@x>\nReferences: <m@x> <a@x>", "<m@x> / <a@x> <m@x>"},
		{"a long thread", "Message-ID: <m@x>\nReferences: " + strings.Join(long, "\n "), "<m@x> / " + kept},
	}
	for _, tt := range tests {
		var h message.Header = thread(letter(t, tt.header+"\n\n").Header)
		got := strings.TrimPrefix(h.Get("In-Reply-To")+" / "+h.Get("References"), " / ")
		if got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
	if n := len(strings.Fields(kept)); n != maxThread {
		t.Errorf("%d of a long thread; want %d", n, maxThread)
	}
}
