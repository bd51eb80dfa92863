package kolab

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"usher/itip"
)

// explanation is for people whose client shows the mail.
const explanation = "This message holds an entry of a calendar or task list.\r\n" +
	"Clients for Kolab show it there; it is not meant to be read as a mail.\r\n"

// types are the values of X-Kolab-Type.
var types = map[string]string{
	itip.Event: "application/x-vnd.kolab.event",
	itip.Todo:  "application/x-vnd.kolab.task",
}

// assemble makes the mail around a document.
func (m *Message) assemble(document []byte) []byte {
	parts := [][]byte{
		[]byte("Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + explanation),
		[]byte("Content-Type: application/calendar+xml; charset=UTF-8; name=\"kolab.xml\"\r\n" +
			"Content-Transfer-Encoding: quoted-printable\r\n" +
			"Content-Disposition: attachment; filename=\"kolab.xml\"\r\n\r\n" + quoted(document)),
	}
	for _, p := range m.Parts {
		parts = append(parts, withCRLF(p.Raw))
	}
	boundary := boundaryOf(parts)
	var b bytes.Buffer
	b.WriteString(m.header(boundary))
	for _, p := range parts {
		b.WriteString("\r\n--" + boundary + "\r\n")
		b.Write(p)
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes()
}

func (m *Message) header(boundary string) string {
	var b strings.Builder
	add := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	add("From", m.sender())
	add("To", oneLine(m.To))
	add("Date", mailTime(m.Date).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	add("Subject", subject(m.Object.UID()))
	add("User-Agent", "Usher")
	add("MIME-Version", "1.0")
	add("X-Kolab-Type", types[m.Object.Kind()])
	add("X-Kolab-Mime-Version", "3.0")
	for _, f := range m.Fields {
		if name, value, ok := strings.Cut(f, ":"); ok && len(foreign([]string{f})) == 1 && isName(strings.ToUpper(name)) {
			add(name, folded(value))
		}
	}
	add("Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
	return b.String()
}

// sender is whom the mail is from: as it was, else the organizer, as Kolab's own software has it.
func (m *Message) sender() string {
	if m.From != "" {
		return oneLine(m.From)
	}
	u, err := m.Object.Organizer()
	if addr := u.Address.String(); err == nil && isASCII(addr) && !strings.ContainsAny(addr, "\"<>(),;\\ ") {
		if name := phrase(u.Name); name != "" {
			return name + " <" + addr + ">"
		}
		return addr
	}
	return "Usher <usher@localhost>"
}

// phrase is a name before an address (RFC 5322 3.2.5), encoded if need be.
func phrase(name string) string {
	name = strings.Join(strings.Fields(oneLine(name)), " ")
	switch {
	case name == "" || len(name) > 200:
		return ""
	case !isASCII(name):
		return mime.BEncoding.Encode("utf-8", name)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// subject is the UID, which is what objects are searched by. One that a header field cannot hold as it is is
// encoded; servers compare decoded texts (RFC 3501 6.4.4).
func subject(uid string) string {
	if isASCII(uid) && len(uid) < 900 && !strings.Contains(uid, "=?") && uid == strings.Join(strings.Fields(uid), " ") {
		return uid
	}
	return strings.ReplaceAll(encodedWords(uid), " ", "\r\n ")
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII || r < ' ' }) < 0
}

func oneLine(s string) string {
	return strings.NewReplacer("\r\n", "", "\r", "", "\n", "").Replace(s)
}

// folded keeps the folds of a field, and lets nothing look like another field.
func folded(value string) string {
	lines := strings.Split(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = " " + strings.TrimSpace(oneLine(l))
	}
	return strings.TrimPrefix(strings.Join(lines, "\r\n"), " ")
}

func quoted(data []byte) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	w.Write(data) // a Builder takes all
	w.Close()
	return b.String()
}

// withCRLF ends each line as mail does.
func withCRLF(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// boundaryOf is made of what it stands between, and does not occur in it.
func boundaryOf(parts [][]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	for {
		boundary := "=_usher_" + hex.EncodeToString(h.Sum(nil)[:16])
		if !bytes.Contains(bytes.Join(parts, nil), []byte(boundary)) {
			return boundary
		}
		h.Write([]byte(boundary))
	}
}

// mailTime is the time of the mail in UTC; without one it is 1970, since no clock is read here.
func mailTime(t time.Time) time.Time {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC()
}

// encodedWords encodes all of a text, whether it needs it or not (RFC 2047).
func encodedWords(s string) string {
	const room = 45 // bytes in a word of 75 letters
	var words []string
	for s != "" {
		cut := min(room, len(s))
		for cut < len(s) && !utf8.RuneStart(s[cut]) {
			cut--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:cut]))+"?=")
		s = s[cut:]
	}
	return strings.Join(words, " ")
}
