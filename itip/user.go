package itip

import (
	"slices"
	"strconv"
	"strings"

	"usher/address"
)

// User is an ORGANIZER or ATTENDEE.
type User struct {
	Address       address.Address // zero if neither the value nor EMAIL holds one
	Name          string          // CN
	Partstat      string          // NEEDS-ACTION unless a value of RFC 5545 3.2.12 is given
	Role          string          // REQ-PARTICIPANT unless a value of RFC 5545 3.2.16 is given
	CUType        string          // INDIVIDUAL by default; UNKNOWN for values that are not known
	RSVP          bool
	SentBy        address.Address
	DelegatedTo   []address.Address
	DelegatedFrom []address.Address
	Prop          Prop // as it was read; of several lines for one address, the first
}

// The values of PARTSTAT (RFC 5545 3.2.12).
const (
	NeedsAction = "NEEDS-ACTION"
	Accepted    = "ACCEPTED"
	Declined    = "DECLINED"
	Tentative   = "TENTATIVE"
	Delegated   = "DELEGATED"
	Completed   = "COMPLETED"  // VTODO only
	InProcess   = "IN-PROCESS" // VTODO only
)

var (
	partstats     = []string{NeedsAction, Accepted, Declined, Tentative, Delegated}
	todoPartstats = []string{Completed, InProcess}
	allPartstats  = slices.Concat(partstats, todoPartstats)
	roles         = []string{"REQ-PARTICIPANT", "CHAIR", "OPT-PARTICIPANT", "NON-PARTICIPANT"}
	cutypes       = []string{"INDIVIDUAL", "GROUP", "RESOURCE", "ROOM", "UNKNOWN"}
)

// Organizer is the ORGANIZER of the component.
func (c *Component) Organizer() (User, bool) {
	p, ok := c.Prop("ORGANIZER")
	return userOf(p), ok
}

// Organizer is the one that all scheduled components share; ErrOrganizer if they do not (S5545-24).
func (o *Object) Organizer() (User, error) {
	var shared User
	for i, c := range o.Scheduled() {
		u, ok := c.Organizer()
		if !ok || u.Address == "" || i > 0 && u.Address != shared.Address {
			return User{}, ErrOrganizer
		}
		if i == 0 {
			shared = u
		}
	}
	if shared.Address == "" {
		return User{}, ErrOrganizer
	}
	return shared, nil
}

// Attendees are the ATTENDEEs of the component. Several lines of one address are one attendee: the first one
// names him, he is asked for an answer if any line asks, and has answered what the first line says that is not
// NEEDS-ACTION (S5545-23).
func (c *Component) Attendees() []User {
	var users []User
	place := map[address.Address]int{}
	for _, p := range c.All("ATTENDEE") {
		u := userOf(p)
		u.Partstat = c.partstat(u.Partstat)
		if i, ok := place[u.Address]; ok && u.Address != "" {
			users[i].merge(u)
			continue
		}
		place[u.Address] = len(users)
		users = append(users, u)
	}
	return users
}

func (u *User) merge(v User) {
	u.RSVP = u.RSVP || v.RSVP
	if u.Partstat == NeedsAction {
		u.Partstat = v.Partstat
	}
}

// Attendee is the first attendee with one of these addresses.
func (c *Component) Attendee(addr ...address.Address) (User, bool) {
	for _, u := range c.Attendees() {
		if u.Address != "" && slices.Contains(addr, u.Address) {
			return u, true
		}
	}
	return User{}, false
}

// SetPartstat records an answer: PARTSTAT on every line of that attendee. ok is false if there is no such attendee.
func (c *Component) SetPartstat(attendee address.Address, partstat string) (ok bool) {
	c.Props = slices.Clone(c.Props)
	for i, p := range c.Props {
		if p.Name == "ATTENDEE" && attendee != "" && userOf(p).Address == attendee {
			c.Props[i] = p.With("PARTSTAT", partstat)
			ok = true
		}
	}
	return ok
}

// partstat is the value as far as this kind of component knows it.
func (c *Component) partstat(s string) string {
	if slices.Contains(todoPartstats, s) && c.Name != Todo {
		return NeedsAction
	}
	return s
}

func userOf(p Prop) User {
	u := User{
		Address:  userAddress(p),
		Name:     strings.TrimSpace(p.Param("CN")),
		Partstat: known(p.Param("PARTSTAT"), NeedsAction, NeedsAction, allPartstats),
		Role:     known(p.Param("ROLE"), roles[0], roles[0], roles),
		CUType:   known(p.Param("CUTYPE"), "INDIVIDUAL", "UNKNOWN", cutypes),
		SentBy:   calAddress(p.Param("SENT-BY")),
		Prop:     p,
	}
	switch strings.ToUpper(strings.TrimSpace(p.Param("RSVP"))) {
	case "TRUE", "YES": // the latter in RFC 6047 itself
		u.RSVP = true
	}
	u.DelegatedTo = calAddresses(p, "DELEGATED-TO")
	u.DelegatedFrom = calAddresses(p, "DELEGATED-FROM")
	return u
}

func known(value, none, unknown string, values []string) string {
	value = strings.ToUpper(strings.TrimSpace(value))
	if value == "" {
		return none
	}
	if slices.Contains(values, value) {
		return value
	}
	return unknown
}

// userAddress is the address of a calendar user: of the value, or of EMAIL if the value is not a mail address
// but a principal's URL or the like (RFC 7986 6.2).
func userAddress(p Prop) address.Address {
	if a := calAddress(p.Value); a != "" || isMailto(p.Value) {
		return a
	}
	return calAddress(p.Param("EMAIL"))
}

func isMailto(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) > 7 && strings.EqualFold(s[:7], "mailto:")
}

// calAddress reads a CAL-ADDRESS (S5545-11). Percent escapes belong to URIs and are resolved behind mailto:
// only; Kolab escapes a whole "Name <address>" there.
func calAddress(s string) address.Address {
	s = mendScheme(strings.TrimSpace(s))
	if isMailto(s) {
		s, _, _ = strings.Cut(s[7:], "?")
		s = percentDecode(s)
		if open := strings.LastIndexByte(s, '<'); open > 0 && strings.HasSuffix(s, ">") {
			s = s[open:]
		}
	} else if scheme, _, ok := strings.Cut(s, "://"); ok && !strings.Contains(scheme, "@") {
		return "" // an http: or other URL may hold an @ too
	}
	a, err := address.Parse(strings.TrimPrefix(s, "//"))
	if err != nil {
		return ""
	}
	return a
}

// mendScheme takes an equals sign out of the word mailto (mailt=o:x), where a soft line break of quoted-printable
// lost its line end.
func mendScheme(s string) string {
	scheme, rest, ok := strings.Cut(s, ":")
	if mended := strings.Replace(scheme, "=", "", 1); ok && mended != scheme && strings.EqualFold(mended, "mailto") {
		return mended + ":" + rest
	}
	return s
}

// percentDecode resolves percent escapes; a percent sign that begins none stays.
func percentDecode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func calAddresses(p Prop, name string) []address.Address {
	var as []address.Address
	for _, q := range p.Params {
		if q.Name != name {
			continue
		}
		for _, v := range q.Values {
			if a := calAddress(v); a != "" {
				as = append(as, a)
			}
		}
	}
	return as
}
