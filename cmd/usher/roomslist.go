package main

import (
	"fmt"
	"strings"

	"usher/ldapdir"
	"usher/milter/filter"
)

// tell prints the list. What cannot be read is a failure.
func (l *listing) tell(s stdio, asJSON bool) error {
	var err error
	if asJSON {
		err = sayJSON(s, l.objects())
	} else {
		err = say(s, l.String())
	}
	if err != nil {
		return err
	}
	for _, f := range l.facilities {
		if len(f.Wrong) > 0 {
			return done(exitFailed)
		}
	}
	return nil
}

// String is the list for people.
func (l *listing) String() string {
	if len(l.facilities) == 0 {
		return "nothing can be booked\n"
	}
	var b strings.Builder
	for i, f := range l.facilities {
		if i > 0 {
			b.WriteString("\n")
		}
		l.describe(&b, f)
	}
	return b.String()
}

// describe is one facility: what it is, where it belongs, and its rules with their origins. Policy and owners are
// always there.
func (l *listing) describe(b *strings.Builder, f filter.Facility) {
	fmt.Fprintf(b, "%s <%s>\n", shown(f.Name), f.Mail())
	table := newTable(b)
	row := func(key, value, origin string) {
		if value != "" {
			fmt.Fprintln(table, strings.TrimSuffix(fmt.Sprintf("  %s\t%s\t%s", key, shown(value), shown(origin)), "\t"))
		}
	}
	switch {
	case f.Kind == ldapdir.Collection:
		row("members", orNone(namesOf(f.Members)), "")
	default:
		row("calendar", orNone(f.Calendar), "")
	}
	row("in", namesOf(f.Collections), "")
	for _, r := range f.Rules {
		switch {
		case r.Key == "owner":
			row(r.Key, orNone(namesOf(f.Owners)), r.Origin)
		case l.all, r.Given, r.Key == "policy":
			row(r.Key, orNone(r.Value), r.Origin)
		}
	}
	for _, w := range f.Wrong {
		row("wrong", w, "")
	}
	table.Flush() // into memory
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func namesOf(entries []*ldapdir.Entry) string {
	names := make([]string, len(entries))
	for i, e := range entries {
		if names[i] = e.Name; e.Name == "" {
			names[i] = e.Mail().String()
		}
	}
	return strings.Join(names, ", ")
}

// facilityObject is one facility for programs.
type facilityObject struct {
	DN          string                `json:"dn"`
	Kind        string                `json:"kind"`
	Name        string                `json:"name"`
	Addresses   []string              `json:"addresses"`
	Calendar    string                `json:"calendar,omitempty"`
	Zone        string                `json:"zone"`
	Rules       map[string]ruleObject `json:"rules"`
	Owners      []string              `json:"owners"`      // names (DN)
	Collections []string              `json:"collections"` // names (DN), nearest first
	Members     []string              `json:"members"`     // names (DN)
	Wrong       []string              `json:"wrong"`
}

type ruleObject struct {
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

func (l *listing) objects() []facilityObject {
	all := []facilityObject{}
	for _, f := range l.facilities {
		o := facilityObject{DN: f.DN, Kind: string(f.Kind), Name: f.Name, Calendar: f.Calendar, Zone: f.Zone.String(),
			Rules: map[string]ruleObject{}, Addresses: []string{}, Wrong: append([]string{}, f.Wrong...),
			Owners: dnsOf(f.Owners), Collections: dnsOf(f.Collections), Members: dnsOf(f.Members)}
		for _, a := range f.Addresses {
			o.Addresses = append(o.Addresses, a.String())
		}
		for _, r := range f.Rules {
			o.Rules[r.Key] = ruleObject{r.Value, r.Origin}
		}
		all = append(all, o)
	}
	return all
}

func dnsOf(entries []*ldapdir.Entry) []string {
	names := []string{}
	for _, e := range entries {
		names = append(names, e.DN)
	}
	return names
}
