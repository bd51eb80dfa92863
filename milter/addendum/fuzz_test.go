package addendum

import (
	"strings"
	"testing"

	"usher/milter/message"
)

// FuzzAdd: taking away what was added gives the mail back, whatever it is: its bytes, or where a part had to be written
// anew what they say. No mail is an error.
func FuzzAdd(f *testing.F) {
	for _, raw := range corpus(f) {
		m := read(f, raw)
		_, body, _ := strings.Cut(raw, m.LineEnd()+m.LineEnd())
		f.Add(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), body, byte(len(raw)))
	}
	for _, charset := range []string{"utf-16", "utf-16le", "shift_jis", "gb18030", "big5", "euc-kr", "koi8-r", "iso-2022-jp", "hz-gb-2312", "utf-7", "x-none"} {
		for _, encoding := range []string{"7bit", "8bit", "base64", "quoted-printable"} {
			f.Add("text/plain; format=flowed; charset="+charset, encoding, "=1B$BF|K\\=1B(B\r\nAAAA \r\n> AAAA=\r\nAA==\r\n\r\nOn Monday X wrote:\r\n> a", byte(3))
			f.Add("text/html; charset="+charset, encoding, "<p>a</p><table><tr><td>=41=\r\nb \r\n</body", byte(7))
		}
	}
	f.Fuzz(func(t *testing.T, contentType, encoding, body string, choice byte) {
		raw := "Message-ID: <x@y>\r\n"
		for name, value := range map[string]string{"Content-Type": contentType, "Content-Transfer-Encoding": encoding} {
			if value != "" {
				raw += name + ": " + strings.NewReplacer("\r", "", "\n", "").Replace(value) + "\r\n"
			}
		}
		in, err := message.Read(strings.NewReader(raw+"\r\n"+body), 1<<24)
		if err != nil {
			t.Skip()
		}
		if choice&0x80 != 0 {
			in = read(t, strings.ReplaceAll(written(in), "\r\n", "\n"))
		}
		w := everything
		if choice&4 != 0 {
			w = Words{Text: "Confidential."}
		}
		o := Options{Place: []Place{Bottom, Top, AboveQuote}[choice%3], Signed: Skip, AttachmentOnly: choice&8 != 0, Once: choice&16 != 0}
		if choice&32 != 0 {
			o.Signed = Wrap
		}
		r, err := Add(in, w, o)
		if err == nil {
			err = undo(in, r)
		}
		if err != nil {
			t.Errorf("%v: %v", o, err)
		}
	})
}
