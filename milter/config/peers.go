package config

import (
	"net"
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

// Submit says how our own mail gets out: to a smtpd service whose milter is the listener of role own.
type Submit struct {
	SMTP         string        `yaml:"smtp"` // host:port; "": modules that send mail cannot
	TLS          string        `yaml:"tls" config:"oneof=none|starttls|tls"`
	CAFile       string        `yaml:"ca_file"` // "": the system's
	User         string        `yaml:"user"`    // "": no login
	PasswordFile string        `yaml:"password_file"`
	Timeout      time.Duration `yaml:"timeout"`     // for one mail
	SecretFile   string        `yaml:"secret_file"` // signs what comes back to us; the same on all hosts
}

// Check says what does not fit together.
func (s *Submit) Check() filter.Mistakes {
	var ms filter.Mistakes
	add := func(key, text string) { ms = append(ms, filter.Mistake{Key: key, Text: text}) }
	if s.SMTP != "" {
		if err := checkHostPort(s.SMTP); err != nil {
			add("smtp", err.Error())
		}
	}
	switch {
	case s.User != "" && s.PasswordFile == "":
		add("password_file", "missing: user needs one")
	case s.User == "" && s.PasswordFile != "":
		add("user", "missing: password_file is of no use without it")
	case s.User != "" && s.TLS == "none" && !s.loopback():
		add("tls", "want starttls or tls: a password goes over the network")
	}
	if s.Timeout <= 0 {
		add("timeout", "want more than nothing")
	}
	return ms
}

func (s *Submit) loopback() bool {
	host, _, _ := net.SplitHostPort(s.SMTP)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
