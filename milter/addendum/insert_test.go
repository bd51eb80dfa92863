package addendum

import (
	"io"
	"strings"
	"testing"

	"usher/milter/message"
)

// TestSmallestChange: what the encoded part is afterwards. The words are W, or Ü where they have to be more than ASCII.
func TestSmallestChange(t *testing.T) {
	for name, tt := range map[string]struct {
		header, body string
		words        Words
		place        Place
		want         string // the part, with fields that were changed before it
	}{
		"plain":                   {"", "hi\r\n", Words{Text: "W"}, Bottom, "hi\r\nW\r\n"},
		"no last line break":      {"", "hi", Words{Text: "W"}, Bottom, "hi\r\nW"},
		"nothing":                 {"", "", Words{Text: "W"}, Bottom, "W\r\n"},
		"top":                     {"", "hi\r\n", Words{Text: "W"}, Top, "W\r\n\r\nhi\r\n"},
		"byte order mark":         {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "\uFEFFhi\r\n", Words{Text: "W"}, Top, "\uFEFFW\r\n\r\nhi\r\n"},
		"latin1 keeps its bytes":  {"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n", "Gr\xfc\xdfe\r\n", Words{Text: "Ü"}, Bottom, "Gr\xfc\xdfe\r\n\xdc\r\n"},
		"windows-1252":            {"Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n", "\x80\r\n", Words{Text: "Ü – €"}, Bottom, "\x80\r\n\xdc \x96 \x80\r\n"},
		"gb18030":                 {"Content-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n", "\xc4\xe3\r\n", Words{Text: "你 Ü"}, Bottom, "\xc4\xe3\r\n\xc4\xe3 \x81\x30\x89\x35\r\n"},
		"shift_jis at the top":    {"Content-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: 8bit\r\n", "\x83\x5c\r\n", Words{Text: "ソ"}, Top, "\x83\x5c\r\n\r\n\x83\x5c\r\n"},
		"soft line breaks":        {"Content-Transfer-Encoding: quoted-printable\r\n", "one=\r\ntwo =3D  \r\n", Words{Text: "W="}, Bottom, "one=\r\ntwo =3D  \r\nW=3D\r\n"},
		"ends softly":             {"Content-Transfer-Encoding: quoted-printable\r\n", "one=\r\n", Words{Text: "W"}, Bottom, "one=\r\n\r\nW"},
		"HTML within a line":      {"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n", "<body class=3Da>one<=\r\n/body>=\r\n", Words{HTML: "W"}, Bottom, "<body class=3Da>one=\r\n<div class=3D\"M\">W</div>\r\n<=\r\n/body>=\r\n"},
		"base64, aligned":         {"Content-Transfer-Encoding: base64\r\n", "aGkh\r\n", Words{Text: "W"}, Bottom, "aGkh\r\nDQpX\r\n"},
		"base64, padded":          {"Content-Transfer-Encoding: base64\r\n", "aGkNCg==\r\n", Words{Text: "W"}, Bottom, "aGkN\r\nClcNCg==\r\n"},
		"base64 stays behind":     {"Content-Transfer-Encoding: base64\r\n", "aGkNCmhpDQo=\r\n", Words{Text: "WW"}, Top, "V1cNCg0K\r\naGkNCmhpDQo=\r\n"},
		"base64 filled up":        {"Content-Transfer-Encoding: base64\r\n", "aGkNCmhpDQo=\r\n", Words{Text: "WWW"}, Top, "V1dXICANCg0K\r\naGkNCmhpDQo=\r\n"},
		"flowed filled up":        {"Content-Type: text/plain; format=flowed\r\nContent-Transfer-Encoding: base64\r\n", "aGkNCmhpDQo=\r\n", Words{Text: "WWWW"}, Top, "V1dXVw0KDQoNCg0K\r\naGkNCmhpDQo=\r\n"},
		"utf-16 keeps its order":  {"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n", "//5oAGkADQAKAA==\r\n", Words{Text: "Ü"}, Bottom, "//5oAGkADQAK\r\nANwADQAKAA==\r\n"},
		"ascii in 8bit is raised": {"Content-Type: text/plain; charset=us-ascii; x=y\r\nContent-Transfer-Encoding: 8bit\r\n", "hi\r\n", Words{Text: "Ü"}, Bottom, "Content-Type: text/plain; charset=utf-8; x=y\r\n\r\nhi\r\nÜ\r\n"},
		"8bit that says it is 7":  {"Content-Type: text/plain; charset=utf-8\r\n", "Ä\r\n", Words{Text: "Ü"}, Bottom, "Content-Transfer-Encoding: 8bit\r\n\r\nÄ\r\nÜ\r\n"},
		"7bit cannot hold it":     {"Content-Type: text/plain; charset=us-ascii; format=\"flowed\"\r\n", "hi=\r\n", Words{Text: "Ü"}, Bottom, "Content-Type: text/plain; charset=utf-8; format=\"flowed\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhi=3D\r\n=C3=9C\r\n"},
		"HTML stays 7bit":         {"Content-Type: text/html; charset=utf-8\r\n", "<p>hi", Words{HTML: "Ü"}, Bottom, "<p>hi<div class=\"M\">&#220;</div>\r\n"},
		"HTML says another":       {"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "<meta charset=latin1><p>hi", Words{HTML: "Ü"}, Bottom, "<meta charset=latin1><p>hi<div class=\"M\">&#220;</div>\r\n"},
		"HTML, utf-8":             {"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "<p>hi</p></body>", Words{HTML: "Ü"}, Bottom, "<p>hi</p><div class=\"M\">Ü</div>\r\n</body>"},
		"japanese, state closed":  {"Content-Type: text/plain; charset=iso-2022-jp\r\n", "\x1b$B$h$m\x1b(B\r\n", Words{Text: "日本 W"}, Bottom, "\x1b$B$h$m\x1b(B\r\n\x1b$BF|K\\\x1b(B W\r\n"},
		"japanese, left open":     {"Content-Type: text/plain; charset=iso-2022-jp\r\n", "\x1b$B$h$m", Words{Text: "W"}, Bottom, "\x1b$B$h$m\x1b(B\r\nW\x1b$B"},
		"flowing last line":       {"Content-Type: text/plain; format=flowed\r\n", "hi \r\n", Words{Text: " W \n-- \n>W"}, Bottom, "hi \r\n\r\n  W\r\n-- \r\n >W\r\n"},
		"LF":                      {"\n", "hi\n", Words{Text: "W\nW"}, Bottom, "hi\nW\nW\n"},
	} {
		head := "MIME-Version: 1.0\r\n" + tt.header
		if tt.header == "\n" {
			head = "MIME-Version: 1.0\n"
		}
		end := head[len(strings.TrimRight(head, "\r\n")):]
		in := read(t, head+end+tt.body)
		r, err := Add(in, tt.words, Options{Place: tt.place})
		if err == nil {
			err = undo(in, r)
		}
		if err != nil || r.Mail == nil {
			t.Errorf("%s: %v %s", name, err, r.Why)
			continue
		}
		content, _ := io.ReadAll(r.Mail.Root().Raw())
		got := strings.ReplaceAll(changed(in, r.Mail)+string(content), tt.words.complete().marker(), "M")
		if got != tt.want {
			t.Errorf("%s:\n%q; want\n%q", name, got, tt.want)
		}
	}
}

