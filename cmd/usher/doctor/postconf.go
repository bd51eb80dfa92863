package doctor

import (
	"bufio"
	"fmt"
	"strings"
)

// Outputs are what postconf printed, each with the option named.
type Outputs struct {
	Main      string // -n
	Defaults  string // -d
	Master    string // -M
	Overrides string // -P
}

// Postfix is the configuration of one instance.
type Postfix struct {
	set, defaults map[string]string
	all           []Service
}

// maxLine bounds one setting, in bytes; postconf prints each in one line.
const maxLine = 1 << 20

// Read makes a Postfix of the outputs.
func Read(o Outputs) (*Postfix, error) {
	p := &Postfix{}
	var err error
	if p.set, err = settings("postconf -n", o.Main); err != nil {
		return nil, err
	}
	if p.defaults, err = settings("postconf -d", o.Defaults); err != nil {
		return nil, err
	}
	if p.defaults["mail_version"] == "" {
		return nil, fmt.Errorf("postconf -d: names no mail_version: not the output of Postfix")
	}
	if p.all, err = services(o.Master); err != nil {
		return nil, err
	}
	return p, p.override(o.Overrides)
}

// settings reads lines of name = value; lines that begin with white space go on (postconf -f folds).
func settings(source, text string) (map[string]string, error) {
	all := map[string]string{}
	last := ""
	err := eachLine(source, text, func(n int, line string) error {
		if line[0] == ' ' || line[0] == '\t' {
			all[last] = strings.TrimSpace(all[last] + " " + strings.TrimSpace(line))
			return nil
		}
		name, value, ok := strings.Cut(line, "=")
		if last = strings.TrimSpace(name); !ok || last == "" {
			return fmt.Errorf("%s, line %d: %q is not name = value", source, n, line)
		}
		all[last] = strings.TrimSpace(value)
		return nil
	})
	return all, err
}

func eachLine(source, text string, do func(n int, line string) error) error {
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if line := lines.Text(); strings.TrimSpace(line) != "" {
			if err := do(n, line); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	return nil
}

// override gives services their own settings: lines of service/type/name = value.
func (p *Postfix) override(text string) error {
	return eachLine("postconf -P", text, func(n int, line string) error {
		key, value, ok := strings.Cut(line, "=")
		slash := strings.LastIndexByte(key, '/')
		if !ok || slash < 0 {
			return fmt.Errorf("postconf -P, line %d: %q is not service/type/name = value", n, line)
		}
		for i := range p.all {
			if p.all[i].ID() == key[:slash] {
				p.all[i].set[strings.TrimSpace(key[slash+1:])] = strings.TrimSpace(value)
			}
		}
		return nil
	})
}

// Get is a setting as it counts in a service, expanded; without a service as it counts in main.cf.
func (p *Postfix) Get(s *Service, name string) string {
	return expand(p.raw(s, name), func(name string) (string, bool) { return p.lookup(s, name) })
}

func (p *Postfix) raw(s *Service, name string) string {
	value, _ := p.lookup(s, name)
	return value
}

func (p *Postfix) lookup(s *Service, name string) (string, bool) {
	if s != nil {
		if value, ok := s.set[name]; ok {
			return value, true
		}
		if name == "service_name" {
			return s.Name, true
		}
	}
	if value, ok := p.set[name]; ok {
		return value, true
	}
	value, ok := p.defaults[name]
	return value, ok
}

// words are the items of a list.
func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
}

// yes reads a switch.
func (p *Postfix) yes(s *Service, name string) bool { return strings.EqualFold(p.Get(s, name), "yes") }
