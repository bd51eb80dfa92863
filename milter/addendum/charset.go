package addendum

import (
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"usher/milter/message"
)

// fitted is a part's text and the words for it in one charset.
type fitted struct {
	old, added []byte
	charset    string // what the part is raised to; "" is the one it had
}

// fit finds a charset that holds both, the part's own if it can be. ok is false for a text whose own charset is
// wrong or not known: to raise it would be to guess what it says.
func fit(p *message.Part, old []byte, words string) (f fitted, ok bool) {
	if isFlowed(p) {
		words = flowed(words)
	}
	charset := p.Charset()
	if !wide(charset) {
		if p.MediaType() == "text/html" {
			words = references(words, charset)
		}
		if added, err := message.EncodeText(words, charset); err == nil {
			return fitted{old, added, ""}, true
		}
	}
	if charset == "us-ascii" && !utf8.Valid(old) {
		return fitted{}, false
	}
	text, err := p.Text(maxText)
	if err != nil || strings.ContainsRune(text, utf8.RuneError) {
		return fitted{}, false
	}
	return fitted{[]byte(text), []byte(words), "utf-8"}, true
}

// wide are charsets whose bytes cannot be appended to as they are: those with two bytes a character, or a state.
func wide(charset string) bool {
	if strings.HasPrefix(charset, "iso-2022") || charset == "hz-gb-2312" || strings.HasSuffix(charset, "utf-7") {
		return true
	}
	const ascii = "<p>A\n"
	b, err := message.EncodeText(ascii, charset)
	return err == nil && string(b) != ascii
}

// references writes what a charset has no sign for as numeric character references, so that an HTML part keeps
// the charset that it, and a <meta> in it, declare.
func references(words, charset string) string {
	fits := map[rune]bool{}
	var b strings.Builder
	for _, r := range words {
		is, known := fits[r]
		if r < utf8.RuneSelf {
			is = true
		} else if !known {
			_, err := message.EncodeText(string(r), charset)
			is = err == nil
			fits[r] = is
		}
		if is {
			b.WriteRune(r)
		} else {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		}
	}
	return b.String()
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// withCharset is the part's content type with another charset and all other parameters kept. Of one that is
// written wrongly those are kept that say how the text is to be shown.
func withCharset(p *message.Part, charset string) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		params = map[string]string{}
		for _, name := range []string{"format", "delsp"} {
			if v := p.Param(name); v != "" {
				params[name] = v
			}
		}
	}
	params["charset"] = charset
	return mime.FormatMediaType(p.MediaType(), params)
}
