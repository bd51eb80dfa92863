package rules

import (
	"context"
	"fmt"
	"strings"

	"usher/ldapdir"
	"usher/milter/addendum"
	"usher/milter/condition"
	"usher/milter/filter"
	"usher/milter/message"
)

// Directory is what is asked about people.
type Directory interface {
	condition.Directory
	ByDN(ctx context.Context, dn string) (e *ldapdir.Entry, ok bool, err error)
}

// Set is a module's rules in their order.
type Set struct {
	name      string
	rules     []*rule
	directory Directory
	personal  bool
	asks      bool // the words depend on who the author is
}

// Options say whose rules they are.
type Options struct {
	Name      string // of the module: that of a rule without one
	Directory Directory
	Personal  bool // the words are somebody's own: without a person in the directory there are none
}

// New reads the rules. short is the rule that stands beside the list instead of in it; where it differs from its
// defaults, it is meant.
func New(o Options, short Rule, all []Rule) (*Set, error) {
	s := &Set{name: o.Name, directory: o.Directory, personal: o.Personal}
	var wrong filter.Mistakes
	if len(all) > maxRules {
		wrong = append(wrong, filter.Mistake{Key: "rules", Text: fmt.Sprintf("%d rules, want %d at most", len(all), maxRules)})
	}
	add := func(key string, r Rule) {
		loaded, ms := load(key, r)
		if loaded.Name == "" {
			loaded.Name = o.Name
		}
		s.rules, wrong = append(s.rules, loaded), append(wrong, ms...)
		s.asks = s.asks || o.Personal || loaded.asks()
	}
	if len(all) == 0 {
		add("", short)
	} else if key := short.said(); key != "" {
		wrong = append(wrong, filter.Mistake{Key: key, Text: "with rules, want it in each of them"})
	}
	for i, r := range all {
		add(fmt.Sprintf("rules[%d]", i), r)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return s, nil
}

// said names a key that gives a rule words, or a condition.
func (r *Rule) said() string {
	for _, key := range [][2]string{{"when", r.When}, {"text_file", r.TextFile}, {"html_file", r.HTMLFile}, {"text", r.Text}, {"html", r.HTML}} {
		if key[1] != "" {
			return key[0]
		}
	}
	return ""
}

// Advice names rules that no mail comes to.
func (s *Set) Advice() (all filter.Mistakes) {
	for i, later := range s.rules {
		for _, r := range s.rules[:i] {
			if r.Last && r.When == "" && r.takesAllOf(later) {
				all = append(all, filter.Mistake{Key: fmt.Sprintf("rules[%d]", i), Text: fmt.Sprintf("is never asked: rule %s before it holds for every such mail and is the last", r.Name)})
				break
			}
		}
	}
	return all
}

// takesAllOf tells whether a rule is asked for every kind of mail another one is asked for.
func (r *rule) takesAllOf(o *rule) bool {
	return (r.Inbound || !o.Inbound) && (r.Automatic || !o.Automatic) && (r.Calendar || !o.Calendar) && (r.List || !o.List) &&
		(r.DKIMSigned || !o.DKIMSigned) && (r.Signed != LeaveSigned || o.Signed == LeaveSigned)
}

// Match wants mail for which a rule may hold, as far as the envelope and the header tell.
func (s *Set) Match(env *filter.Envelope, h message.Header) filter.Interest {
	var facts *condition.Facts
	for _, r := range s.rules {
		if r.shuts(env, h) != "" {
			continue
		}
		if r.When == "" {
			return filter.Text
		}
		if facts == nil {
			facts = condition.Early(env, h)
		}
		if r.mayHold(facts, env) {
			return filter.Text
		}
	}
	return filter.Nothing
}

// mayHold asks with what there is. What cannot be told yet may hold.
func (r *rule) mayHold(f *condition.Facts, env *filter.Envelope) bool {
	ctx := context.Background() // nothing is waited for
	if !r.when.PerRecipient() {
		holds, err := r.when.Holds(ctx, f)
		return holds || err != nil
	}
	for _, rcpt := range env.Rcpts {
		if holds, err := r.when.Holds(ctx, f.For(rcpt)); holds || err != nil {
			return true
		}
	}
	return false
}

// shuts says why a rule is not for mail like this, or "".
func (r *rule) shuts(env *filter.Envelope, h message.Header) string {
	ours := env.Role == filter.Submission || env.Role == filter.Local
	switch {
	case !ours && !r.Inbound:
		return "not from our people"
	case env.From == "" && !r.Automatic:
		return "a bounce, or another automatic mail"
	case !r.DKIMSigned && h.Has("DKIM-Signature"):
		return "DKIM-signed"
	case !r.List && (h.Has("List-Id") || h.Has("List-Post")):
		return "of a mailing list"
	case isReport(h): // those say so themselves, and that a program wrote them
		return "a report"
	}
	switch addendum.Closed(h) {
	case addendum.Automatic:
		if !r.Automatic {
			return "a program wrote it"
		}
	case addendum.Signed, addendum.Encrypted:
		if r.Signed == LeaveSigned {
			return "signed or encrypted"
		}
	case addendum.Calendar:
		return "nothing but an invitation"
	}
	return ""
}

// isReport tells whether a mail is a report of delivery or reading (RFC 3462), which programs read.
func isReport(h message.Header) bool {
	kind, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	return strings.TrimSpace(kind) == "multipart/report"
}
