package message

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// partWith is the root of a mail with this header and body.
func partWith(header, body string) *Part { return eml(header + "\n\n" + body).Root() }

func TestParam(t *testing.T) {
	tests := []struct{ name, contentType, param, want string }{
		{"plain", "text/plain; charset=utf-8", "charset", "utf-8"},
		{"case and spaces", "text/plain ;CharSet = UTF-8 ; x=y", "charset", "UTF-8"},
		{"quoted", `text/plain; name="a; b=\"c\".txt"`, "name", `a; b="c".txt`},
		{"Windows path", `text/plain; name="C:\temp\x.txt"`, "name", `C:\temp\x.txt`},
		{"quote never closed", `text/plain; name="abc`, "name", "abc"},
		{"no quotes", "text/plain; name=my file (1).txt; x=y", "name", "my file (1).txt"},
		{"comment", "text/plain; charset=us-ascii (Plain text)", "charset", "us-ascii"},
		{"stray semicolons", "text/plain;; ;charset=a;", "charset", "a"},
		{"first of two", "text/plain; charset=a; charset=b", "charset", "a"},
		{"not there", "text/plain; charset=a", "name", ""},
		{"no parameters", "text/plain", "name", ""},
		{"rfc2231", "text/plain; name*=utf-8'de'Gr%C3%BC%C3%9Fe.txt", "name", "Grüße.txt"},
		{"rfc2231 latin1", "text/plain; name*=iso-8859-1''Gr%FC%DFe.txt", "name", "Grüße.txt"},
		{"rfc2231 pieces", `text/plain; name*1="b c"; name*0*=utf-8''%C3%BC; name*2*=%21`, "name", "üb c!"},
		{"rfc2231 character cut in two", `text/plain; name*0*=utf-8''%C3; name*1*=%BC`, "name", "ü"},
		{"rfc2231 gap", `text/plain; name*0=a; name*2=c`, "name", "a"},
		{"rfc2231 before plain", `text/plain; name="?"; name*=utf-8''%C3%BC`, "name", "ü"},
		{"rfc2231 unknown charset", `text/plain; name*=x-none''a%20b`, "name", "a b"},
		{"rfc2231 without charset", `text/plain; name*=a%20b%`, "name", "a b%"},
		{"rfc2047 as many write it", `text/plain; name="=?utf-8?q?Gr=C3=BC=C3=9Fe?="`, "name", "Grüße"},
		{"8-bit", `text/plain; name="Grüße"`, "name", "Grüße"},
		{"huge number", `text/plain; name*99999999999999999999=a; name*1000=b`, "name", ""},
	}
	for _, tt := range tests {
		if got := partWith("Content-Type: "+tt.contentType, "").Param(tt.param); got != tt.want {
			t.Errorf("%s: Param(%s) = %q; want %q", tt.name, tt.param, got, tt.want)
		}
	}
}

func TestDispositionEncodingCharset(t *testing.T) {
	tests := []struct {
		header                        string
		kind, file, encoding, charset string
	}{
		{"X: y", "", "", "7bit", "us-ascii"},
		{"Content-Disposition: ATTACHMENT; filename=a.pdf", "attachment", "a.pdf", "7bit", "us-ascii"},
		{"Content-Disposition: inline\nContent-Type: text/plain; name=b.txt; charset='UTF-8'", "inline", "b.txt", "7bit", "utf-8"},
		{"Content-Transfer-Encoding: Base64 (x)", "", "", "base64", "us-ascii"},
		{"Content-Transfer-Encoding:quoted-printable;", "", "", "quoted-printable", "us-ascii"},
	}
	for _, tt := range tests {
		p := partWith(tt.header, "")
		kind, file := p.Disposition()
		if kind != tt.kind || file != tt.file || p.Encoding() != tt.encoding || p.Charset() != tt.charset {
			t.Errorf("%s: %q %q %q %q", tt.header, kind, file, p.Encoding(), p.Charset())
		}
	}
}

func TestText(t *testing.T) {
	mails := corpus(t)
	tests := []struct{ mail, want string }{
		{"02-plain-latin1-qp.eml", "Grüße aus Zürich."},
		{"03-plain-utf8-b64.eml", "Привет, Боб!"},
		{"26-iso2022jp.eml", "日本語のメールです。"},
		{"27-html-utf16-b64.eml", "<html><body><p>Ünïcode</p></body></html>"},
		{"28-mislabelled-8bit.eml", "Grüße (latin1"},
		{"18-reply-outlook-header-block.eml", "„Zitat“"},
		{"06-html-fake-body-close-qp.eml", "<body><!-- </body> in a comment -->"},
	}
	for _, tt := range tests {
		if got, err := parse(mails[tt.mail]).Root().Text(1 << 20); err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, %v", tt.mail, got, err)
		}
	}
}

func TestTextOfStrangeCharsets(t *testing.T) {
	if _, err := partWith("Content-Type: text/plain; charset=x-klingon", "x").Text(10); !errors.Is(err, ErrCharset) {
		t.Errorf("unknown charset: %v", err)
	}
	for _, tt := range []struct{ charset, body, want string }{
		{"us-ascii", "ü", "ü"},
		{"us-ascii", "\x80", "€"},
		{"utf-8", "a\xffb", "a\uFFFDb"},
		{"UTF8", "ü", "ü"},
		{"gb2312", "\xc4\xe3", "你"},
		{"windows-1251", "\xcf", "П"},
	} {
		if got, err := partWith("Content-Type: text/plain; charset="+tt.charset, tt.body).Text(10); err != nil || got != tt.want {
			t.Errorf("%s %q: %q, %v; want %q", tt.charset, tt.body, got, err, tt.want)
		}
	}
}

func TestBytesLimit(t *testing.T) {
	p := partWith("Content-Transfer-Encoding: base64", "QUJD")
	if b, err := p.Bytes(3); err != nil || string(b) != "ABC" {
		t.Errorf("limit of 3: %q, %v", b, err)
	}
	if _, err := p.Bytes(2); !errors.Is(err, ErrTooLarge) {
		t.Errorf("limit of 2: %v", err)
	}
	if _, err := p.Text(2); !errors.Is(err, ErrTooLarge) {
		t.Errorf("text with a limit of 2: %v", err)
	}
}

func TestReadErrorsAreTold(t *testing.T) {
	for _, encoding := range []string{"7bit", "base64", "quoted-printable"} {
		m := New(Header{NewField("Content-Transfer-Encoding", encoding)}, failing{})
		if _, err := m.Root().Bytes(1000); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", encoding, err)
		}
		if _, err := m.WriteTo(io.Discard); !errors.Is(err, errDisk) {
			t.Errorf("%s: written with %v", encoding, err)
		}
	}
}

func TestEncodeText(t *testing.T) {
	for _, tt := range []struct {
		text, charset, want string
		ok                  bool
	}{
		{"Grüße", "iso-8859-1", "Gr\xfc\xdfe", true},
		{"Grüße", "UTF-8", "Grüße", true},
		{"株式", "iso-8859-1", "", false},
		{"abc", "us-ascii", "abc", true},
		{"ü", "us-ascii", "", false},
		{"日本", "iso-2022-jp", "\x1b$BF|K\\\x1b(B", true},
		{"x", "x-klingon", "", false},
	} {
		got, err := EncodeText(tt.text, tt.charset)
		if string(got) != tt.want || tt.ok != (err == nil) || err != nil && !errors.Is(err, ErrCharset) {
			t.Errorf("EncodeText(%q, %s) = %q, %v", tt.text, tt.charset, got, err)
		}
	}
}
