package filter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// MinSecret is how short the secret of a Signer may be, in bytes: what is shorter can be guessed.
const MinSecret = 16

// Signer proves that something was said by us: what one host signs, every host that shares the secret knows again.
// It has no clock and remembers nothing; that a signature counts once is up to whoever has it made. The nil Signer
// is that of a host without a secret.
type Signer struct{ secret []byte }

// NewSigner makes one; nil if the secret is shorter than MinSecret.
func NewSigner(secret []byte) *Signer {
	if len(secret) < MinSecret {
		return nil
	}
	return &Signer{append([]byte(nil), secret...)}
}

// Sign gives the signature (HMAC-SHA256) of parts, in their order and with their borders: "a", "bc" is not
// "ab", "c". purpose keeps the signatures of one use from being worth anything in another.
func (s *Signer) Sign(purpose string, parts ...string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, s.secret)
	for _, p := range append([]string{purpose}, parts...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		mac.Write([]byte(p))
	}
	return [sha256.Size]byte(mac.Sum(nil))
}
