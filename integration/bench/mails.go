package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// mail is what is sent over and over.
type mail struct {
	name     string
	role     string // of the service it is handed in at
	from, to string
	data     []byte // lines end with LF, as smtp-source wants its file
}

// The roles of services here: mail from outside, and mail of people who log in.
var roles = []string{"inbound", "submission"}

const john = "john.doe@example.org"

// mails are what is measured, each with a text and a file, as most mail with attachments is.
func mails() []mail {
	var all []mail
	for _, size := range []struct {
		name  string
		bytes int
	}{{"10 KB", 10 << 10}, {"1 MB", 1 << 20}} {
		all = append(all,
			fromOutside(size.name+" from outside that concerns nobody", size.bytes),
			ofOurs(size.name+" of our own people that gets the footer", size.bytes))
	}
	return all
}

// fromOutside is a mail to one of our people in which there is nothing to do.
func fromOutside(name string, size int) mail {
	return mail{name, "inbound", "carol@example.net", john, withAttachment("carol@example.net", john, size)}
}

// ofOurs is a mail of one of our people, which is read to its end and changed.
func ofOurs(name string, size int) mail {
	return mail{name, "submission", john, "carol@example.net", withAttachment(john, "carol@example.net", size)}
}

// withAttachment is a mail of about this size.
func withAttachment(from, to string, size int) []byte {
	const head = `From: %s
To: %s
Subject: The figures
Date: Fri, 2 Jan 2026 10:00:00 +0000
Message-ID: <bench@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_bench"

--=_bench
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

%s
--=_bench
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="figures.bin"
Content-Transfer-Encoding: base64

%s
--=_bench--
`
	text := strings.Repeat("As discussed, the figures of the last quarter; they look good=\n to me.\n\n", 20)
	rest := max(size-len(head)-len(text), 76)
	return fmt.Appendf(nil, head, from, to, text, noise(rest))
}

// noise is that many bytes of base64, in lines, of bytes without any order; the same ones every time.
func noise(size int) string {
	raw := make([]byte, size*57/77)
	r := rand.NewChaCha8([32]byte{})
	r.Read(raw)
	var b strings.Builder
	for len(raw) > 0 {
		n := min(57, len(raw))
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(raw[:n]))
		raw = raw[n:]
	}
	return strings.TrimSuffix(b.String(), "\n")
}
