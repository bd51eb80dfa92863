package evidence

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

var errDown = errors.New("ldap down")

// office is a directory of a few people at example.org.
type office struct{ err error }

func (o office) Lookup(_ context.Context, a address.Address) (*ldapdir.Entry, bool, error) {
	e := staff[a]
	return e, e != nil && o.err == nil, o.err
}

func (o office) Domain(_ context.Context, domain string) (ldapdir.Domain, bool, error) {
	return ldapdir.Domain{Name: domain}, domain == "example.org", o.err
}

func entry(uid string, delegates []string, addresses ...address.Address) *ldapdir.Entry {
	return &ldapdir.Entry{DN: "uid=" + uid + ",dc=example,dc=org", Kind: ldapdir.Person, Logins: []string{uid}, Addresses: addresses, Delegates: delegates}
}

var (
	john            = entry("doe", []string{"UID=smith, DC=example, DC=org", "meier", "mac@example.org"}, "john@example.org", "doe@example.org", "john@home.example")
	jane            = entry("smith", nil, "jane@example.org")
	meier, mac, joe = entry("meier", nil, "meier@example.org"), entry("mac", nil, "mac@example.org"), entry("joe", nil, "joe@example.org")
	guest           = entry("guest", nil, "guest@partner.example")
	staff           = map[address.Address]*ldapdir.Entry{"john@example.org": john, "doe@example.org": john, "john@home.example": john,
		"jane@example.org": jane, "joe@example.org": joe, "guest@partner.example": guest}
)

const (
	johns   = address.Address("john@example.org")
	anns    = address.Address("ann@outside.example")
	machine = "10.0.0.20"
)

var trust = filter.Trust{AuthservID: "mx.example.org", Hosts: []filter.TrustedHost{{
	Name: "portal", Net: []netip.Prefix{netip.MustParsePrefix("10.0.0.20/32")}, Senders: []string{"john@example.org", "@outside.example", "new@example.org"}}}}

// letter is a mail of a test: from whom it says it is, and where it came in.
type letter struct {
	role       filter.Role
	user       string
	principal  *ldapdir.Entry
	err        error
	client     string
	envelope   address.Address
	from       string
	results    []string // Authentication-Results, topmost first
	mark       bool
	mistrusted string // a few words of why; "": believed
	fails      bool
}

func (l letter) tx() *filter.Tx {
	h := message.Header{}
	for _, r := range l.results {
		h = h.With(message.NewField("Authentication-Results", r))
	}
	if l.from != "" {
		h = h.With(message.NewField("From", l.from))
	}
	if l.mark {
		h = h.With(message.NewField(message.OwnField, "mx.example.org"))
	}
	env := filter.Envelope{Role: l.role, User: l.user, Principal: l.principal, Err: l.err, From: l.envelope}
	if l.client != "" {
		env.Client = netip.MustParseAddr(l.client)
	}
	return &filter.Tx{Envelope: env, Message: message.New(h, message.Bytes(nil))}
}

func (l letter) check(t *testing.T, name, who, why string, err error) {
	t.Helper()
	if (err != nil) != l.fails || (why == "") != (l.mistrusted == "") || !strings.Contains(why, l.mistrusted) {
		t.Errorf("%s: %s: %q, %v; want %q, error %v", name, who, why, err, l.mistrusted, l.fails)
	}
}

