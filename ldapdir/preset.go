package ldapdir

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// DefaultPreset is the preset of a profile that names none.
const DefaultPreset = "kolab"

// presets are the schemas known by name.
var presets = map[string]Schema{"kolab": kolab, "plain": plain, "ad": ad}

// kolab is a Kolab 3 directory. A mailAlternateAddress is an outside address of the person there
// and so kept, but no address of ours.
var kolab = Schema{
	Names:         []string{"displayName", "cn"},
	Addresses:     []string{"mail", "alias"},
	AddressPrefix: adPrefix,
	Logins:        []string{"uid", "mail"},
	Members:       []string{"uniqueMember", "member"},
	MemberURLs:    []string{"memberURL"},
	Forwards:      []string{"mailForwardingAddress"},
	Owners:        []string{"owner"},
	Delegates:     []string{"kolabDelegate"},
	Calendars:     []string{"kolabTargetFolder"},
	Policies:      []string{"kolabInvitationPolicy"},
	Languages:     []string{"preferredLanguage"},
	Deleted:       []string{"kolabDeleteflag"},
	Extra: []string{"kolabAllowSMTPSender", "kolabAllowSMTPRecipient", "kolabDescAttribute", "kolabFolderType",
		"mailAlternateAddress", "mailHost", "acl", "description"},
	Kinds: Kinds{
		Person:     []string{"inetOrgPerson", "kolabInetOrgPerson", "organizationalPerson", "person"},
		Group:      []string{"groupOfUniqueNames", "groupOfNames", "groupOfURLs", "kolabGroupOfUniqueNames", "kolabGroupOfURLs"},
		Resource:   []string{"kolabResource"},
		Collection: []string{},
		Folder:     []string{"kolabSharedFolder"},
		Forward:    []string{},
	},
	ResourceBases: []string{"ou=Resources"},
}

// plain is a directory of the standard classes alone. What lies under ou=Resources, or is a room, can be
// booked; its calendar is named after its address.
var plain = Schema{
	Names:         []string{"displayName", "cn"},
	Addresses:     []string{"mail"},
	AddressPrefix: adPrefix,
	Logins:        []string{"uid", "mail"},
	Members:       []string{"member", "uniqueMember"},
	MemberURLs:    []string{"memberURL"},
	Forwards:      []string{"mailForwardingAddress", "rfc822MailMember"},
	Owners:        []string{"owner"},
	Delegates:     []string{"secretary"},
	Calendars:     []string{},
	CalendarName:  "%s",
	Policies:      []string{},
	Languages:     []string{"preferredLanguage"},
	Deleted:       []string{},
	Extra:         []string{"description"},
	Kinds: Kinds{
		Person:     []string{"inetOrgPerson", "organizationalPerson", "person", "account"},
		Group:      []string{"groupOfNames", "groupOfUniqueNames", "groupOfURLs", "nisMailAlias"},
		Resource:   []string{"room"},
		Collection: []string{},
		Folder:     []string{},
		Forward:    []string{},
	},
	ResourceBases: []string{"ou=Resources"},
}

// ad is Active Directory, and what calls its attributes alike (Samba, AD LDS). Who may send on somebody's behalf
// stands in publicDelegates, as Exchange writes it. People who left are disabled there, not marked as deleted.
var ad = Schema{
	Names:         []string{"displayName", "cn"},
	Addresses:     []string{"mail", "proxyAddresses"},
	AddressPrefix: adPrefix,
	Logins:        []string{"sAMAccountName", "userPrincipalName", "mail"},
	Members:       []string{"member"},
	MemberURLs:    []string{},
	Forwards:      []string{},
	Owners:        []string{"managedBy"},
	Delegates:     []string{"publicDelegates"},
	Calendars:     []string{},
	CalendarName:  "%s",
	Policies:      []string{},
	Languages:     []string{"preferredLanguage"},
	Deleted:       []string{"isDeleted"},
	Extra:         []string{"description"},
	Kinds: Kinds{
		Person:     []string{"user", "inetOrgPerson", "contact", "person"},
		Group:      []string{"group"},
		Resource:   []string{"room"},
		Collection: []string{},
		Folder:     []string{"publicFolder"},
		Forward:    []string{},
	},
	ResourceBases: []string{"ou=Resources"},
}

