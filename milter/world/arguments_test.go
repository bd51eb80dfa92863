package world

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
)

func TestNotify(t *testing.T) {
	tests := []struct {
		in   string
		want []smtp.DSNNotify
	}{
		{"NEVER", []smtp.DSNNotify{"NEVER"}},
		{"success,Delay,FAILURE", []smtp.DSNNotify{"SUCCESS", "DELAY", "FAILURE"}},
		{"NEVER,DELAY", nil}, {"DELAY,DELAY", nil}, {"SOMETIMES", nil}, {"", nil}, {"DELAY,", nil},
	}
	for _, tt := range tests {
		if got := notify(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("notify(%q) = %v; want %v", tt.in, got, tt.want)
		}
	}
}

func TestOriginal(t *testing.T) {
	tests := []struct {
		in   string
		kind smtp.DSNAddressType
		want string
	}{
		{"rfc822;a@b.example", "RFC822", "a@b.example"},
		{"RFC822;a+2Bb+40c@d.example", "RFC822", "a+b@c@d.example"},
		{"utf-8;j\u00f6rg@example.org", "UTF-8", "j\u00f6rg@example.org"},
		{`utf-8;j\x{F6}rg\x{2B}x@example.org`, "UTF-8", "j\u00f6rg+x@example.org"},
		{"rfc822;a+2", "", ""}, {"rfc822;a+", "", ""}, {"rfc822;a+0D+0ARCPT", "", ""}, {"rfc822;+zz", "", ""}, {"rfc822;++1", "", ""},
		{"rfc822;j\u00f6rg", "", ""}, {"rfc822;", "", ""}, {"rfc822", "", ""}, {"x400;/c=de", "", ""},
		{`utf-8;\x{110000}`, "", ""}, {`utf-8;\x{D800}`, "", ""}, {`utf-8;\x{41`, "", ""}, {`utf-8;\x{A}`, "", ""}, {"utf-8;\xff", "", ""}, {"utf-8;", "", ""},
	}
	for _, tt := range tests {
		if kind, got := original(tt.in); kind != tt.kind || got != tt.want {
			t.Errorf("original(%q) = %q, %q; want %q, %q", tt.in, kind, got, tt.kind, tt.want)
		}
	}
}

// Whatever a client said, nothing of it breaks out of its argument or makes go-smtp refuse the recipient.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"NOTIFY=NEVER", "ORCPT=rfc822;a+40b", `ORCPT=utf-8;\x{F6}@b`, "ENVID=+20", "RET=FULL", "=", "ORCPT=;", "NOTIFY=,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		r := rcptOptions([]string{arg})
		m := mailOptions(Envelope{FromArgs: []string{arg}}, true)
		for _, s := range []string{r.OriginalRecipient, m.EnvelopeID} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%q decodes to %q", arg, s)
			}
		}
		if r.OriginalRecipientType == smtp.DSNAddressTypeRFC822 && !isASCII(r.OriginalRecipient) {
			t.Errorf("%q decodes to %q", arg, r.OriginalRecipient)
		}
		if (r.OriginalRecipient == "") != (r.OriginalRecipientType == "") {
			t.Errorf("%q: type %q of %q", arg, r.OriginalRecipientType, r.OriginalRecipient)
		}
		if slices.Contains(r.Notify, smtp.DSNNotifyNever) && len(r.Notify) > 1 {
			t.Errorf("%q: %v", arg, r.Notify)
		}
	})
}