// ours is mail that speaks for John, who is one of ours.
var ours = map[string]letter{
	"himself":                         {user: "doe", principal: john},
	"login, whatever the mail says":   {user: "doe", principal: john, envelope: anns, from: "ann@outside.example"},
	"login as another name writes it": {user: "doe", principal: &ldapdir.Entry{DN: "UID=Doe, DC=Example, DC=org"}},
	"login with his address":          {user: "x", principal: &ldapdir.Entry{DN: "cn=x", Addresses: []address.Address{johns}}},
	"delegate by name":                {user: "smith", principal: jane},
	"delegate by login":               {user: "meier", principal: meier},
	"delegate by address":             {user: "mac", principal: mac},
	"somebody else":                   {user: "joe", principal: joe, envelope: johns, from: "john@example.org", mistrusted: "joe may not act for john@example.org"},
	"somebody else at his machine":    {user: "joe", principal: joe, client: machine, mistrusted: "may not act"},
	"login of two people":             {user: "doe", err: ldapdir.ErrAmbiguous, mistrusted: "nobody in the directory"},
	"login of nobody":                 {user: "doe", mistrusted: "nobody in the directory"},
	"login nobody could look up":      {user: "doe", err: errDown, fails: true},
	"login known, sender not":         {user: "doe", principal: john, err: errDown},
	"machine":                         {client: machine, envelope: johns, from: "john@example.org"},
	"machine, null sender":            {client: machine, from: "john@example.org"},
	"machine beside it":               {client: "10.0.0.21", envelope: johns, from: "john@example.org", mistrusted: "nobody logged in"},
	"nobody logged in":                {envelope: johns, from: "john@example.org", mistrusted: "is one of ours"},
	"DMARC for our own domain": {role: filter.Inbound, envelope: johns, from: "john@example.org",
		results: []string{"mx.example.org; dmarc=pass header.from=example.org"}, mistrusted: "is one of ours"},
	"bounce of the local service": {role: filter.Local, from: "john@example.org", mistrusted: "nobody logged in"},
	"ours that came back in":      {role: filter.Own, mark: true, from: "John <john@example.org>"},
	"ours from his other address": {role: filter.Own, mark: true, from: "doe@example.org"},
	"ours of somebody else":       {role: filter.Own, mark: true, from: "jane@example.org", mistrusted: "not from john@example.org"},
	"a branch":                    {role: filter.Own, envelope: johns, from: "john@example.org", mistrusted: "none that we made"},
	"a branch of a machine":       {role: filter.Own, client: machine, envelope: johns, from: "john@example.org", mistrusted: "none that we made"},
	"a mark from outside":         {role: filter.Inbound, mark: true, from: "john@example.org", mistrusted: "nobody logged in"},
}

func TestOursAreBelieved(t *testing.T) {
	for name, l := range ours {
		for _, j := range []Judge{{Directory: office{}, Trust: trust}, {Directory: office{}, Trust: trust, Outsiders: true}} {
			why, err := j.Organizer(t.Context(), l.tx(), johns, john)
			l.check(t, name, "organizer", why, err)
			why, err = j.Attendee(t.Context(), l.tx(), johns, john)
			l.check(t, name, "attendee", why, err)
			why, err = j.Owner(t.Context(), l.tx(), john)
			l.check(t, name, "owner", why, err)
		}
	}
}

const passed = "mx.example.org; dmarc=pass header.from=outside.example"

