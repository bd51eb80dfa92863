package imip

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// inCharset writes a text, without its final line end, in a charset.
func inCharset(t *testing.T, text string, enc encoding.Encoding) string {
	t.Helper()
	s, err := enc.NewEncoder().String(strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// in64 is a calendar part in base64, so that nothing of it is lost in a mail of lines.
func in64(content string, params ...string) string {
	fields := strings.Join(append([]string{"text/calendar", "method=REQUEST"}, params...), "; ")
	return part(base64.StdEncoding.EncodeToString([]byte(content)), "Content-Type: "+fields, "Content-Transfer-Encoding: base64")
}

func TestTransferEncodings(t *testing.T) {
	umlaut := request("1", "SUMMARY:Frühstück = gut")
	qp := strings.NewReplacer("=", "=3D", "ü", "=C3=BC", "VERSION", "VER=\nSION").Replace(umlaut)
	with := func(e, content string) string {
		return part(content, "Content-Type: text/calendar; charset=utf-8; method=REQUEST", "Content-Transfer-Encoding: "+e)
	}
	const want = "REQUEST VEVENT 1 in / Frühstück = gut"
	readAll(t, []reading{
		{"S6047-15: base64", in64(umlaut, "charset=utf-8"), want},
		{"S6047-15: quoted-printable", with("Quoted-Printable", qp), want},
		{"S6047-15: 8bit", with("8bit", umlaut), want},
		{"S6047-15: binary", with("binary", umlaut), want},
		{"DEV-22: 8-bit in 7bit", with("7bit", umlaut), want + "\npart /: 8-bit text in a part sent as 7bit"},
		{"DEV-22: 8-bit and no word about it", cal(umlaut, "method=REQUEST"),
			want + "\npart /: 8-bit text in a part sent as 7bit\npart /: no charset, taken for UTF-8"},
		{"an encoding nobody knows", with("x-none", umlaut), want + "\npart /: transfer encoding \"x-none\" is not known, taken as it is"},
		{"uuencode, which is not read", with("x-uuencode", "begin 644 a\n#8F5G\n`\nend"),
			"part /: transfer encoding \"x-uuencode\" is not known, taken as it is\n" +
				"left alone: calendar part /: not iCalendar: line 1: BEGIN: no value"},
	})
}

func TestCharsets(t *testing.T) {
	umlaut := request("1", "SUMMARY:Frühstück")
	utf16 := func(order unicode.Endianness, bom unicode.BOMPolicy) string {
		return inCharset(t, umlaut, unicode.UTF16(order, bom))
	}
	withBOM, little, big := utf16(unicode.LittleEndian, unicode.UseBOM), utf16(unicode.LittleEndian, unicode.IgnoreBOM), utf16(unicode.BigEndian, unicode.IgnoreBOM)
	latin1 := inCharset(t, umlaut, charmap.ISO8859_1)
	const want = "REQUEST VEVENT 1 in / Frühstück"
	readAll(t, []reading{
		{"S5545-02: UTF-8", in64(umlaut, "charset=UTF-8"), want},
		{"S5545-02: utf8", in64(umlaut, "charset=utf8"), want},
		{"S5545-02: a byte order mark", in64("\xef\xbb\xbf"+umlaut, "charset=utf-8"), want + "\npart /: line 1: byte order mark removed"},
		{"S5545-02: ISO-8859-1", in64(latin1, "charset=ISO-8859-1"), want + "\npart /: charset \"iso-8859-1\" converted"},
		{"S5545-02: ISO-8859-15", in64(inCharset(t, request("1", "SUMMARY:5 €"), charmap.ISO8859_15), "charset=ISO-8859-15"),
			"REQUEST VEVENT 1 in / 5 €\npart /: charset \"iso-8859-15\" converted"},
		{"S5545-02: Windows-1250", in64(inCharset(t, request("1", "SUMMARY:Přátelé"), charmap.Windows1250), "charset=windows-1250"),
			"REQUEST VEVENT 1 in / Přátelé\npart /: charset \"windows-1250\" converted"},
		{"S5545-02: ISO-2022-JP", in64(inCharset(t, request("1", "SUMMARY:会議"), japanese.ISO2022JP), "charset=iso-2022-jp"),
			"REQUEST VEVENT 1 in / 会議\npart /: charset \"iso-2022-jp\" converted"},
		{"DEV-22: Latin-1 without a charset", in64(latin1),
			want + "\npart /: no charset, taken for UTF-8\npart /: line 9: not UTF-8, taken for Windows-1252"},
		{"DEV-22: Latin-1 that says ASCII", in64(latin1, "charset=us-ascii"), want + "\npart /: line 9: not UTF-8, taken for Windows-1252"},
		{"DEV-22: Latin-1 that says UTF-8", in64(latin1, "charset=utf-8"), want + "\npart /: line 9: not UTF-8, taken for Windows-1252"},
		{"DEV-22: UTF-8 without a charset", in64(umlaut), want + "\npart /: no charset, taken for UTF-8"},
		{"DEV-22: a fold within a character", in64(strings.ReplaceAll(umlaut, "ü", "\xc3\r\n \xbc"), "charset=utf-8"), want},
		{"DEV-22: UTF-16", in64(withBOM, "charset=UTF-16"), want + "\npart /: UTF-16 converted, charset is \"utf-16\""},
		{"DEV-22: UTF-16 that says UTF-8", in64(withBOM, "charset=utf-8"), want + "\npart /: UTF-16 converted, charset is \"utf-8\""},
		{"DEV-22: UTF-16, big", in64(big, "charset=utf-16"), want + "\npart /: UTF-16 converted, charset is \"utf-16\""},
		{"DEV-22: UTF-16 without a mark or charset", in64(little), want + "\npart /: UTF-16 converted, charset is \"us-ascii\""},
		{"DEV-22: UTF-16 in small letters", in64(strings.Replace(little, "B\x00E", "b\x00E", 1)), want + "\npart /: UTF-16 converted, charset is \"us-ascii\""},
		{"DEV-22: UTF-16 that ends within a character", in64(little + "X"), want + "\npart /: UTF-16 converted, charset is \"us-ascii\""},
		{"DEV-22: UTF-16LE after an empty line", in64("\n\x00"+little, "charset=utf-16le"), want + "\npart /: charset \"utf-16le\" converted"},
		{"DEV-22: UTF-8 that says UTF-16", in64(umlaut, "charset=utf-16"), want},
		{"a charset nobody knows", in64(umlaut, "charset=x-klingon"),
			"left alone: calendar part /: read part /: charset: \"x-klingon\" is not known"},
	})
}

func TestUntidyCalendars(t *testing.T) {
	const want = "REQUEST VEVENT 1 in / a"
	plain := request("1", "SUMMARY:a")
	crlf := strings.ReplaceAll(plain, "\n", "\r\n")
	readAll(t, []reading{
		{"DEV-22: LF", in64(plain), want},
		{"DEV-22: CRLF", in64(crlf), want},
		{"DEV-22: trailing blank lines", in64(crlf + "\r\n \r\n\r\n"), want},
		{"DEV-22: METHOD in lower case", in64(strings.Replace(plain, "METHOD:REQUEST", "method:request", 1)), want},
		{"DEV-22: a long line", in64(request("1", "DESCRIPTION:"+strings.Repeat("x", 5000), "SUMMARY:a")), want},
		{"S5546-12: vCalendar 1.0", in64(strings.Replace(plain, "VERSION:2.0", "VERSION:1.0", 1)),
			"left alone: calendar part /: not iCalendar: vCalendar 1.0 is another format"},
		{"nothing in it", in64(""), "left alone: calendar part /: not iCalendar: nothing in it can be scheduled"},
	})
}
