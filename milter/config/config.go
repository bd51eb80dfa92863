// Package config reads the configuration file: strict YAML in which every mistake is answered with its file and
// line, what is wrong and what would be right, all of them at once.
//
// It knows the frame: listeners, roles, overrides, which keys every module has. What a section or a module
// wants to know stands in a struct with yaml tags, defaults and checks in the package it belongs to; this
// package fills it without knowing what it means. It holds no state: reading the file twice gives two
// configurations, and the old one stays as it was.
//
// # Settings structs
//
// A field has a yaml tag with its key. Values that are there before decoding are the defaults; elements that
// decoding has to make first (of a list, of a map, behind a pointer) get theirs from a method SetDefaults.
// A list may be written as one value. A key that ends in _file or _dir names a path, relative to the folder of
// the configuration file; a _file must be readable, password_file, secret_file and key_file should not be so for
// everybody. The tag config says the rest, separated by commas:
//
//	config:"required"             there is no sensible default
//	config:"oneof=defer|pass"     a closed set
//	config:"file" "secret" "dir"  a path although the key does not say so
//
// Types with UnmarshalText check themselves, and say with a method Wanted what they want to be given. A struct may have a method Check that returns an error or a list
// of structs with Key and Text (filter.Mistakes is one): Key is a path below the struct, such as rules[2].when.
// A method Complete that returns the same struct fills in what its user would, for the effective configuration.
package config

import (
	"log/slog"
	"slices"
	"time"

	"usher/address"
	"usher/itip/imapcal"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/world"
)

// Config is one configuration, complete and checked.
type Config struct {
	Listen    []Listener     `yaml:"listen" config:"required"`
	Hostname  string         `yaml:"hostname"` // "": what the machine calls itself
	Domains   []string       `yaml:"domains"`  // those of the directory's first profile if it names none
	Directory ldapdir.Config `yaml:"directory"`
	Calendars Calendars      `yaml:"calendars"`
	Submit    world.Config   `yaml:"submit"`
	Trust     Trust          `yaml:"trust"`
	Audit     bool           `yaml:"audit"` // every module is asked and logged, nothing happens
	Limits    Limits         `yaml:"limits"`
	Drain     time.Duration  `yaml:"drain"` // for mails in work when we are told to stop
	StateDir  string         `yaml:"state_dir"`
	Metrics   string         `yaml:"metrics"` // where /metrics and /healthz are served; "": nowhere
	Log       Log            `yaml:"log"`

	// Warnings are what is allowed and still unwise; those of modules are known after Steps.
	Warnings Mistakes `yaml:"-"`

	defs      []filter.Definition
	modules   map[string]raw
	overrides []override
	instances map[string][]*instance
	doc       *document
}

// Limits bound what mail may cost us.
type Limits struct {
	Header       filter.Size   `yaml:"header"` // of one mail
	HeaderFields int           `yaml:"header_fields"`
	Recipients   int           `yaml:"recipients"`
	Memory       filter.Size   `yaml:"memory"`   // of one mail; more goes to a file
	Spool        filter.Size   `yaml:"spool"`    // of all mails in work, memory and files
	Deadline     time.Duration `yaml:"deadline"` // for one mail at the end of its message
}

// Log says what is written to standard error and how.
type Log struct {
	Level  string `yaml:"level" config:"oneof=debug|info|warn|error"`
	Format string `yaml:"format" config:"oneof=text|json"`
}

// Default is the configuration of an empty file.
func Default() Config {
	return Config{
		Directory: ldapdir.Defaults(),
		Calendars: Calendars{Config: imapcal.Defaults(), Zone: "UTC"},
		Submit:    world.DefaultConfig(),
		Limits: Limits{Header: 1 << 20, HeaderFields: 10_000, Recipients: 10_000,
			Memory: 256 << 10, Spool: 4 << 30, Deadline: 4 * time.Minute},
		Trust:    Trust{Inbound: filter.Authenticated},
		Drain:    30 * time.Second,
		StateDir: "/var/lib/usher",
		Log:      Log{Level: "info", Format: "text"},
	}
}

// Check makes the domains canonical and says what does not fit together.
func (c *Config) Check() filter.Mistakes {
	ms := append(checkDomains(c.Domains), checkListeners(c.Listen)...)
	if c.Metrics != "" {
		if err := checkHostPort(c.Metrics); err != nil {
			ms = append(ms, filter.Mistake{Key: "metrics", Text: err.Error()})
		}
	}
	return ms
}

// Check keeps the host's deadline below the one after which Postfix gives up on us
// (milter_content_timeout, 300 s).
func (l *Limits) Check() filter.Mistakes {
	var ms filter.Mistakes
	if l.Deadline < time.Second || l.Deadline >= 300*time.Second {
		ms = append(ms, filter.Mistake{Key: "deadline", Text: "want between 1s and 299s: Postfix gives up after 300s"})
	}
	for _, limit := range []struct {
		key string
		is  int64
	}{
		{"header", int64(l.Header)}, {"header_fields", int64(l.HeaderFields)}, {"recipients", int64(l.Recipients)},
		{"memory", int64(l.Memory)}, {"spool", int64(l.Spool)},
	} {
		if limit.is < 1 {
			ms = append(ms, filter.Mistake{Key: limit.key, Text: "want more than nothing"})
		}
	}
	return ms
}

// Slog is the level as log/slog knows it.
func (l Log) Slog() slog.Level {
	var level slog.Level
	if level.UnmarshalText([]byte(l.Level)) != nil {
		return slog.LevelInfo
	}
	return level
}

// checkDomains makes names canonical where they stand.
func checkDomains(domains []string) filter.Mistakes {
	var ms filter.Mistakes
	for i, d := range domains {
		canonical, err := address.CanonicalDomain(d)
		switch {
		case err != nil:
			ms = append(ms, filter.Mistake{Key: item("domains", i), Text: "want a domain such as example.org, not " + quote(d)})
		case slices.Contains(domains[:i], canonical):
			ms = append(ms, filter.Mistake{Key: item("domains", i), Text: quote(d) + " is there twice"})
		default:
			domains[i] = canonical
		}
	}
	return ms
}
