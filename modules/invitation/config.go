package invitation

import (
	"fmt"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
)

// Config is the module's settings.
type Config struct {
	// DefaultPolicy is the policies, in their order, of people who have none of their own.
	DefaultPolicy []string `yaml:"default_policy"`
	// Horizon is how far ahead of the mail's time instances are checked for conflicts.
	Horizon time.Duration `yaml:"horizon"`
	// Organizers says whose messages are acted on: "internal" are people who log in and may act for the organizer;
	// "any" also takes those from outside that prove who they are.
	Organizers string `yaml:"organizers" config:"oneof=internal|any"`
	// UpdateAttendees lets an answer reach the calendars of all other attendees of ours, too.
	UpdateAttendees bool `yaml:"update_attendees"`
	// Gather is how long after an invitation notices of answers wait for those that are given automatically.
	Gather time.Duration `yaml:"gather"`
	// Deputy is the attribute of the directory that holds who invitations are delegated to: a DN, a login or an
	// address. "" is the first delegate.
	Deputy string `yaml:"deputy"`
	// Mailbox is the attribute of the directory that holds the name of a person's mailbox. "" is the primary address.
	Mailbox string `yaml:"mailbox"`
}

// defaults are the settings of a file that says nothing.
var defaults = Config{DefaultPolicy: []string{"ALL_MANUAL"}, Horizon: 2 * 365 * 24 * time.Hour, Organizers: "any", UpdateAttendees: true, Gather: time.Hour}

// Bounds of settings.
const (
	longestHorizon = 10 * 365 * 24 * time.Hour
	longestGather  = 7 * 24 * time.Hour
)

// Check finds what is wrong with settings.
func (c *Config) Check() (wrong filter.Mistakes) {
	for n, text := range c.DefaultPolicy {
		if _, err := parsePolicy(text); err != nil {
			wrong = append(wrong, filter.Mistake{Key: fmt.Sprintf("default_policy[%d]", n), Text: err.Error()})
		}
	}
	if c.Horizon < 24*time.Hour || c.Horizon > longestHorizon {
		wrong = append(wrong, filter.Mistake{Key: "horizon", Text: "want between 24h and 87600h (ten years)"})
	}
	if c.Gather < 0 || c.Gather > longestGather {
		wrong = append(wrong, filter.Mistake{Key: "gather", Text: "want between 0s and 168h (a week)"})
	}
	for key, attr := range map[string]string{"deputy": c.Deputy, "mailbox": c.Mailbox} {
		if attr != "" && !ldapdir.IsAttr(attr) {
			wrong = append(wrong, filter.Mistake{Key: key, Text: "\"" + attr + "\" cannot be the name of an attribute"})
		}
	}
	return wrong
}
