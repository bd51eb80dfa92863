// Package signature adds the signature of the person who writes: name, telephone, department, as the directory says.
//
// It knows the defaults of a signature: above what is answered, once in a thread, and never for a stranger. Rules,
// templates and how words are added are those of milter/addendum.
package signature

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

// SetDefaults makes it what a signature is.
func (r *Rule) SetDefaults() { r.Rule = rules.Defaults(addendum.AboveQuote, true) }

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
	Name:    "signature",
	Doc:     "signs mail with what the directory says of its author",
	OnError: filter.Pass,
}, Config{Rule: rules.Defaults(addendum.AboveQuote, true)}, build)

func build(h filter.Host, c Config) (filter.Module, error) {
	set, err := rules.New(rules.Options{Name: "signature", Directory: h.Directory, Personal: true}, c.Rule, c.list())
	if err != nil {
		return nil, err
	}
	return set, nil
}
