package config

import (
	"time"

	"usher/milter/filter"
)

// Calendars says where the calendars lie.
type Calendars struct {
	Dir  string `yaml:"dir" config:"dir"` // one folder of .ics files per calendar
	Zone string `yaml:"zone"`             // in which floating times and whole days are meant
}

// Check asks the zone database.
func (c *Calendars) Check() filter.Mistakes {
	if _, err := time.LoadLocation(c.Zone); err != nil {
		return filter.Mistakes{{Key: "zone", Text: "want a time zone such as Europe/Berlin, not " + quote(c.Zone)}}
	}
	return nil
}

// Location is the zone; the settings have been checked.
func (c *Calendars) Location() *time.Location {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}