// outside is mail that speaks for Ann, who is nobody in the directory.
var outside = map[string]letter{
	"DMARC":                   {role: filter.Inbound, envelope: "bounce@esp.example", from: "ann@outside.example", results: []string{passed}},
	"DMARC, null sender":      {role: filter.Inbound, from: "ann@outside.example", results: []string{passed}},
	"DMARC failed":            {role: filter.Inbound, envelope: anns, from: "ann@outside.example", results: []string{"mx.example.org; dmarc=fail header.from=outside.example"}, mistrusted: "do not prove"},
	"DMARC of another author": {role: filter.Inbound, envelope: anns, from: "eve@outside.example", results: []string{passed}, mistrusted: "the mail is not from ann@outside.example"},
	"forged below ours": {role: filter.Inbound, envelope: anns, from: "ann@outside.example",
		results: []string{"mx.example.org; dmarc=fail header.from=outside.example", passed}, mistrusted: "do not prove"},
	"results of a stranger, and no claim": {role: filter.Inbound, envelope: "eve@evil.example", from: "ann@outside.example",
		results: []string{"mx.evil.example; dmarc=pass header.from=outside.example"}, mistrusted: "eve@evil.example may not act for"},
	"results in mail of our own machines": {role: filter.Local, envelope: "eve@evil.example", from: "ann@outside.example", results: []string{passed}, mistrusted: "may not act for"},
	"results under a login":               {role: filter.Inbound, user: "joe", principal: joe, envelope: "joe@example.org", from: "ann@outside.example", results: []string{passed}, mistrusted: "may not act for"},
	"no results, one claim":               {role: filter.Inbound, envelope: anns, from: "ann@outside.example"},
	"no results, another envelope":        {role: filter.Inbound, envelope: "eve@evil.example", from: "ann@outside.example", mistrusted: "may not act for"},
	"no results, null sender":             {role: filter.Inbound, from: "ann@outside.example", mistrusted: "the null sender may not act for"},
	"no results, another author":          {role: filter.Inbound, envelope: anns, from: "eve@evil.example", mistrusted: "not from ann@outside.example"},
	"no results, two authors":             {role: filter.Inbound, envelope: anns, from: "ann@outside.example, eve@evil.example", mistrusted: "not from"},
	"no results, no author":               {role: filter.Inbound, envelope: anns, mistrusted: "not from"},
	"machine":                             {role: filter.Inbound, client: machine, envelope: "x@example.org", from: "x@example.org", results: []string{"mx.example.org; dmarc=fail header.from=example.org"}},
	"somebody else at her machine":        {role: filter.Submission, client: machine, user: "joe", principal: joe, envelope: "joe@example.org", from: "ann@outside.example", mistrusted: "may not act for"},
	"a branch":                            {role: filter.Own, envelope: anns, from: "ann@outside.example", mistrusted: "none that we made"},
	"a branch with results":               {role: filter.Own, envelope: anns, from: "ann@outside.example", results: []string{passed}, mistrusted: "none that we made"},
}

func TestOutsidersAreBelievedWhereTheyMayBe(t *testing.T) {
	for name, l := range outside {
		j := Judge{Directory: office{}, Trust: trust, Outsiders: true}
		why, err := j.Organizer(t.Context(), l.tx(), anns, nil)
		l.check(t, name, "organizer", why, err)
		why, err = j.Attendee(t.Context(), l.tx(), anns, nil)
		l.check(t, name, "attendee", why, err)
		why, err = j.Owner(t.Context(), l.tx(), entry("ann", nil, anns))
		if l.user == "" { // a login decides about an owner, wherever his mail goes
			l.check(t, name, "owner", why, err)
		}
		if l.mistrusted == "" {
			j.Outsiders, l.mistrusted = false, "ann@outside.example is not one of ours"
			why, err = j.Organizer(t.Context(), l.tx(), anns, nil)
			l.check(t, name, "organizer, internal alone", why, err)
			why, err = j.Attendee(t.Context(), l.tx(), anns, nil)
			l.check(t, name, "attendee, internal alone", why, err)
		}
	}
}

