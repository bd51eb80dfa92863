package message

import (
	"strconv"
	"strings"
)

// maxPieces bounds the continuations of one parameter.
const maxPieces = 100

// extended is a parameter in the form of RFC 2231: name*, or the pieces name*0, name*1*, … in any order.
func extended(value, name string) string {
	pieces, encoded := map[int]string{}, map[int]bool{}
	for n, v := range params(value) {
		at, enc, ok := pieceOf(n, name)
		if _, twice := pieces[at]; !ok || twice {
			continue
		}
		pieces[at], encoded[at] = v, enc
	}
	charset := ""
	if v, ok := pieces[0]; ok && encoded[0] {
		if parts := strings.SplitN(v, "'", 3); len(parts) == 3 {
			charset, pieces[0] = parts[0], parts[2]
		}
	}
	var b []byte
	for i := 0; i < len(pieces); i++ {
		v, ok := pieces[i]
		if !ok {
			break
		}
		if encoded[i] {
			v = percent(v)
		}
		b = append(b, v...)
	}
	text, err := toUTF8(charset, b)
	if err != nil {
		return validUTF8(b)
	}
	return text
}

// pieceOf reads the stars of a parameter's name.
func pieceOf(s, name string) (at int, encoded, ok bool) {
	if len(s) <= len(name) || s[len(name)] != '*' || !strings.EqualFold(s[:len(name)], name) {
		return 0, false, false
	}
	number, encoded := strings.CutSuffix(s[len(name)+1:], "*")
	if number == "" {
		return 0, true, true
	}
	at, err := strconv.Atoi(number)
	return at, encoded, err == nil && at >= 0 && at < maxPieces
}

func percent(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}
