// Package footer adds the organisation's words to mail: a footer, a legal text, a banner. Rules say which words are for
// which mail; the first version of them is one rule for all that our people send.
//
// It knows the defaults of a footer. Rules, templates and how words are added are those of milter/addendum.
package footer

import (
	"usher/milter/addendum"
	"usher/milter/addendum/rules"
	"usher/milter/filter"
)

// Config is the module's settings: rules, or the keys of a single one.
type Config struct {
	rules.Rule `yaml:",inline"`
	Rules      []Rule `yaml:"rules"`
}

// Rule is one of the list.
type Rule struct {
	rules.Rule `yaml:",inline"`
}

// SetDefaults makes it what a footer is: at the end of every mail.
func (r *Rule) SetDefaults() { r.Rule = rules.Defaults(addendum.Bottom, false) }

// DirectoryAttributes are those the templates name.
func (c *Config) DirectoryAttributes(string) []string {
	return rules.Attributes(append(c.list(), c.Rule))
}

func (c *Config) list() (all []rules.Rule) {
	for _, r := range c.Rules {
		all = append(all, r.Rule)
	}
	return all
}

// Module is the definition for the pipeline's list.
var Module = filter.Define(filter.Definition{
	Name:    "footer",
	Doc:     "adds the organisation's footers to mail its people send",
	OnError: filter.Pass,
}, Config{Rule: rules.Defaults(addendum.Bottom, false)}, build)

func build(h filter.Host, c Config) (filter.Module, error) {
	set, err := rules.New(rules.Options{Name: "footer", Directory: h.Directory}, c.Rule, c.list())
	if err != nil {
		return nil, err
	}
	return set, nil
}
