package itip

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Standing is a digest of how everybody stands to a component: another one after each answer, also if it says what one
// before has said, and the same as long as nobody answers.
func (c *Component) Standing() string {
	facts := []string{strconv.Itoa(c.Sequence())}
	for _, u := range c.Attendees() {
		facts = append(facts, u.Address.String()+" "+u.Partstat)
	}
	for _, p := range c.All(answerProperty) {
		facts = append(facts, p.Text())
	}
	slices.Sort(facts)
	sum := sha256.Sum256([]byte(strings.Join(facts, "\x00")))
	return hex.EncodeToString(sum[:12])
}
