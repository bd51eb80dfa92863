package imapcal

import (
	"strings"
	"time"

	"usher/itip/calendar"
)

// Config is how the IMAP server is reached and what lies in it.
type Config struct {
	URL          []string      `yaml:"imap"`     // imaps://host[:port] or imap://…; the preferred one first
	StartTLS     bool          `yaml:"starttls"` // on imap://
	CAFile       string        `yaml:"ca_file"`  // "": the system's
	User         string        `yaml:"user"`     // the service account
	PasswordFile string        `yaml:"password_file"`
	Login        Login         `yaml:"login" config:"oneof=authzid|master"` // how the account acts for a user
	Separator    string        `yaml:"separator"`                           // between user and account with login: master
	Pool         int           `yaml:"pool"`                                // connections per login at most
	Connections  int           `yaml:"connections"`                         // of all logins together at most
	DialTimeout  time.Duration `yaml:"dial_timeout"`                        // greeting, TLS and login included
	Timeout      time.Duration `yaml:"timeout"`                             // for one answer of the server
	IdleTimeout  time.Duration `yaml:"idle_timeout"`                        // then a connection is given up

	Format  Format  `yaml:"format" config:"oneof=kolab|ical"` // what is written; both are read
	Folders Folders `yaml:"folders"`                          // of users, where they have no types

	Writers string `yaml:"writers" config:"oneof=many|1"` // how many processes book in these calendars

	MaxMessage int `yaml:"max_message"` // bytes; an object in a larger mail cannot be read
	Index      int `yaml:"index"`       // objects of which is remembered when they take place, about 400 bytes each
	Objects    int `yaml:"objects"`     // parsed objects kept at hand, about 10 kB each
}

// Folders are the names of users' folders where the server knows no types, below the user's own prefix.
type Folders struct {
	Calendar     string `yaml:"calendar"`
	Tasks        string `yaml:"tasks"`
	Private      string `yaml:"private"`      // for objects of CLASS:PRIVATE
	Confidential string `yaml:"confidential"` // for objects of CLASS:CONFIDENTIAL
}

// Login is how the service account logs in for a user.
type Login string

// The ways.
const (
	AuthzID Login = "authzid" // SASL PLAIN with the user as authorization identity (RFC 4616)
	Master  Login = "master"  // as user*account, which is Dovecot's way
)

// Format is how objects are written.
type Format string

// The formats.
const (
	Kolab Format = "kolab" // Kolab's format version 3: xCal in a MIME part
	ICal  Format = "ical"  // a text/calendar mail
)

// The values of Writers.
const (
	ManyWriters = "many"
	OneWriter   = "1" // claims are kept in memory until they are confirmed
)

// Defaults are the settings where nothing is said.
func Defaults() Config {
	return Config{
		Login: AuthzID, Separator: "*", Pool: 8, Connections: 100,
		DialTimeout: 10 * time.Second, Timeout: 20 * time.Second, IdleTimeout: 2 * time.Minute,
		Format: Kolab, Folders: Folders{Calendar: "Calendar", Tasks: "Tasks"}, Writers: ManyWriters,
		MaxMessage: 16 << 20, Index: 200_000, Objects: 4096,
	}
}

// Options are what the program, not its configuration, says.
type Options struct {
	calendar.Options             // Local, HoldLife and ConfirmWithin count here
	Notice           func(Event) // told what somebody should look at; nil: nobody is
}

// Event is something that was met and is not an error, without any content.
type Event struct {
	Calendar string
	What     string // such as "two objects with one UID"
	UIDs     []uint32
}

// kinds gives the configured names with the folder's kind.
func (f Folders) kinds() []namedKind {
	return []namedKind{
		{f.Calendar, folderKind{is: true, standard: true}},
		{f.Private, folderKind{is: true, class: "PRIVATE"}},
		{f.Confidential, folderKind{is: true, class: "CONFIDENTIAL"}},
		{f.Tasks, folderKind{is: true, tasks: true, standard: true}},
	}
}

// isLocal tells whether what is said to a host stays on this machine.
func isLocal(host string) bool {
	return strings.EqualFold(host, "localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}
