package integration

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	mailDomain = "example.org"
	ldapBase   = "dc=example,dc=org"
)

// complete fills in what the file leaves to its conventions.
func (f *wallaceFixture) complete() {
	for i, p := range f.Users {
		if p.Mail == "" {
			f.Users[i].Mail = strings.ReplaceAll(strings.ToLower(p.Name), " ", ".") + "@" + mailDomain
		}
	}
	for i, r := range f.Resources {
		if r.Mail == "" {
			f.Resources[i].Mail = fmt.Sprintf("resource-%s-%s@%s", r.Type, notInMail.ReplaceAllString(strings.ToLower(r.CN), ""), mailDomain)
		}
	}
}

var notInMail = regexp.MustCompile(`[^a-z0-9-]`)

func (p wallacePerson) given() string   { given, _, _ := strings.Cut(p.Name, " "); return given }
func (p wallacePerson) surname() string { _, sn, _ := strings.Cut(p.Name, " "); return sn }
func (p wallacePerson) dn() string {
	return fmt.Sprintf("uid=%s,ou=People,%s", strings.ToLower(p.surname()), ldapBase)
}

func (r wallaceResource) dn() string { return fmt.Sprintf("cn=%s,ou=Resources,%s", r.CN, ldapBase) }
func (r wallaceResource) calendar() string {
	return fmt.Sprintf("shared/Resources/%s@%s", r.CN, mailDomain)
}
func (r wallaceResource) collection() bool { return r.Type == "collection" }

// ldif is the directory as Kolab keeps it. Resources are also devices, as OpenLDAP wants a structural class.
func (f wallaceFixture) ldif() string {
	var b strings.Builder
	entry := func(dn string, lines ...string) {
		fmt.Fprintf(&b, "dn: %s\n%s\n\n", dn, strings.Join(lines, "\n"))
	}
	entry(ldapBase, "objectClass: top", "objectClass: dcObject", "objectClass: organization", "dc: example", "o: Example")
	for _, ou := range []string{"People", "Groups", "Resources"} {
		entry("ou="+ou+","+ldapBase, "objectClass: organizationalUnit", "ou: "+ou)
	}
	for _, p := range f.Users {
		if p.Elsewhere {
			continue
		}
		lines := append([]string{"objectClass: inetOrgPerson", "objectClass: kolabInetOrgPerson", "uid: " + strings.ToLower(p.surname()),
			"cn: " + p.Name, "displayName: " + p.Name, "givenName: " + p.given(), "sn: " + p.surname(), "mail: " + p.Mail,
			"preferredLanguage: " + cmp.Or(p.Language, "en_US")}, p.policies(f.Numbered)...)
		for _, key := range p.Delegates {
			lines = append(lines, "kolabDelegate: "+f.person(key).dn())
		}
		entry(p.dn(), lines...)
	}
	for _, r := range f.Resources {
		lines := []string{"objectClass: device", "objectClass: kolabSharedFolder", "objectClass: kolabResource", "objectClass: mailRecipient",
			"kolabTargetFolder: " + r.calendar(), "kolabFolderType: event"}
		if r.collection() {
			lines = []string{"objectClass: groupOfUniqueNames", "objectClass: kolabGroupOfUniqueNames"}
		}
		lines = append(append(lines, "cn: "+r.CN, "mail: "+r.Mail), r.Policies.lines("kolabInvitationPolicy")...)
		if r.Owner != "" {
			lines = append(lines, "owner: "+f.person(r.Owner).dn())
		}
		for _, m := range r.Members {
			lines = append(lines, "uniqueMember: "+f.resource(m).dn())
		}
		entry(r.dn(), lines...)
	}
	return b.String()
}

// policies are somebody's, as they stand in the directory: in their order, or numbered and in another one.
func (p wallacePerson) policies(numbered bool) []string {
	all := slices.Clone(p.Policies)
	if numbered {
		for i, value := range all {
			all[i] = fmt.Sprintf("{%d}%s", i, value)
		}
		slices.Reverse(all)
	}
	return all.lines("kolabInvitationPolicy")
}

func (w words) lines(attr string) (lines []string) {
	for _, value := range w {
		lines = append(lines, attr+": "+value)
	}
	return lines
}

// person finds somebody by key; nobody has no name.
func (f wallaceFixture) person(key string) wallacePerson {
	for _, p := range f.Users {
		if p.Key == key {
			return p
		}
	}
	return wallacePerson{}
}

// resource finds a resource by key or address; nothing has no name.
func (f wallaceFixture) resource(key string) wallaceResource {
	for _, r := range f.Resources {
		if r.Key == key || r.Mail == key {
			return r
		}
	}
	return wallaceResource{}
}
