package filter

import (
	"strings"
	"testing"
)

// TestSigner: the same is signed alike by all who share the secret, and anything else otherwise.
func TestSigner(t *testing.T) {
	secret := strings.Repeat("s", MinSecret)
	one := NewSigner([]byte(secret)).Sign("ask", "a", "bc")
	if two := NewSigner([]byte(secret)).Sign("ask", "a", "bc"); one != two {
		t.Error("the same secret signs the same otherwise")
	}
	for name, other := range map[string][32]byte{
		"another secret":  NewSigner([]byte(secret+"x")).Sign("ask", "a", "bc"),
		"another purpose": NewSigner([]byte(secret)).Sign("tell", "a", "bc"),
		"other borders":   NewSigner([]byte(secret)).Sign("ask", "ab", "c"),
		"fewer parts":     NewSigner([]byte(secret)).Sign("ask", "abc"),
		"another order":   NewSigner([]byte(secret)).Sign("ask", "bc", "a"),
	} {
		if other == one {
			t.Errorf("%s gives the same signature", name)
		}
	}
	if NewSigner([]byte(secret[1:])) != nil {
		t.Error("a secret that is too short signs")
	}
}

// TestSignerKeepsItsSecret: what the caller does to his bytes afterwards changes nothing.
func TestSignerKeepsItsSecret(t *testing.T) {
	secret := []byte(strings.Repeat("s", MinSecret))
	s := NewSigner(secret)
	before := s.Sign("ask")
	secret[0]++
	if s.Sign("ask") != before {
		t.Error("the signature changed with the bytes of the caller")
	}
}
