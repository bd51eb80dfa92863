package invitation_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"usher/itip"
	"usher/itip/calendar"
)

// player is one of the people of a scenario.
type player struct {
	name, language string
	policies       []string
	delegates      []string // keys
}

var cast = map[string]string{"john": "John Doe", "jane": "Jane Manager", "jack": "Jack Tentative", "mark": "Mark German", "lucy": "Lucy Meyer", "bill": "Bill Mayor"}

func addr(key string) string {
	return strings.ToLower(strings.ReplaceAll(cast[key], " ", ".")) + "@example.org"
}

func (s *stage) ldif() string {
	var b strings.Builder
	b.WriteString("dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n")
	for _, key := range slices.Sorted(maps.Keys(s.people)) {
		p := s.people[key]
		fmt.Fprintf(&b, "\ndn: uid=%s,dc=example,dc=org\nobjectClass: inetOrgPerson\nobjectClass: kolabInetOrgPerson\nuid: %s\ncn: %s\ndisplayName: %s\nsn: x\nmail: %s\npreferredLanguage: %s\n",
			key, key, p.name, p.name, addr(key), p.language)
		for i, policy := range p.policies {
			fmt.Fprintf(&b, "kolabInvitationPolicy: {%d}%s\n", i, policy)
		}
		for _, d := range p.delegates {
			fmt.Fprintf(&b, "kolabDelegate: uid=%s,dc=example,dc=org\n", d)
		}
	}
	return b.String()
}

func keyOf(address string) (key string, ours bool) {
	for key := range cast {
		if addr(key) == address {
			return key, true
		}
	}
	return address, false
}

// put stores an object as somebody's client does.
func (s *stage) put(calendarName, kind string, lines ...string) {
	s.t.Helper()
	o := s.parse("", kind, lines)
	if err := s.calendars.Put(s.t.Context(), calendar.Put{Calendar: calendarName, UID: o.UID(), Object: o}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) parse(method, kind string, lines []string) *itip.Object {
	s.t.Helper()
	objects, err := itip.Parse([]byte(ical(method, kind, lines)))
	if err != nil || len(objects) != 1 {
		s.t.Fatalf("%v: %q", err, lines)
	}
	return objects[0]
}

func ical(method, kind string, lines []string) string {
	all := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Scenarios//EN"}
	if method != "" {
		all = append(all, "METHOD:"+method)
	}
	all = append(append(append(all, "BEGIN:"+kind), lines...), "END:"+kind, "END:VCALENDAR", "")
	return strings.Join(all, "\r\n")
}

// held is somebody's copy of an event or task, nil without one.
func (s *stage) held(key, uid string) *itip.Object {
	s.t.Helper()
	folders, err := s.calendars.Folders(s.t.Context(), addr(key))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range folders {
		if o, ok, _, _ := s.calendars.Find(s.t.Context(), f.Name, uid); ok {
			return o
		}
	}
	return nil
}
