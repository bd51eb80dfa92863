package config

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"usher/milter/filter"
	"usher/milter/message"
)

// lamp and ramp are modules with one setting of every kind.
type lamp struct {
	Position string            `yaml:"position" config:"oneof=top|end"`
	TextFile string            `yaml:"text_file"`
	Horizon  time.Duration     `yaml:"horizon"`
	Largest  filter.Size       `yaml:"largest"`
	Attrs    []string          `yaml:"attrs"`
	Nets     []netip.Prefix    `yaml:"nets"`
	Client   netip.Addr        `yaml:"client"`
	Texts    map[string]string `yaml:"texts"`
	Rules    []rampRule        `yaml:"rules"`
	Share    float64           `yaml:"share"`
	Count    uint8             `yaml:"count"`
	Offset   int               `yaml:"offset"`
	Bright   *bool             `yaml:"bright"`
	Login    struct {
		Attrs        []string `yaml:"attrs"`
		PasswordFile string   `yaml:"password_file"`
	} `yaml:"login"`
	Shade shade `yaml:"shade"`
}

type rampRule struct {
	Name string `yaml:"name" config:"required"`
	When string `yaml:"when"`
	Max  int    `yaml:"max"`
}

func (r *rampRule) SetDefaults() { r.Max = 3 }

// shade reads itself.
type shade string

func (s *shade) UnmarshalText(text []byte) error {
	if !strings.HasPrefix(string(text), "#") {
		return errors.New("want a colour such as #ffffff")
	}
	*s = shade(text)
	return nil
}

func (l *lamp) Check() filter.Mistakes {
	if l.Position == "top" && l.TextFile == "" {
		return filter.Mistakes{{Key: "text_file", Text: "missing: position top needs one"}}
	}
	return nil
}

type ramp struct {
	RulesFile string     `yaml:"rules_file" config:"required"`
	Rules     []rampRule `yaml:"rules"`
}

// made is a module that remembers what it was made of.
type made struct{ settings any }

func (made) Match(*filter.Envelope, message.Header) filter.Interest { return filter.Nothing }
func (made) Plan(context.Context, *filter.Tx) (filter.Plan, error)  { return filter.Plan{}, nil }

// Advice is that of a lamp on top.
func (m made) Advice() filter.Mistakes {
	if l, ok := m.settings.(lamp); ok && l.Position == "top" {
		return filter.Mistakes{{Key: "position", Text: "the top is where rain falls"}}
	}
	return nil
}

var testModules = []filter.Definition{
	filter.Define(filter.Definition{Name: "lamp", Doc: "lights the way", OnError: filter.Pass, PerRecipient: true},
		lamp{Position: "end", Horizon: 180 * 24 * time.Hour, Largest: 25e6, Attrs: []string{"uid", "mail"}, Shade: "#000000"},
		func(_ filter.Host, s lamp) (filter.Module, error) { return made{s}, nil }),
	filter.Define(filter.Definition{Name: "ramp", Doc: "leads upwards", OnError: filter.Defer, Own: true}, ramp{},
		func(_ filter.Host, s ramp) (filter.Module, error) {
			var ms filter.Mistakes
			for i, r := range s.Rules {
				if strings.Contains(r.When, "(") {
					ms = append(ms, filter.Mistake{Key: item("rules", i) + ".when", Text: "unbalanced ("})
				}
				if r.Max > 5 {
					ms = append(ms, filter.Mistake{Key: item("rules", i) + ".max", Text: "steeper than 5"})
				}
			}
			if len(ms) > 0 {
				return nil, ms
			}
			return made{s}, nil
		}),
}
