package config

import (
	"cmp"
	"slices"

	"usher/ldapdir"
)

// attributer are settings that say which attributes of the directory their module reads, so that the postmaster
// does not have to list them a second time under directory.schema.extra.
type attributer interface{ DirectoryAttributes(preset string) []string }

// wantAttributes has every profile ask for what the modules that are switched on read.
func (c *Config) wantAttributes() {
	ask := func(p *ldapdir.Profile) {
		for _, def := range c.defs {
			for _, in := range c.instances[def.Name] {
				if a, ok := in.settings.(attributer); ok && in.Enabled {
					p.Schema.Wanted = append(p.Schema.Wanted, a.DirectoryAttributes(cmp.Or(p.Preset, ldapdir.DefaultPreset))...)
				}
			}
		}
		slices.Sort(p.Schema.Wanted)
		p.Schema.Wanted = slices.Compact(p.Schema.Wanted)
	}
	ask(&c.Directory.Profile)
	for i := range c.Directory.Profiles {
		ask(&c.Directory.Profiles[i])
	}
}
