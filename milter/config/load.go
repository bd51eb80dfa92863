package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"usher/address"
	"usher/milter/filter"
)

// Load reads and checks a configuration for the modules there are. The error is Mistakes, all there are.
func Load(name string, defs []filter.Definition) (*Config, error) {
	text, err := read(name)
	if err != nil {
		return nil, Mistakes{{File: name, Text: err.Error()}}
	}
	folder, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", name, err)
	}
	return parseConfig(name, folder, text, defs)
}

// read gives the file as it is, one byte more than allowed at most.
func read(name string) ([]byte, error) {
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("no such file")
	}
	if err := look(name, aFile); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, cannotRead(name, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, cannotRead(name, err)
	}
	return text, nil
}

// parseConfig is Load for a file already read.
func parseConfig(name, folder string, text []byte, defs []filter.Definition) (*Config, error) {
	c := Default()
	c.defs, c.doc = defs, parse(name, folder, text)
	if c.doc.broken {
		return nil, c.doc.mistakes.orNil()
	}
	d := &decoder{document: c.doc, warnings: &c.Warnings}
	c.Directory.Domains = c.doc.domains()
	if d.fields(d.root, c.fields()) {
		d.check(d.root, reflect.ValueOf(&c).Elem())
		c.checkNames(d)
		c.inherit()
		c.readModules(d)
		c.wantAttributes()
	}
	c.Warnings = c.Warnings.sorted()
	if err := c.doc.mistakes.orNil(); err != nil {
		return nil, err
	}
	return &c, nil
}

// domains are the valid ones of the key domains, read before everything else: they are the default of the
// directory's.
func (d *document) domains() []string {
	quiet := decoder{document: parse(d.file, d.dir, nil), lax: true}
	var written, valid []string
	if n := lookup(d.root, "domains"); n != nil {
		quiet.value(n, reflect.ValueOf(&written).Elem(), rule{})
	}
	for _, name := range written {
		if canonical, err := address.CanonicalDomain(name); err == nil && !slices.Contains(valid, canonical) {
			valid = append(valid, canonical)
		}
	}
	return valid
}

// fields are the top-level keys.
func (c *Config) fields() []field {
	return append(fieldsOf(reflect.ValueOf(c).Elem()),
		field{name: "modules", value: reflect.ValueOf(&c.modules).Elem(), inside: c.moduleNames()},
		field{name: "overrides", value: reflect.ValueOf(&c.overrides).Elem()})
}
