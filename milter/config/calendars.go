package config

import (
	"errors"
	"reflect"
	"time"

	"usher/itip/imapcal"
	"usher/milter/filter"
)

// Calendars says where the calendars lie: in a folder, or on an IMAP server.
type Calendars struct {
	Dir            string `yaml:"dir" config:"dir"` // one folder of .ics files per calendar
	imapcal.Config `yaml:",inline"`
	Zone           string `yaml:"zone"` // in which floating times and whole days are meant
}

// InIMAP tells whether the calendars lie on an IMAP server.
func (c *Calendars) InIMAP() bool { return len(c.URL) > 0 }

// Check asks the zone database, and looks that one place is named, with what belongs to it.
func (c *Calendars) Check() filter.Mistakes {
	ms := c.checkPlace()
	if _, err := time.LoadLocation(c.Zone); err != nil {
		ms = append(ms, filter.Mistake{Key: "zone", Text: "want a time zone such as Europe/Berlin, not " + quote(c.Zone)})
	}
	return ms
}

func (c *Calendars) checkPlace() (ms filter.Mistakes) {
	if !c.InIMAP() {
		for _, key := range c.idle() {
			ms = append(ms, filter.Mistake{Key: key, Text: "is for calendars in IMAP: want imap, too, such as imaps://imap.example.org"})
		}
		return ms
	}
	if c.Dir != "" {
		ms = append(ms, filter.Mistake{Key: "imap", Text: "calendars lie in one place: want imap or dir, not both"})
	}
	var wrong imapcal.Mistakes
	errors.As(c.Config.Check(), &wrong)
	for _, m := range wrong {
		ms = append(ms, filter.Mistake{Key: m.Key, Text: m.Text})
	}
	return ms
}

// idle names the keys of IMAP that say something else than their defaults.
func (c *Calendars) idle() (keys []string) {
	unsaid := fieldsOf(reflect.ValueOf(imapcal.Defaults()))
	for i, f := range fieldsOf(reflect.ValueOf(c.Config)) {
		if !reflect.DeepEqual(f.value.Interface(), unsaid[i].value.Interface()) && f.name != "imap" {
			keys = append(keys, f.name)
		}
	}
	return keys
}

// Location is the zone; the settings have been checked.
func (c *Calendars) Location() *time.Location {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}
