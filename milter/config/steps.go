package config

import (
	"reflect"

	"go.yaml.in/yaml/v4"

	"usher/milter/filter"
)

// Steps builds the modules in the order of their definitions: each as it is set for everybody, and once more
// for every listener, domain or both for which its settings differ. The error is Mistakes.
func (c *Config) Steps(host filter.Host) ([]filter.Step, error) {
	var steps []filter.Step
	var wrong Mistakes
	for _, def := range c.defs {
		step := filter.Step{Name: def.Name, PerRecipient: def.PerRecipient, Own: def.Own}
		built := map[string]filter.Setting{}
		for i, in := range c.instances[def.Name] {
			setting, ok := built[in.id()]
			if !ok {
				var ms Mistakes
				setting, ms = c.build(def, in, host)
				wrong, built[in.id()] = append(wrong, ms...), setting
			}
			if i == 0 {
				step.Setting = setting
			} else {
				step.Variants = append(step.Variants, filter.Variant{Listener: in.listener, Domain: in.domain, Setting: setting})
			}
		}
		steps = append(steps, step)
	}
	if err := wrong.orNil(); err != nil {
		return nil, err
	}
	c.Warnings = c.Warnings.sorted()
	return steps, nil
}

// build makes one module if it is switched on.
func (c *Config) build(def filter.Definition, in *instance, host filter.Host) (filter.Setting, Mistakes) {
	setting := filter.Setting{OnError: in.OnError, Timeout: in.Timeout, Audit: in.Audit}
	if !in.Enabled {
		return setting, nil
	}
	module, err := def.Build(host, func(into any) error {
		reflect.ValueOf(into).Elem().Set(reflect.ValueOf(in.settings).Elem())
		return nil
	})
	if err != nil {
		return setting, c.doc.located(in.node, "", err)
	}
	setting.Module = module
	if a, ok := module.(filter.Adviser); ok {
		c.Warnings = append(c.Warnings, c.doc.located(in.node, "", a.Advice())...)
	}
	return setting, nil
}

// Locate gives an error its file and line: it is about the setting with this path, or about settings below it if
// it is a list of Key and Text such as filter.Mistakes. The answer is Mistakes; nil stays nil.
func (c *Config) Locate(path string, err error) error {
	if err == nil {
		return nil
	}
	return c.doc.located(c.doc.root, path, err).orNil()
}

// located finds the lines that an error complains of.
func (d *document) located(n *yaml.Node, path string, err error) Mistakes {
	var ms Mistakes
	for _, c := range complaints(err) {
		at, rest := find(n, join(path, c.key))
		p := d.places[at]
		p.path = join(p.path, rest)
		ms = append(ms, d.mistake(p, c.text))
	}
	return ms
}
