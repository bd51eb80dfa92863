package world

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
)

// mailOptions carries over what a branch was sent with: RET and ENVID (RFC 3461), SMTPUTF8 (RFC 6531). go-smtp
// leaves out what the server does not offer, except SMTPUTF8, over which it fails.
func mailOptions(env Envelope, canUTF8 bool) *smtp.MailOptions {
	o := &smtp.MailOptions{UTF8: !isASCII(env.From)}
	for _, arg := range env.FromArgs {
		name, value, _ := strings.Cut(arg, "=")
		switch strings.ToUpper(name) {
		case "SMTPUTF8":
			o.UTF8 = true
		case "RET":
			if ret := smtp.DSNReturn(strings.ToUpper(value)); ret == smtp.DSNReturnFull || ret == smtp.DSNReturnHeaders {
				o.Return = ret
			}
		case "ENVID":
			o.EnvelopeID, _ = xtext(value)
		}
	}
	for _, to := range env.To {
		o.UTF8 = o.UTF8 || !isASCII(to.Address)
	}
	o.UTF8 = o.UTF8 && canUTF8
	return o
}

// rcptOptions carries over NOTIFY and ORCPT. One that is malformed is left out: the server would refuse the
// recipient for it.
func rcptOptions(args []string) *smtp.RcptOptions {
	o := new(smtp.RcptOptions)
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch strings.ToUpper(name) {
		case "NOTIFY":
			o.Notify = notify(value)
		case "ORCPT":
			o.OriginalRecipientType, o.OriginalRecipient = original(value)
		}
	}
	return o
}

// notify reads NEVER alone, or a list of the other words, each once (RFC 3461 4.1).
func notify(value string) []smtp.DSNNotify {
	var list []smtp.DSNNotify
	known := make(map[smtp.DSNNotify]bool)
	for word := range strings.SplitSeq(strings.ToUpper(value), ",") {
		n := smtp.DSNNotify(word)
		switch n {
		case smtp.DSNNotifyNever, smtp.DSNNotifyDelayed, smtp.DSNNotifyFailure, smtp.DSNNotifySuccess:
		default:
			return nil
		}
		if known[n] {
			return nil
		}
		known[n] = true
		list = append(list, n)
	}
	if known[smtp.DSNNotifyNever] && len(list) > 1 {
		return nil
	}
	return list
}

// original reads type;address. Types other than rfc822 and utf-8 cannot be passed on by go-smtp.
func original(value string) (smtp.DSNAddressType, string) {
	kind, encoded, ok := strings.Cut(value, ";")
	if !ok {
		return "", ""
	}
	switch strings.ToUpper(kind) {
	case string(smtp.DSNAddressTypeRFC822):
		if a, ok := xtext(encoded); ok {
			return smtp.DSNAddressTypeRFC822, a
		}
	case string(smtp.DSNAddressTypeUTF8):
		if a, ok := unitext(encoded); ok {
			return smtp.DSNAddressTypeUTF8, a
		}
	}
	return "", ""
}

// xtext decodes +XX (RFC 3461 4). What does not decode to printable ASCII is not there.
func xtext(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			n, err := strconv.ParseUint(s[i+1:min(i+3, len(s))], 16, 8)
			if err != nil {
				return "", false
			}
			c = byte(n)
			i += 2
		}
		if c < ' ' || c > '~' {
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), b.Len() > 0
}

// unitext decodes \x{XX} and passes UTF-8 (RFC 6533 3).
func unitext(s string) (string, bool) {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if strings.HasPrefix(s, `\x{`) {
			digits, _, ok := strings.Cut(s[3:], "}")
			n, err := strconv.ParseUint(digits, 16, 32)
			if !ok || err != nil || n > unicode.MaxRune {
				return "", false
			}
			r, size = rune(n), 3+len(digits)+1
		}
		if r == utf8.RuneError || !utf8.ValidRune(r) || unicode.IsControl(r) {
			return "", false
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String(), b.Len() > 0
}
