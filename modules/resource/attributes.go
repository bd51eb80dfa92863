package resource

import (
	"slices"
	"strings"
)

// anyRule is the key of the attributes that hold key=value.
const anyRule = "rules"

// presets name the attributes of rules by the preset of the directory. Policies and owners are named by the directory
// itself (directory.schema).
var presets = map[string]map[string][]string{
	"kolab": {anyRule: {"kolabDescAttribute"}},
	"plain": {},
	"ad":    {"capacity": {"msExchResourceCapacity"}, "location": {"physicalDeliveryOfficeName"}},
}

// attributesOver lays settings over what presets say; a key that is given replaces theirs.
func attributesOver(given map[string][]string, names ...string) map[string][]string {
	all := map[string][]string{}
	for _, name := range names {
		for key, attrs := range presets[name] {
			for _, a := range attrs {
				if !slices.Contains(all[key], a) {
					all[key] = append(all[key], a)
				}
			}
		}
	}
	for key, attrs := range given {
		all[strings.ToLower(key)] = attrs
	}
	return all
}

// DirectoryAttributes are those the module reads of entries, beside what the directory's schema names.
func (c *Config) DirectoryAttributes(preset string) []string {
	var all []string
	for _, attrs := range attributesOver(c.Attributes, preset) {
		all = append(all, attrs...)
	}
	slices.Sort(all)
	return all
}
