package filter

import (
	"strings"
	"time"

	"usher/itip/calendar"
	"usher/ldapdir"
)

// Host is what a module may be built from: eyes, no hands.
type Host struct {
	Directory *ldapdir.Dir
	Calendars calendar.Reader
	Ledger    Ledger         // what accounts have used; nil: nothing is counted
	Zone      *time.Location // where floating times and whole days are; nil: UTC
	Hostname  string         // for texts and Message-IDs
	Signer    *Signer        // of what comes back to us in mails; nil: there is no secret to sign with
	Trust     Trust          // whose word counts besides that of people who log in
}

// Definition is a module as the pipeline's list knows it.
type Definition struct {
	Name string
	Doc  string // half a sentence: "books rooms that are invited"
	// OnError is what the module does by default when it cannot do its work.
	OnError OnError
	// PerRecipient and Own are as in Step.
	PerRecipient, Own bool
	// Build decodes the module's own settings over its defaults and makes the module. The errors it returns
	// are Mistakes, or those of decode.
	Build func(h Host, decode func(into any) error) (Module, error)
}

// Define completes a definition with the module's settings, filled with their defaults, and with how to build
// it from them. Mistakes in the settings are returned as Mistakes.
func Define[C any](d Definition, defaults C, build func(Host, C) (Module, error)) Definition {
	d.Build = func(h Host, decode func(any) error) (Module, error) {
		settings := defaults
		if err := decode(&settings); err != nil {
			return nil, err
		}
		return build(h, settings)
	}
	return d
}

// Mistake is something wrong with one setting. The configuration finds its file and line.
type Mistake struct {
	Key  string // path below the module's settings, e.g. "rules[2].when"; "" is the module as a whole
	Text string // what is wrong and what would be right
}

// Mistakes are all that is wrong, at once.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	var lines []string
	for _, m := range ms {
		lines = append(lines, strings.TrimPrefix(m.Key+": "+m.Text, ": "))
	}
	return strings.Join(lines, "\n")
}

// OnError is what happens to a mail when a module cannot do its work.
type OnError string

// The two ways.
const (
	Defer OnError = "defer" // the sender keeps the mail and tries again (451)
	Pass  OnError = "pass"  // the mail goes on without this module and everything it planned
)
