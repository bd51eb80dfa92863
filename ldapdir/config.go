package ldapdir

import (
	"slices"
	"time"
)

// Config is the directory section of the configuration: one profile directly, or several as a list.
type Config struct {
	Profile  `yaml:",inline"`
	Profiles []Profile `yaml:"profiles"` // several directories, each with its domains

	RecipientDelimiter string        `yaml:"recipient_delimiter"` // characters that begin a tag: john+lists@; "" is none
	StripRealms        []string      `yaml:"strip_realms"`        // realms a login may carry that are no part of it
	Deadline           time.Duration `yaml:"deadline"`            // for one question, all servers and retries included
	MaxMembers         int           `yaml:"max_members"`         // of a group, nested ones included
	MaxDepth           int           `yaml:"max_depth"`           // of groups in groups
	Cache              Cache         `yaml:"cache"`
	Breaker            Breaker       `yaml:"breaker"`
}

// Cache says how long a fact may be believed.
type Cache struct {
	TTL         time.Duration `yaml:"ttl"`          // a revocation is effective after this time at the latest
	NegativeTTL time.Duration `yaml:"negative_ttl"` // for "nobody"
	MaxStale    time.Duration `yaml:"max_stale"`    // entries no older than this are used while the directory does not answer
	MaxEntries  int           `yaml:"max_entries"`  // answers kept
}

// Breaker says when a directory that does not answer is left alone, and for how long.
type Breaker struct {
	Failures int           `yaml:"failures"` // in a row
	Pause    time.Duration `yaml:"pause"`    // then one question is let through to see
}

// Profile is one directory: how it is reached, which domains it answers for, how its attributes are named.
type Profile struct {
	Name string `yaml:"name"` // for logs and metrics

	LDIF string `yaml:"ldif" config:"file"` // a file instead of a server

	URL            []string      `yaml:"url"` // ldap://, ldaps:// or ldapi://, the preferred one first
	StartTLS       bool          `yaml:"starttls"`
	CAFile         string        `yaml:"ca_file"`       // "": the system's
	BindDN         string        `yaml:"bind_dn"`       // "": anonymous
	PasswordFile   string        `yaml:"password_file"` // read at each bind
	Pool           int           `yaml:"pool"`          // connections at most
	DialTimeout    time.Duration `yaml:"dial_timeout"`
	RequestTimeout time.Duration `yaml:"request_timeout"`
	PageSize       int           `yaml:"page_size"`
	// Referrals says what a search is worth whose answer points to other servers: "refuse" takes it for
	// incomplete, "ignore" for all there is (Active Directory adds such pointers to every search from its root).
	Referrals string `yaml:"referrals"`

	Base          string            `yaml:"base"`
	Domains       []string          `yaml:"domains"`        // ours
	RelayDomains  []string          `yaml:"relay_domains"`  // ours too, delivered elsewhere
	DomainAliases map[string]string `yaml:"domain_aliases"` // alias: main domain
	DomainBases   map[string]string `yaml:"domain_bases"`   // domain: where its entries are
	DomainSearch  DomainSearch      `yaml:"domain_search"`

	Preset string `yaml:"preset"` // kolab, plain or ad
	Schema Schema `yaml:"schema"` // what differs from the preset
}

// DomainSearch finds domains by asking the directory.
type DomainSearch struct {
	Base     string   `yaml:"base"`   // "": no search
	Filter   string   `yaml:"filter"` // (associatedDomain=%s)
	NameAttr string   `yaml:"name"`   // several values on one entry are aliases of one domain
	BaseAttr string   `yaml:"subtree"`
	Extra    []string `yaml:"extra"` // attributes to keep with the domain
}

// Schema names the attributes and classes. A list that is left out is the preset's; an empty one is empty.
type Schema struct {
	Names         []string          `yaml:"name"` // attributes; the first that is there
	Addresses     []string          `yaml:"addresses"`
	AddressPrefix map[string]string `yaml:"address_prefix"` // attribute: what its addresses begin with, such as smtp:
	Logins        []string          `yaml:"logins"`
	Members       []string          `yaml:"members"`
	MemberURLs    []string          `yaml:"member_urls"`
	Forwards      []string          `yaml:"forwards"` // addresses a mail goes on to, or a group's members that have no entry
	Owners        []string          `yaml:"owners"`
	Delegates     []string          `yaml:"delegates"`
	Calendars     []string          `yaml:"calendar"`
	CalendarName  string            `yaml:"calendar_name"` // of a resource that names none; %s is its address
	Policies      []string          `yaml:"policies"`
	Languages     []string          `yaml:"language"`
	Deleted       []string          `yaml:"deleted"` // set on entries that are about to go
	Extra         []string          `yaml:"extra"`   // further attributes to keep
	Wanted        []string          `yaml:"-"`       // further attributes that modules read; they say so themselves

	Kinds         Kinds    `yaml:"kinds"`
	ResourceBases []string `yaml:"resource_bases"` // what lies here is bookable; relative to the base, or complete

	AddressFilter string `yaml:"address_filter"` // instead of one made from addresses
	LoginFilter   string `yaml:"login_filter"`
}

// Kinds are the object classes that make an entry what it is.
type Kinds struct {
	Person     []string `yaml:"person"`
	Group      []string `yaml:"group"`
	Resource   []string `yaml:"resource"`
	Collection []string `yaml:"collection"`
	Folder     []string `yaml:"folder"`
	Forward    []string `yaml:"forward"`
}

// Defaults are the settings to decode the file's over. What the profiles leave out is filled in by New.
func Defaults() Config {
	return Config{
		RecipientDelimiter: "+",
		Deadline:           5 * time.Second,
		MaxMembers:         5000,
		MaxDepth:           10,
		Cache:              Cache{TTL: 5 * time.Minute, NegativeTTL: time.Minute, MaxStale: 24 * time.Hour, MaxEntries: 100_000},
		Breaker:            Breaker{Failures: 5, Pause: 2 * time.Second},
	}
}

// place is a profile and the key its settings stand under.
type place struct {
	Profile
	key string
}

// Complete gives the settings as New uses them: every default and what the presets say filled in.
func (c Config) Complete() Config {
	all := c.all()
	if all[0].key == "" {
		c.Profile, all = all[0].Profile, all[1:]
	}
	c.Profiles = slices.Clone(c.Profiles)
	for i, p := range all {
		c.Profiles[i] = p.Profile
	}
	return c
}

// all gives the profiles of a configuration: the one written directly, the listed ones, or both.
func (c Config) all() []place {
	var ps []place
	if c.LDIF != "" || len(c.URL) > 0 || len(c.Profiles) == 0 {
		ps = append(ps, place{c.Profile, ""})
	}
	for i, p := range c.Profiles {
		ps = append(ps, place{p, indexed("profiles", i) + "."})
	}
	for i := range ps {
		ps[i].Profile = ps[i].complete(i)
	}
	return ps
}