// TestStrangersInOurDomain: the directory has not heard of them, and nobody outside vouches for our domain.
func TestStrangersInOurDomain(t *testing.T) {
	const new = address.Address("new@example.org")
	proved := letter{role: filter.Inbound, envelope: new, from: new.String(), results: []string{"mx.example.org; dmarc=pass header.from=example.org"}, mistrusted: "nobody in the directory"}
	j := Judge{Directory: office{}, Trust: trust, Outsiders: true}
	why, err := j.Organizer(t.Context(), proved.tx(), new, nil)
	proved.check(t, "in our domain", "organizer", why, err)
	why, err = j.Attendee(t.Context(), proved.tx(), new, nil)
	proved.check(t, "in our domain", "attendee", why, err)
	machines := letter{client: machine, envelope: new, from: new.String()}
	why, err = j.Organizer(t.Context(), machines.tx(), new, nil)
	machines.check(t, "in our domain, of a machine", "organizer", why, err)
	down := letter{envelope: anns, from: anns.String(), fails: true}
	j.Directory = office{err: errDown}
	why, err = j.Organizer(t.Context(), down.tx(), anns, nil)
	down.check(t, "whose domain is not known", "organizer", why, err)
	why, err = j.Attendee(t.Context(), down.tx(), anns, nil)
	down.check(t, "whose domain is not known", "attendee", why, err)
	why, err = j.Attendee(t.Context(), down.tx(), "john@home.example", john)
	down.check(t, "whose domain is not known", "attendee with an entry", why, err)
	why, err = j.Owner(t.Context(), down.tx(), guest)
	down.check(t, "whose domain is not known", "owner", why, err)
}

// TestAnybodyIsBelievedWhereTrustSaysSo: with trust.inbound any, one claim is enough, and results are not asked.
func TestAnybodyIsBelievedWhereTrustSaysSo(t *testing.T) {
	j := Judge{Directory: office{}, Trust: filter.Trust{AuthservID: "mx.example.org", Inbound: filter.Anything}, Outsiders: true}
	failed := []string{"mx.example.org; dmarc=fail header.from=outside.example"}
	for name, l := range map[string]letter{
		"claim":            {role: filter.Inbound, envelope: anns, from: anns.String(), results: failed},
		"another envelope": {role: filter.Inbound, envelope: "eve@evil.example", from: anns.String(), mistrusted: "may not act for"},
	} {
		why, err := j.Organizer(t.Context(), l.tx(), anns, nil)
		l.check(t, name, "organizer", why, err)
		why, err = j.Attendee(t.Context(), l.tx(), anns, nil)
		l.check(t, name, "attendee", why, err)
	}
	for name, l := range map[string]letter{
		"claim for one of ours": {role: filter.Inbound, envelope: johns, from: johns.String()},
		"null sender":           {role: filter.Inbound, from: johns.String(), mistrusted: "may not act for"},
		"a login still decides": {user: "joe", principal: joe, envelope: johns, from: johns.String(), mistrusted: "may not act for"},
		"a branch":              {role: filter.Own, envelope: johns, from: johns.String(), mistrusted: "none that we made"},
	} {
		why, err := j.Organizer(t.Context(), l.tx(), johns, john)
		l.check(t, name, "organizer", why, err)
		why, err = j.Attendee(t.Context(), l.tx(), johns, john)
		l.check(t, name, "attendee", why, err)
	}
}

// TestAnAttendeeRepliesFromElsewhere: who is one of ours and was invited at an address elsewhere is believed from there,
// as others there are; an organizer has to log in.
func TestAnAttendeeRepliesFromElsewhere(t *testing.T) {
	const home = address.Address("john@home.example")
	l := letter{role: filter.Inbound, envelope: home, from: home.String(), results: []string{"mx.example.org; dmarc=pass header.from=home.example"}}
	j := Judge{Directory: office{}, Trust: trust, Outsiders: true}
	why, err := j.Attendee(t.Context(), l.tx(), home, john)
	l.check(t, "from home", "attendee", why, err)
	l.mistrusted = "one of ours"
	why, err = j.Organizer(t.Context(), l.tx(), home, john)
	l.check(t, "from home", "organizer", why, err)
	why, err = j.Attendee(t.Context(), l.tx(), johns, john)
	l.check(t, "from home for his address here", "attendee", why, err)
	j.Outsiders = false
	why, err = j.Attendee(t.Context(), l.tx(), home, john)
	l.check(t, "from home, internal alone", "attendee", why, err)
	j.Outsiders = true
	l = letter{user: "joe", principal: joe, envelope: home, from: home.String(), mistrusted: "joe may not act for"}
	why, err = j.Attendee(t.Context(), l.tx(), home, john)
	l.check(t, "somebody else logged in", "attendee", why, err)
	l = letter{user: "joe", principal: joe, envelope: guest.Mail(), from: guest.Mail().String(), mistrusted: "joe may not act for"}
	why, err = j.Owner(t.Context(), l.tx(), guest)
	l.check(t, "somebody else logged in", "owner elsewhere", why, err)
}

