package addendum

import (
	"strings"

	"usher/milter/message"
)

// Closed says what the header of a mail alone tells: why nothing may be added, or "".
func Closed(h message.Header) Reason {
	if automatic(h) {
		return Automatic
	}
	return sealedHeader(h)
}

// automatic tells whether a program wrote the mail (RFC 3834 5).
func automatic(h message.Header) bool {
	auto := strings.ToLower(h.Get("Auto-Submitted"))
	return auto != "" && !strings.HasPrefix(auto, "no")
}

// sealedHeader says the same of the structure alone, whoever wrote the mail.
func sealedHeader(h message.Header) Reason {
	kind, params, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	return sealedKind(strings.TrimSpace(kind), params)
}

// sealed says of a part in which no byte may change why.
func sealed(p *message.Part) Reason {
	if _, file := p.Disposition(); p.MediaType() == "application/octet-stream" && strings.HasSuffix(strings.ToLower(file), ".p7m") {
		return Encrypted
	}
	return sealedKind(p.MediaType(), strings.ToLower(p.Header.Get("Content-Type")))
}

func sealedKind(kind, params string) Reason {
	switch kind {
	case "multipart/signed":
		return Signed
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		if strings.Contains(params, "signed-data") {
			return Signed
		}
		return Encrypted
	case "multipart/encrypted", "application/pgp-encrypted":
		return Encrypted
	case "multipart/report":
		return Report
	}
	return ""
}

// closedTree says why a mail is left as it is, or "". A report that somebody attached makes none of the mail, and a mail
// inside the mail is somebody else's.
func closedTree(m *message.Message, o Options) (r Reason) {
	if !o.Automatic && automatic(m.Header) {
		return Automatic
	}
	if r = sealedHeader(m.Header); r != "" {
		return r
	}
	m.Walk(func(p *message.Part) bool {
		if r == "" && !p.Embedded && (len(p.Path) == 0 || p.MediaType() != "multipart/report") {
			r = sealed(p)
		}
		return r == "" && !p.Embedded
	})
	return r
}

func holdsCalendar(m *message.Message) (holds bool) {
	m.Walk(func(p *message.Part) bool {
		holds = holds || p.MediaType() == "text/calendar"
		return !p.Embedded
	})
	return holds
}
