package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"usher/milter/filter"
)

// Common are the keys every module has.
type Common struct {
	Enabled bool           `yaml:"enabled"`
	OnError filter.OnError `yaml:"on_error" config:"oneof=defer|pass"`
	Timeout time.Duration  `yaml:"timeout"` // of one call; 0: the host's deadline alone
	Audit   bool           `yaml:"audit"`   // asked and logged, nothing happens
}

// instance is a module as it is set for one scope.
type instance struct {
	scope
	Common
	node     *yaml.Node // where its keys stand, overrides merged in
	settings any        // pointer to the module's own struct, decoded
}

// defaults are the common settings of a module that says nothing.
func defaults(def filter.Definition) Common {
	return Common{OnError: def.OnError, Timeout: 30 * time.Second}
}

var errLooking = errors.New("only looking at the settings")

// settingsOf is a fresh copy of a module's settings with their defaults: Build hands it out to be decoded.
func settingsOf(def filter.Definition) any {
	var settings any = &struct{}{}
	_, _ = def.Build(filter.Host{}, func(into any) error {
		settings = into
		return errLooking
	})
	return settings
}

// readModules decodes every module in every scope, used or not.
func (c *Config) readModules(d *decoder) {
	c.instances = map[string][]*instance{}
	for _, def := range c.defs {
		all := append([]scope{{}}, scopes(c.overrides, def.Name)...)
		for _, s := range all {
			c.instances[def.Name] = append(c.instances[def.Name], c.read(d, def, s))
		}
	}
}

// read decodes a module's settings for one scope.
func (c *Config) read(d *decoder, def filter.Definition, s scope) *instance {
	in := &instance{scope: s, Common: defaults(def), settings: settingsOf(def)}
	layers := c.layers(def.Name, s.overrides)
	in.node = d.merged(def.Name, layers)
	common, own := fieldsOf(reflect.ValueOf(&in.Common).Elem()), fieldsOf(reflect.ValueOf(in.settings).Elem())
	for _, f := range own {
		if slices.Contains(names(common), f.name) {
			panic("config: module " + def.Name + " has a key of its own that every module has: " + f.name)
		}
	}
	sub := *d
	sub.document, sub.lax = d.document, !isOn(in.node)
	if sub.fields(in.node, slices.Concat(common, own)) {
		sub.check(in.node, reflect.ValueOf(in.settings).Elem())
	}
	return in
}

// isOn reads enabled before everything else: what is not in use need not be complete.
func isOn(n *yaml.Node) bool {
	enabled := lookup(n, "enabled")
	return enabled != nil && enabled.Tag == "!!bool" && enabled.Value[0]|0x20 == 't'
}

// merged lays the layers over each other; the result stands where the last of them does.
func (d *document) merged(module string, layers []*yaml.Node) *yaml.Node {
	if len(layers) == 0 {
		return d.nothing(d.root, module)
	}
	last := layers[len(layers)-1]
	if len(layers) == 1 {
		return last
	}
	n := merge(layers...)
	d.places[n] = d.places[last]
	return n
}

func (c *Config) moduleNames() []string {
	all := make([]string, len(c.defs))
	for i, def := range c.defs {
		all[i] = def.Name
	}
	return all
}

// checkNames refuses names of modules, and overrides for listeners, that do not exist.
func (c *Config) checkNames(d *decoder) {
	modules := c.moduleNames()
	d.known(lookup(d.root, "modules"), modules)
	for i, o := range c.overrides {
		at, _ := find(d.root, item("overrides", i))
		d.known(lookup(at, "modules"), modules)
		for j, name := range o.Listener {
			if listeners := c.listeners(); !slices.Contains(listeners, name) {
				n, rest := find(at, item("listener", j))
				d.say(n, rest, "unknown listener "+quote(name)+hint(name, listeners))
			}
		}
	}
}

// known refuses modules that do not exist.
func (d *decoder) known(n *yaml.Node, modules []string) {
	if n == nil {
		return
	}
	for key := range pairs(n) {
		if key.Kind == yaml.ScalarNode && !slices.Contains(modules, key.Value) && key.Tag != "!!merge" {
			d.say(key, "", "unknown module "+quote(key.Value)+hint(key.Value, modules))
		}
	}
}

func hint(word string, known []string) string {
	if best := closest(word, known); best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	return ": known are " + list(known, "and")
}

// listeners are their names.
func (c *Config) listeners() []string {
	all := map[string]bool{}
	for _, l := range c.Listen {
		all[l.Name] = true
	}
	return slices.Sorted(maps.Keys(all))
}
