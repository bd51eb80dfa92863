package itip

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// line is a content line, unfolded, and where it began.
type line struct {
	text string
	no   int
}

// toUTF8 takes byte order marks away and UTF-16 apart; both come from clients that save files (DEV-22).
func toUTF8(data []byte) (text []byte, note string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], "byte order mark removed"
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return utf16Text(data[2:], binary.LittleEndian), "UTF-16 converted"
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return utf16Text(data[2:], binary.BigEndian), "UTF-16 converted"
	}
	return data, ""
}

func utf16Text(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// unfold joins folded lines (RFC 5545 3.1), whatever the line ends are. Folds may stand inside a UTF-8
// sequence, so that characters are looked at only afterwards.
func unfold(data []byte, note func(no int, what string)) ([]line, error) {
	var lines []line
	var cur []byte
	no, began := 0, 0
	flush := func() {
		if len(bytes.TrimSpace(cur)) > 0 {
			lines = append(lines, line{clean(cur, began, note), began})
		}
		cur = nil
	}
	for len(data) > 0 {
		var raw []byte
		raw, data, _ = bytes.Cut(data, []byte("\n"))
		raw = bytes.TrimRight(raw, "\r")
		no++
		if len(raw) > 0 && (raw[0] == ' ' || raw[0] == '\t') && cur != nil {
			cur = append(cur, raw[1:]...)
		} else {
			flush()
			if began == 0 {
				raw = bytes.TrimLeft(raw, " \t")
			}
			cur, began = raw[:len(raw):len(raw)], no
		}
		if len(cur) > MaxLine && !mayBeLong(cur) {
			return nil, fmt.Errorf("%w: line %d is longer than %d bytes", ErrTooLarge, began, MaxLine)
		}
	}
	flush()
	return lines, nil
}

// mayBeLong excepts attachments, which are bounded by the size of the object.
func mayBeLong[T string | []byte](s T) bool {
	return len(s) > 7 && strings.EqualFold(string(s[:6]), "ATTACH") && (s[6] == ';' || s[6] == ':')
}

// clean gives a line as valid UTF-8 without control characters: 8-bit text that is not UTF-8 is taken for
// Windows-1252, which is what the clients that send it write (S5545-02).
func clean(raw []byte, no int, note func(int, string)) string {
	s := string(raw)
	if !utf8.ValidString(s) {
		s, _ = charmap.Windows1252.NewDecoder().String(s)
		note(no, "not UTF-8, taken for Windows-1252")
	}
	if strings.IndexFunc(s, isControl) >= 0 {
		s = dropControls(s)
		note(no, "control characters removed")
	}
	return s
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func dropControls(s string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}
