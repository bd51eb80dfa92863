package filter

import (
	"context"

	"usher/ldapdir"
)

// Wording is what a rule of a module adds to a person's mail.
type Wording struct {
	Rule     string `json:"rule"`
	When     string `json:"when,omitempty"`
	Position string `json:"position"`
	Text     string `json:"text,omitempty"`
	HTML     string `json:"html,omitempty"`
}

// Worder is a module that adds words to mails.
type Worder interface {
	// Words are what each rule would add for a person, in the language ("": the person's own); none are empty.
	Words(ctx context.Context, e *ldapdir.Entry, language string) ([]Wording, error)
}

// WorderOf finds the module of this name as it is set for mail that people of this domain send.
func WorderOf(steps []Step, name, domain string) (Worder, bool) {
	for i := range steps {
		if steps[i].Name != name {
			continue
		}
		w, ok := steps[i].setting(&Envelope{Role: Submission}, domain).Module.(Worder)
		return w, ok
	}
	return nil, false
}
