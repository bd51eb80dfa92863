package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBase64WithGarbage(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"clean", "QUJDREVG", "ABCDEF"},
		{"lines", "QUJD\r\nREVG\r\n", "ABCDEF"},
		{"indented", " QUJD\r\n\tREVG", "ABCDEF"},
		{"garbage", "Q!U*J-D\x00\xffREVG", "ABCDEF"},
		{"padded", "QUI=", "AB"},
		{"padding missing", "QUI", "AB"},
		{"padding twice", "QUI==", "AB"},
		{"joined", "QUI=\r\nQUI=\r\n", "ABAB"},
		{"one sign left over", "QUJDQ", "ABC"},
		{"padding alone", "====", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		for _, src := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
			if got, err := io.ReadAll(newBase64Reader(src)); err != nil || string(got) != tt.want {
				t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
			}
		}
	}
}

func TestQuotedPrintableWithGarbage(t *testing.T) {
	long := strings.Repeat("x", 3*qpBlock)
	tests := []struct{ name, in, want string }{
		{"plain", "abc", "abc"},
		{"escapes", "=41=4a=4B", "AJK"},
		{"soft break", "a=\r\nb=\nc", "abc"},
		{"soft break with spaces", "a= \t\r\nb", "ab"},
		{"soft break with two CR", "a=\r\r\nb", "ab"},
		{"soft break at the end", "a=", "a"},
		{"spaces at the end of a line", "a \t\r\nb  ", "a\r\nb"},
		{"escaped space at the end of a line", "a=20\r\nb", "a \r\nb"},
		{"no escape", "a=zz=4=", "a=zz=4"},
		{"8-bit", "\xfc=FC", "\xfc\xfc"},
		{"bare LF", "a\nb", "a\nb"},
		{"long line", long + "=41 " + long, long + "A " + long},
		{"long white space", "a" + strings.Repeat(" ", 2*qpBlock) + "b", "a" + strings.Repeat(" ", 2*qpBlock) + "b"},
	}
	for i := range 8 { // an escape wherever the block may end
		pad := strings.Repeat("x", qpBlock-i)
		tests = append(tests, struct{ name, in, want string }{"cut escape", pad + "=41=42" + pad, pad + "AB" + pad})
		tests = append(tests, struct{ name, in, want string }{"cut soft break", pad + "= \r\n" + pad, pad + pad})
	}
	for _, tt := range tests {
		for _, src := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
			if got, err := io.ReadAll(newQPReader(src)); err != nil || string(got) != tt.want {
				t.Errorf("%s: %.60q, %v; want %.60q", tt.name, got, err, tt.want)
			}
		}
	}
}

// FuzzDecode compares with the strict readers of the standard library wherever these accept the input.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("QUJD\r\nREVG=="))
	f.Add([]byte("a=20\r\nb=\r\nc = \n=zz"))
	f.Add([]byte("=?utf-8?q?=C3=BC?= =?utf-8?b?w7w=?="))
	f.Add([]byte(`text/plain; name*0*=utf-8''%C3; name*1="x\"y"; (c)`))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := io.ReadAll(newBase64Reader(bytes.NewReader(in)))
		if err != nil {
			t.Fatal(err)
		}
		if want, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(in))); err == nil && !bytes.Equal(got, want) {
			t.Errorf("base64 %q: %q; want %q", in, got, want)
		}
		got, err = io.ReadAll(newQPReader(bytes.NewReader(in)))
		if err != nil || len(got) > len(in) {
			t.Fatalf("%d bytes from %d, %v", len(got), len(in), err)
		}
		if again := decodeAll(newQPReader(bytes.NewReader(encodeQP(in)))); !bytes.Equal(again, crlf(in)) {
			t.Errorf("quoted-printable of %q decodes to %q", in, again)
		}
		if again := decodeAll(quotedprintable.NewReader(bytes.NewReader(encodeQP(in)))); !bytes.Equal(again, crlf(in)) {
			t.Errorf("the standard library decodes quoted-printable of %q to %q", in, again)
		}
		if again := decodeAll(newBase64Reader(bytes.NewReader(encodeBase64(in)))); !bytes.Equal(again, in) {
			t.Errorf("base64 of %q decodes to %q", in, again)
		}
		p := New(Header{{Name: "Content-Type", Raw: string(in)}, {Name: "Content-Disposition", Raw: string(in)}}, nil).Root()
		p.Disposition()
		p.Text(1000)
		decodeWords(string(in))
	})
}

func decodeAll(r io.Reader) []byte {
	b, _ := io.ReadAll(r)
	return b
}
