package itip

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Cause is the mark of what made us write an object: a digest and the decision, so that a retry of the same
// mail knows its own work. "" is no mark.
type Cause string

// CauseProperty carries the Cause on stored objects.
const CauseProperty = "X-USHER-CAUSE"

// CauseOf digests what a message means, not how it travelled: the Message-ID is left out because some senders
// keep it constant. The parts are METHOD, UID, RECURRENCE-ID, SEQUENCE, DTSTAMP, sender and recipient.
func CauseOf(decision string, parts ...string) Cause {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return Cause(hex.EncodeToString(sum[:16]) + ";" + decision)
}

// Decision is what was decided then: a PARTSTAT, or another word of the module.
func (c Cause) Decision() string {
	_, decision, _ := strings.Cut(string(c), ";")
	return decision
}

// Same tells whether two marks stem from the same message, whatever was decided.
func (c Cause) Same(d Cause) bool {
	a, _, _ := strings.Cut(string(c), ";")
	b, _, _ := strings.Cut(string(d), ";")
	return a != "" && a == b
}