// adPrefix: Active Directory keeps addresses as smtp:… and the primary one as SMTP:….
var adPrefix = map[string]string{"proxyAddresses": "smtp:"}

// complete fills in what a profile leaves to its defaults and preset.
func (p Profile) complete(i int) Profile {
	p.Name = cmp.Or(p.Name, fmt.Sprintf("directory%d", i+1))
	p.Preset = cmp.Or(p.Preset, DefaultPreset)
	p.Pool = cmp.Or(p.Pool, 4)
	p.DialTimeout = cmp.Or(p.DialTimeout, time.Second)
	p.RequestTimeout = cmp.Or(p.RequestTimeout, 2*time.Second)
	p.PageSize = cmp.Or(p.PageSize, 500)
	p.Referrals = cmp.Or(p.Referrals, "refuse")
	p.DomainSearch.Filter = cmp.Or(p.DomainSearch.Filter, "(associatedDomain=%s)")
	p.DomainSearch.NameAttr = cmp.Or(p.DomainSearch.NameAttr, "associatedDomain")
	p.DomainSearch.BaseAttr = cmp.Or(p.DomainSearch.BaseAttr, "inetDomainBaseDN")
	p.Schema = p.Schema.over(presets[p.Preset])
	return p
}

// over lays settings over a preset.
func (s Schema) over(preset Schema) Schema {
	lists := s.lists()
	for i, from := range preset.lists() {
		if *lists[i].names == nil {
			*lists[i].names = slices.Clone(*from.names)
		}
	}
	if s.AddressPrefix == nil {
		s.AddressPrefix = maps.Clone(preset.AddressPrefix)
	}
	s.CalendarName = cmp.Or(s.CalendarName, preset.CalendarName)
	if s.AddressFilter == "" {
		s.AddressFilter = anyOf(s.Addresses, s.AddressPrefix)
	}
	if s.LoginFilter == "" {
		s.LoginFilter = anyOf(s.Logins, nil)
	}
	return s
}

// list is one list of a schema with the key it is configured by.
type list struct {
	key   string
	names *[]string
	attrs bool // names attributes (not classes or bases)
}

// lists gives every list of a schema, for checks and for asking for all attributes at once.
func (s *Schema) lists() []list {
	return []list{
		{"name", &s.Names, true}, {"addresses", &s.Addresses, true}, {"logins", &s.Logins, true},
		{"members", &s.Members, true}, {"member_urls", &s.MemberURLs, true}, {"forwards", &s.Forwards, true},
		{"owners", &s.Owners, true}, {"delegates", &s.Delegates, true}, {"calendar", &s.Calendars, true},
		{"policies", &s.Policies, true}, {"language", &s.Languages, true}, {"deleted", &s.Deleted, true},
		{"extra", &s.Extra, true},
		{"kinds.person", &s.Kinds.Person, false}, {"kinds.group", &s.Kinds.Group, false},
		{"kinds.resource", &s.Kinds.Resource, false}, {"kinds.collection", &s.Kinds.Collection, false},
		{"kinds.folder", &s.Kinds.Folder, false}, {"kinds.forward", &s.Kinds.Forward, false},
		{"resource_bases", &s.ResourceBases, false},
	}
}

// Attrs are all attributes the schema reads, without repetition.
func (s Schema) Attrs() []string {
	attrs := []string{"objectClass"}
	for _, l := range s.lists() {
		if l.attrs {
			attrs = append(attrs, *l.names...)
		}
	}
	attrs = append(attrs, s.Wanted...)
	seen := make(map[string]bool)
	return slices.DeleteFunc(attrs, func(a string) bool {
		again := seen[CanonicalAttr(a)]
		seen[CanonicalAttr(a)] = true
		return again
	})
}

// anyOf is the filter template for a value in one of the attributes.
func anyOf(attrs []string, prefixes map[string]string) string {
	filter := ""
	for _, attr := range attrs {
		prefix := ""
		for name, p := range prefixes {
			if strings.EqualFold(name, attr) {
				prefix = Escape(p)
			}
		}
		filter += "(" + attr + "=" + prefix + "%s)"
	}
	if len(attrs) == 1 {
		return filter
	}
	return "(|" + filter + ")"
}