// changed are the fields that are new in a header, with the empty line behind them.
func changed(in, out *message.Message) (fields string) {
	for _, f := range out.Header {
		if in.Header.Get(f.Name) != f.Value() {
			fields += f.Name + ":" + f.Raw + "\r\n"
		}
	}
	if fields != "" {
		fields += "\r\n"
	}
	return fields
}

// TestStrangeCharset: a text whose charset is not what it says is not read in another way by us: it stays, and the words
// stand beside it.
func TestStrangeCharset(t *testing.T) {
	for _, raw := range []string{
		"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\x80 5\r\n", // windows-1252
		"Content-Type: text/plain\r\n\r\nGr\xfc\xdfe\r\n",
		"Content-Type: text/plain; charset=euc-jp\r\n\r\n\xff\xff\r\n",
		"Content-Type: text/plain; charset=x-none\r\n\r\nhi\r\n",
	} {
		in := read(t, "MIME-Version: 1.0\r\n"+raw)
		r, err := Add(in, Words{Text: "株 Ü €"}, Options{})
		if err == nil {
			err = undo(in, r)
		}
		if err != nil || len(r.Added) != 1 || !r.Added[0].Beside {
			t.Errorf("%q: %+v, %v; want a part beside it", raw, r, err)
		}
	}
}
