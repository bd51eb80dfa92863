package message

import (
	"strings"
	"testing"
)

func TestNewFieldNeutralisesInjection(t *testing.T) {
	tests := []struct{ name, value, wantName, wantValue string }{
		{"Subject", "a\r\nBcc: victim@example.org", "Subject", "a Bcc: victim@example.org"},
		{"Subject", "a\nb\rc\x00d", "Subject", "a b c d"},
		{"Subject", "a\r\n\r\nbody", "Subject", "a  body"},
		{"Sub ject:\r\nX", "v", "SubjectX", "v"},
		{"\r\n", "v", "X-Unnamed", "v"},
		{"Sübject", "v", "Sbject", "v"},
	}
	for _, tt := range tests {
		f := NewField(tt.name, tt.value)
		if f.Name != tt.wantName || f.Value() != tt.wantValue || f.Origin != 0 {
			t.Errorf("NewField(%q, %q) = %q: %q", tt.name, tt.value, f.Name, f.Value())
		}
	}
}

func TestNewFieldFolds(t *testing.T) {
	value := strings.TrimSpace(strings.Repeat("<0123456789@mail.example.org> ", 12)) + "   " + strings.Repeat("x", 200) + " end"
	f := NewField("References", value)
	if f.Value() != value {
		t.Errorf("folding changed the value to %q", f.Value())
	}
	for i, line := range strings.Split("References:"+f.Raw, "\r\n") {
		if len(line) > lineLength && !strings.Contains(line, "xxx") {
			t.Errorf("line %d has %d bytes", i, len(line))
		}
		if strings.TrimSpace(line) == "" {
			t.Errorf("line %d is white space alone", i)
		}
	}
	if f := NewField("X", "short"); f.Raw != " short" {
		t.Errorf("Raw = %q", f.Raw)
	}
}

func TestNewFieldEncodes(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"Subject", "plain", " plain"},
		{"Subject", "=?utf-8?q?kept?=", " =?utf-8?q?kept?="},
		{"Subject", "Re: Grüße aus Zürich now", " Re: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus_Z=C3=BCrich?= now"},
		{"Subject", "株式会社", " =?utf-8?b?5qCq5byP5Lya56S+?="},
		{"From", "Jörg Müller <j@example.org>, b@example.org",
			" =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <j@example.org>, <b@example.org>"},
		{"To", "jörg@example.org", " <jörg@example.org>"},
		{"To", "not ä list <", " not ä list <"},
		{"Content-Disposition", `attachment; filename="ü.pdf"`, " attachment; filename*=utf-8''%C3%BC.pdf"},
		{"Content-Type", `not ä type`, " not ä type"},
	}
	for _, tt := range tests {
		if got := NewField(tt.name, tt.value).Raw; got != tt.want {
			t.Errorf("NewField(%s, %q).Raw = %q; want %q", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestEncodedFieldsDecodeAgain(t *testing.T) {
	for _, value := range []string{
		"Grüße", "a ü b", "ü =?utf-8?q?=41?= looks like a word", "日本語 " + strings.Repeat("テキスト ", 40) + "終",
		"tab\tü", "ü?=", "=?ü?=",
	} {
		f := NewField("Subject", value)
		if got := f.Decoded(); got != value {
			t.Errorf("Decoded = %q; want %q", got, value)
		}
		if !isASCII(f.Raw) {
			t.Errorf("%q is not ASCII", f.Raw)
		}
	}
}

func TestDecoded(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"nothing to do", "plain", "plain"},
		{"latin1", "=?ISO-8859-1?Q?Gr=FC=DFe?= an alle", "Grüße an alle"},
		{"two words", "=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
		{"two words folded", "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"},
		{"two charsets", "=?utf-8?q?=C3=BC?= =?iso-8859-1?q?=FC?=", "üü"},
		{"text between", "=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"},
		{"character cut in two", "=?utf-8?B?w7w=?= =?utf-8?B?w7zD?= =?utf-8?B?vA==?=", "üüü"},
		{"iso-2022-jp", "=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語"},
		{"language", "=?us-ascii*en?q?hi?=", "hi"},
		{"spaces inside", "=?utf-8?q?a b?=", "a b"},
		{"unknown charset stays", "=?x-klingon?q?a?= b", "=?x-klingon?q?a?= b"},
		{"unknown beside known", "=?x-klingon?q?a?= and =?utf-8?q?=C3=BC?=", "=?x-klingon?q?a?= and ü"},
		{"unknown encoding stays", "=?utf-8?z?a?=", "=?utf-8?z?a?="},
		{"never closed", "=?utf-8?q?abc", "=?utf-8?q?abc"},
		{"broken escape", "=?utf-8?q?100=?=", "100="},
		{"raw utf-8", "Grüße", "Grüße"},
		{"only the signs", "=?=", "=?="},
	}
	for _, tt := range tests {
		if got := (Field{Name: "Subject", Raw: " " + tt.raw}).Decoded(); got != tt.want {
			t.Errorf("%s: Decoded(%q) = %q; want %q", tt.name, tt.raw, got, tt.want)
		}
	}
}

func FuzzNewField(f *testing.F) {
	f.Add("Subject", "a\r\nBcc: b")
	f.Add("To", "Jörg <j@example.org>")
	f.Add("Content-Type", "text/plain; name=ü")
	f.Add("X", strings.Repeat("word ", 50))
	f.Add("Subject", "=?utf-8?q?x?= ü\t\tü")
	f.Fuzz(func(t *testing.T, name, value string) {
		field := NewField(name, value)
		field.Decoded()
		whole := field.Name + ":" + field.Raw + "\r\n\r\n"
		m := parse([]byte(whole))
		if len(m.Header) != 1 || m.Header[0].Name != field.Name || m.Body().Size() != 0 {
			t.Fatalf("%q is read as %d fields", whole, len(m.Header))
		}
		if isASCII(value) && m.Header[0].Value() != cleanValue(value) {
			t.Errorf("%q became %q", value, m.Header[0].Value())
		}
	})
}
