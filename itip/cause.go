package itip

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"usher/address"
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

// CauseOfMessage is the mark of a message to one recipient and of what was decided about it.
func CauseOfMessage(o *Object, sender, recipient address.Address, decision string) Cause {
	parts := []string{o.Method(), o.UID()}
	for _, c := range o.Scheduled() {
		id, _ := c.Prop("RECURRENCE-ID")
		parts = append(parts, id.canonical(), strconv.Itoa(c.Sequence()), c.Stamp().Format(time.RFC3339))
	}
	return CauseOf(decision, append(parts, sender.String(), recipient.String())...)
}

// Cause is the mark on the object, "" if there is none.
func (o *Object) Cause() Cause {
	if c := o.first(); c != nil {
		return Cause(c.Text(CauseProperty))
	}
	return ""
}

// SetCause marks every scheduled component: Kolab keeps no properties of ours outside of them, and which
// component comes first may change. "" removes the mark.
func (o *Object) SetCause(cause Cause) {
	for _, c := range o.Scheduled() {
		if cause == "" {
			c.Remove(CauseProperty)
		} else {
			c.SetText(CauseProperty, string(cause))
		}
	}
}
