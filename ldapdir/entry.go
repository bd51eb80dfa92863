// Package ldapdir is the directory as Usher sees it, free of protocol: people, groups, resources, collections
// and domains, how their attributes are named, and how long a fact may be believed.
//
// It knows nothing about go-ldap (that is ldapdir/ldap), mail or calendars.
package ldapdir

import (
	"strings"
	"time"

	"usher/address"
)

// Kind is what an entry is.
type Kind string

// The kinds of entries.
const (
	Person     Kind = "person"
	Group      Kind = "group"
	Resource   Kind = "resource"   // bookable: has a calendar
	Collection Kind = "collection" // a group whose members are resources
	Folder     Kind = "folder"     // a shared mail folder that is not bookable
	Forward    Kind = "forward"    // an entry that only sends mail on (mailForwardingAddress)
)

// Entry is what the directory says about one address: pure data, never changed after it was made.
type Entry struct {
	DN        string
	Kind      Kind
	Name      string            // display name
	Addresses []address.Address // all of its addresses, the primary one first; may be empty
	Logins    []string
	Members   []string // DNs of a group's or collection's members, as written
	Queries   []string // LDAP URLs of dynamic members (memberURL)
	Forwards  []address.Address
	Owners    []string            // DNs
	Delegates []string            // DNs, uids or addresses
	Calendar  string              // the resource's calendar folder
	Policies  []string            // invitation policies, as written
	Language  string              // preferredLanguage
	Attrs     map[string][]string // every attribute read, names in lower case
	Fetched   time.Time           // when the directory said so
	Stale     bool                // older than the cache's ttl: used because the directory does not answer
}

// Mail is the primary address, or the zero address.
func (e *Entry) Mail() address.Address {
	if e == nil || len(e.Addresses) == 0 {
		return ""
	}
	return e.Addresses[0]
}

// Attr is the first value of an attribute, or "".
func (e *Entry) Attr(name string) string {
	if e == nil {
		return ""
	}
	if v := e.Attrs[strings.ToLower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}