// TestWhoWasDelegatedToMayReply: for an attendee, with the evidence that is asked of him himself.
func TestWhoWasDelegatedToMayReply(t *testing.T) {
	many := make([]address.Address, maxDelegates)
	for i := range many {
		many[i] = "nobody@outside.example"
	}
	tests := []struct {
		name      string
		attendee  address.Address
		delegates []address.Address
		letter
	}{
		{"one of ours, logged in", johns, []address.Address{"joe@example.org"}, letter{user: "joe", principal: joe}},
		{"the second of two", anns, []address.Address{"eve@evil.example", "joe@example.org"}, letter{user: "joe", principal: joe}},
		{"not named", johns, nil, letter{user: "joe", principal: joe, mistrusted: "may not act for"}},
		{"another is named", johns, []address.Address{"jane@example.org"}, letter{user: "joe", principal: joe, mistrusted: "joe may not act for john@example.org"}},
		{"one of ours, who only says so", anns, []address.Address{"joe@example.org"}, letter{role: filter.Inbound, envelope: "joe@example.org", from: "joe@example.org", mistrusted: "joe@example.org may not act for ann@outside.example"}},
		{"an outsider, proved", johns, []address.Address{anns}, letter{role: filter.Inbound, from: anns.String(), results: []string{passed}}},
		{"ours that came back in", johns, []address.Address{"jane@example.org"}, letter{role: filter.Own, mark: true, from: "jane@example.org"}},
		{"too many are named", johns, append(many, "joe@example.org"), letter{user: "joe", principal: joe, mistrusted: "may not act for"}},
	}
	for _, tt := range tests {
		j := Judge{Directory: office{}, Trust: trust, Outsiders: true}
		why, err := j.Attendee(t.Context(), tt.tx(), tt.attendee, staff[tt.attendee], tt.delegates...)
		tt.check(t, tt.name, "attendee", why, err)
	}
	j := Judge{Directory: office{err: errDown}, Trust: trust}
	l := letter{user: "joe", principal: joe, fails: true}
	why, err := j.Attendee(t.Context(), l.tx(), johns, john, "joe@example.org")
	l.check(t, "a delegate nobody could look up", "attendee", why, err)
}

// TestOnlyWhatComesBackInIsOurs: anybody can write our mark.
func TestOnlyWhatComesBackInIsOurs(t *testing.T) {
	for _, role := range filter.Roles {
		for _, mark := range []bool{true, false} {
			if got, want := IsOwn(letter{role: role, mark: mark}.tx()), mark && role == filter.Own; got != want {
				t.Errorf("role %s, mark %v: ours %v", role, mark, got)
			}
		}
	}
}

// TestNobodySpeaksForNobody: a calendar user without an address is not who a mail without a sender is from.
func TestNobodySpeaksForNobody(t *testing.T) {
	j := Judge{Directory: office{}, Trust: filter.Trust{Inbound: filter.Anything}, Outsiders: true}
	tx := letter{}.tx()
	for who, ask := range map[string]func() (string, error){
		"organizer": func() (string, error) { return j.Organizer(t.Context(), tx, "", nil) },
		"attendee":  func() (string, error) { return j.Attendee(t.Context(), tx, "", nil) },
		"owner":     func() (string, error) { return j.Owner(t.Context(), tx, &ldapdir.Entry{DN: "cn=x"}) },
	} {
		if why, err := ask(); why != "the "+who+" has no address" || err != nil {
			t.Errorf("%s: %q, %v", who, why, err)
		}
	}
}
