package resource

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// Config is the module's settings.
type Config struct {
	// Horizon is how far ahead of the mail's time instances are checked.
	Horizon time.Duration `yaml:"horizon"`
	// Organizers says whose invitations are booked: "internal" are people who log in and may act for the
	// organizer; "any" also takes those from outside that prove who they are.
	Organizers string `yaml:"organizers" config:"oneof=internal|any"`
	// Rules are those of all resources that say nothing else.
	Rules `yaml:",inline"`
	// Resources are the rules of single resources and collections, by one of their addresses. Those of a collection
	// are its members', too.
	Resources map[string]map[string][]string `yaml:"resources"`
	// Attributes names the attributes of the directory that hold the value of a rule, by the rule's key; those under
	// "rules" hold key=value.
	Attributes map[string][]string `yaml:"attributes"`
}

// defaults are the settings of a file that says nothing.
var defaults = Config{Horizon: 2 * 365 * 24 * time.Hour, Organizers: "internal", Rules: defaultRules}

// Check finds what is wrong with settings.
func (c *Config) Check() filter.Mistakes {
	var wrong filter.Mistakes
	if c.Horizon < 24*time.Hour || c.Horizon > longest {
		wrong = append(wrong, filter.Mistake{Key: "horizon", Text: "want between 24h and 87600h (ten years)"})
	}
	wrong = append(wrong, c.Rules.mistakes()...)
	_, mistakes := c.given()
	wrong = append(wrong, mistakes...)
	for _, key := range slices.Sorted(maps.Keys(c.Attributes)) {
		wrong = append(wrong, c.checkAttribute(key)...)
	}
	return wrong
}

func (c *Config) checkAttribute(key string) (wrong filter.Mistakes) {
	at := "attributes." + key
	if _, ok := ruleNamed(key); !ok && key != anyRule {
		wrong = append(wrong, filter.Mistake{Key: at, Text: unknownRule(key)})
	}
	if key == "policy" || key == "owner" {
		wrong = append(wrong, filter.Mistake{Key: at, Text: "is named under directory.schema: policies, owners"})
	}
	for _, attr := range c.Attributes[key] {
		if !ldapdir.IsAttr(attr) {
			wrong = append(wrong, filter.Mistake{Key: at, Text: "\"" + attr + "\" cannot be the name of an attribute"})
		}
	}
	return wrong
}

// given reads the rules of single resources, by address.
func (c *Config) given() (map[address.Address]layer, filter.Mistakes) {
	all := map[address.Address]layer{}
	var wrong filter.Mistakes
	for _, name := range slices.Sorted(maps.Keys(c.Resources)) {
		at := "resources." + name
		a, err := address.Parse(name)
		if err != nil || a == "" {
			wrong = append(wrong, filter.Mistake{Key: at, Text: "want the address of a resource or a collection such as room@example.org"})
			continue
		}
		if _, twice := all[a]; twice {
			wrong = append(wrong, filter.Mistake{Key: at, Text: "is there twice"})
		}
		l := layer{place: "usher.yaml: " + at}
		trial := c.Rules
		for key, values := range c.Resources[name] {
			f, ok := ruleNamed(key)
			if !ok {
				wrong = append(wrong, filter.Mistake{Key: at + "." + key, Text: unknownRule(key)})
			} else if err := f.set(&trial, values); err != nil {
				wrong = append(wrong, filter.Mistake{Key: at + "." + key, Text: err.Error()})
			}
			l.add(key, "", values...)
		}
		all[a] = l
	}
	slices.SortFunc(wrong, func(a, b filter.Mistake) int { return strings.Compare(a.Key, b.Key) })
	return all, wrong
}

// unknownRule says what was perhaps meant.
func unknownRule(key string) string {
	const text = "no rule is called so"
	if best := mostAlike(key); best != "" {
		return text + " (did you mean \"" + best + "\"?)"
	}
	return text
}

// mostAlike is the rule whose key looks most like a word, or "".
func mostAlike(word string) string {
	best := slices.MaxFunc(ruleFields, func(a, b ruleField) int { return cmp.Compare(alike(word, a.key), alike(word, b.key)) })
	if alike(word, best.key) < 0.5 {
		return ""
	}
	return best.key
}

// alike is how much of the pairs of letters of two words are the same, 0 to 1.
func alike(a, b string) float64 {
	a, b = " "+ruleKey(a), " "+b
	same := 0
	for i := range len(a) - 1 {
		if strings.Contains(b, a[i:i+2]) {
			same++
		}
	}
	return float64(same) / float64(max(len(a), len(b))-1)
}
