package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of names, far below the 255 bytes a file system allows.
const (
	maxCalendarName = 1024
	longestPart     = 200 // what is longer is cut and told apart by a digest
	readablePart    = 150
	readableUID     = 48
)

// nameFile holds the whole name of a part that was cut.
const nameFile = ".name"

// folderParts gives the folders in which a calendar lies: its name, cut at each slash, harmless characters as
// they are and others as %XX. No part is empty, hidden, or climbs upwards, and no two names share a folder.
func folderParts(cal string) ([]string, error) {
	if cal == "" || len(cal) > maxCalendarName {
		return nil, fmt.Errorf("calendar name of %d bytes: 1 to %d are possible", len(cal), maxCalendarName)
	}
	parts := strings.Split(cal, "/")
	for i, part := range parts {
		parts[i] = folderPart(part)
	}
	return parts, nil
}

// folderPart escapes one part. A lone % is the empty part, ~ stands before the digest of a cut one; neither
// comes out of an escape.
func folderPart(part string) string {
	if part == "" {
		return "%"
	}
	var b strings.Builder
	cut := 0
	for i, r := range part {
		if b.Len() <= readablePart {
			cut = b.Len()
		}
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(part[i:])
		}
		if harmless(r) && (r != '.' || i > 0) {
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(part[i : i+size]) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() <= longestPart {
		return b.String()
	}
	return b.String()[:cut] + "~" + digest(part)
}

// harmless tells whether a character may stand in a folder's name as it is.
func harmless(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@._+-=", r)
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// partOf reads folderPart backwards; ok is false for a folder that is none of ours, or a cut one.
func partOf(folder string) (part string, ok bool) {
	if folder == "%" {
		return "", true
	}
	var b strings.Builder
	for i := 0; i < len(folder); i++ {
		if folder[i] != '%' {
			b.WriteByte(folder[i])
			continue
		}
		if i+2 >= len(folder) {
			return "", false
		}
		c, err := strconv.ParseUint(folder[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(c))
		i += 2
	}
	return b.String(), folderPart(b.String()) == folder
}

// fileName is the file in which an object is stored unless it lies in another one already: what is readable
// of its UID for people, and a digest, since a UID may hold any characters (RFC 7986 5.3).
func fileName(uid string) string {
	readable := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && harmless(r) {
			return r
		}
		return '_'
	}, uid)
	if len(readable) > readableUID {
		readable = readable[:readableUID]
	}
	return strings.TrimLeft(readable, ".") + "-" + digest(uid) + objectSuffix
}

// objectSuffix ends the names of files with objects, in any case.
const objectSuffix = ".ics"

// isObjectFile tells by its name whether a file holds objects; hidden ones do not.
func isObjectFile(name string) bool {
	return !strings.HasPrefix(name, ".") && strings.EqualFold(filepath.Ext(name), objectSuffix)
}

// digest tells names apart; 160 bits, so that nobody finds two alike.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:20])
}
