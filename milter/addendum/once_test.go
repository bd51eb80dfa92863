package addendum

import (
	"strings"
	"testing"
)

const legal = "Confidential – for the addressee alone. If you are somebody else, please tell us & destroy it."

// TestOnce: the words are recognised where they come back quoted, wrapped anew, in the other form or another charset,
// and not where other words are like them.
func TestOnce(t *testing.T) {
	page := "<p>" + strings.ReplaceAll(legal, "&", "&amp;") + "</p>"
	for name, tt := range map[string]struct {
		words Words
		mail  string
		want  bool
	}{
		"as they are":       {Words{Text: legal}, "\r\nhi\r\n" + legal + "\r\n", true},
		"quoted":            {Words{Text: legal}, "\r\nhi\r\n> > " + legal + "\r\n", true},
		"wrapped":           {Words{Text: legal}, "\r\n> " + legal[:40] + "\r\n> " + legal[40:70] + "\r\n> " + legal[70:] + "\r\n", true},
		"recoded":           {Words{Text: legal}, "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=windows-1252\r\n\r\n> Confidential =96 for the addressee=\r\n alone. If you are somebody else, please tell us & destroy it.\r\n", true},
		"as HTML":           {Words{Text: legal}, "Content-Type: text/html\r\n\r\n<blockquote>" + page + "</blockquote>", true},
		"as text":           {Words{HTML: page}, "\r\n> " + legal + "\r\n", true},
		"by its marker":     {Words{HTML: page}, "Content-Type: text/html\r\n\r\n<p class=\"m_12" + Words{HTML: page}.complete().marker() + "\">Changed</p>", true},
		"in another text":   {Words{Text: legal}, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + legal + "\r\n--b\r\nContent-Type: image/png\r\n\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n", true},
		"in an attachment":  {Words{Text: legal}, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\nContent-Disposition: attachment\r\n\r\n" + legal + "\r\n--b--\r\n", false},
		"in half":           {Words{Text: legal}, "\r\n" + legal[:60] + "\r\n", false},
		"short, in passing": {Words{Text: "Internal"}, "\r\nThis is internal news.\r\n", false},
		"short, on a line":  {Words{Text: "Internal"}, "\r\n> internal\r\n", true},
		"within a word":     {Words{Text: strings.Repeat("go ", 14) + "on"}, "\r\n" + strings.Repeat("go ", 14) + "only\r\n", false},
		"Japanese, wrapped": {Words{Text: "この電子メールは宛先の方だけのものです。他の方は破棄してください。"}, "Content-Type: text/plain; charset=utf-8\r\n\r\n> この電子メールは宛先の方だけの\r\n> ものです。他の方は破棄してください。\r\n", true},
	} {
		r, err := Add(read(t, "Subject: x\r\n"+tt.mail), tt.words, Options{Once: true})
		if err != nil || (r.Left == Present) != tt.want {
			t.Errorf("%s: %q, %v; want present %v", name, r.Why, err, tt.want)
		}
		if r, err := Add(read(t, "Subject: x\r\n"+tt.mail), tt.words, Options{}); err != nil || r.Mail == nil {
			t.Errorf("%s, always: %q, %v", name, r.Why, err)
		}
	}
}

// TestOnceAgain: what was added is recognised when it comes back.
func TestOnceAgain(t *testing.T) {
	for name, raw := range corpus(t) {
		r, err := Add(read(t, raw), everything, Options{AttachmentOnly: true, Signed: Wrap})
		if err != nil || r.Mail == nil {
			continue
		}
		again, err := Add(read(t, written(r.Mail)), everything, Options{Once: true, AttachmentOnly: true, Signed: Wrap})
		if err != nil || again.Left != Present && again.Left != Signed && again.Left != Encrypted {
			t.Errorf("%s: %q, %v; want it recognised", name, again.Why, err)
		}
	}
}
