package main

import (
	"slices"

	"usher/milter/config"
	"usher/milter/filter"
)

// modulesAt names the modules that work behind a listener; those that do so for some domains only, with them.
func modulesAt(l config.Listener, steps []filter.Step) (names []string) {
	for _, s := range steps {
		everywhere, domains := enabledAt(l, s)
		if everywhere {
			names = append(names, s.Name)
			continue
		}
		for _, d := range domains {
			names = append(names, s.Name+"@"+d)
		}
	}
	return names
}

// enabledAt tells whether a step works behind a listener, and for which domains if not for all; of the variants
// that fit, the last one counts.
func enabledAt(l config.Listener, s filter.Step) (everywhere bool, domains []string) {
	if l.Role == filter.Own && !s.Own {
		return false, nil
	}
	everywhere = s.Module != nil
	for _, v := range s.Variants {
		switch {
		case v.Listener != "" && v.Listener != l.Name:
		case v.Domain == "":
			everywhere = v.Module != nil
		default:
			domains = slices.DeleteFunc(domains, func(d string) bool { return d == v.Domain })
			if v.Module != nil {
				domains = append(domains, v.Domain)
			}
		}
	}
	return everywhere, domains
}
