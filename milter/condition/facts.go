package condition

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// Person is somebody a mail is from or for.
type Person struct {
	Address    string              `cel:"address"`    // canonical; "" is the null sender
	Domain     string              `cel:"domain"`     // in lower case, as A-labels
	Internal   bool                `cel:"internal"`   // the address is in one of our domains
	Name       string              `cel:"name"`       // of the directory; "" if it knows nobody
	Kind       string              `cel:"kind"`       // person, group, resource …; "" if it knows nobody
	Attributes map[string][]string `cel:"attributes"` // of the directory, names in lower case

	facts *Facts
	entry *ldapdir.Entry
}

// Mail is what a mail says about itself.
type Mail struct {
	From      []string            `cel:"from"` // addresses, canonical
	Subject   string              `cel:"subject"`
	Size      int64               `cel:"size"`      // in bytes
	Headers   map[string][]string `cel:"headers"`   // decoded, names in lower case
	Calendar  bool                `cel:"calendar"`  // holds an invitation or another calendar part
	Signed    bool                `cel:"signed"`    // OpenPGP or S/MIME, as the structure says
	Encrypted bool                `cel:"encrypted"` // the same
	Automatic bool                `cel:"automatic"` // null sender, or says that a program wrote it
	List      bool                `cel:"list"`      // of a mailing list
}

// Directory is what is asked about people.
type Directory interface {
	Lookup(ctx context.Context, addr address.Address) (*ldapdir.Entry, bool, error)
	Domain(ctx context.Context, domain string) (ldapdir.Domain, bool, error)
	Expand(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, []address.Address, error)
}

// Facts are what conditions ask about one mail. Each is found when it is first asked for, and kept. Facts are for one
// goroutine.
type Facts struct {
	ctx       context.Context
	tx        *filter.Tx
	directory Directory
	recipient *filter.Recipient
	known     map[string]any
	groups    map[string][]string // who is in a group: names (DN) and addresses
	trouble   *error              // of the question at hand: the directory could not be asked
	body      bool                // the question at hand is about more of the mail than its header
	early     bool                // the body is not there yet
}

// About gathers what there is to know of a mail.
func About(ctx context.Context, tx *filter.Tx, d Directory) *Facts {
	return &Facts{ctx: ctx, tx: tx, directory: d, known: map[string]any{}, groups: map[string][]string{}, trouble: new(error)}
}

// For is the same mail, with one of its recipients in mind.
func (f *Facts) For(r filter.Recipient) *Facts {
	g := *f
	g.recipient, g.known = &r, map[string]any{}
	for name, v := range f.known {
		if name != "recipient" {
			g.known[name] = v
		}
	}
	return &g
}

// ResolveName implements cel.Activation.
func (f *Facts) ResolveName(name string) (any, bool) {
	if f.early && f.body && name == "mail" {
		f.failed(ErrEarly, "what is in", "the mail")
	} else if v, ok := f.known[name]; ok {
		return v, true
	}
	v, ok := f.find(name)
	if ok && *f.trouble == nil {
		f.known[name] = v
	}
	return v, ok
}

// Parent implements cel.Activation.
func (f *Facts) Parent() cel.Activation { return nil }

func (f *Facts) find(name string) (any, bool) {
	tx := f.tx
	switch name {
	case "role":
		return string(tx.Role), true
	case "listener":
		return tx.Listener, true
	case "client":
		if !tx.Client.IsValid() {
			return "", true
		}
		return tx.Client.String(), true
	case "login":
		return tx.User, true
	case "sender":
		return f.person(tx.From, tx.Sender, tx.Err), true
	case "recipients":
		var all []Person
		for _, r := range tx.Rcpts {
			all = append(all, f.person(r.Address, r.Entry, r.Err))
		}
		return all, true
	case "recipient":
		if f.recipient == nil {
			return Person{}, false
		}
		return f.person(f.recipient.Address, f.recipient.Entry, f.recipient.Err), true
	case "mail":
		return f.mail(), true
	}
	return nil, false
}

func (f *Facts) person(a address.Address, e *ldapdir.Entry, err error) Person {
	p := Person{Address: a.String(), Domain: a.Domain(), facts: f, entry: e}
	f.failed(err, "who is", a.String())
	if e != nil {
		p.Internal, p.Name, p.Kind, p.Attributes = true, e.Name, string(e.Kind), e.Attrs
		return p
	}
	if p.Domain != "" {
		_, ours, err := f.directory.Domain(f.ctx, p.Domain)
		f.failed(err, "whose domain is", p.Domain)
		p.Internal = ours
	}
	return p
}

// failed keeps the first error of the directory: an answer that rests on it is none.
func (f *Facts) failed(err error, what, whom string) {
	if err != nil && *f.trouble == nil {
		*f.trouble = fmt.Errorf("%s %s: %w", what, whom, err)
	}
}

// inGroup tells whether somebody is in a group, nested ones included. A group that nobody knows has nobody in it.
func (p Person) inGroup(name string) (bool, error) {
	if p.facts == nil || p.Address == "" {
		return false, nil
	}
	members, err := p.facts.members(name)
	if err != nil {
		p.facts.failed(err, "who is in", name)
		return false, err
	}
	return slices.Contains(members, p.Address) || p.entry != nil && slices.Contains(members, p.entry.DN), nil
}

func (f *Facts) members(name string) ([]string, error) {
	if all, ok := f.groups[name]; ok {
		return all, nil
	}
	a, err := address.Parse(name)
	if err != nil {
		return nil, err
	}
	group, ok, err := f.directory.Lookup(f.ctx, a)
	if err != nil || !ok {
		return nil, err
	}
	people, outside, err := f.directory.Expand(f.ctx, group)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range people {
		all = append(all, e.DN)
	}
	for _, a := range outside {
		all = append(all, a.String())
	}
	f.groups[name] = all
	return all, nil
}

func (f *Facts) mail() Mail {
	h := f.tx.Message.Header
	m := Mail{
		Subject: subject(h), Size: f.tx.Message.Size(), Headers: map[string][]string{},
		List: h.Has("List-Id") || h.Has("List-Post"), Automatic: f.tx.From == "" || automatic(h),
	}
	for _, field := range h {
		name := strings.ToLower(field.Name)
		m.Headers[name] = append(m.Headers[name], field.Decoded())
	}
	for _, a := range authors(h) {
		m.From = append(m.From, a.String())
	}
	for p := range f.tx.Message.Parts() {
		switch t := p.MediaType(); {
		case t == "text/calendar":
			m.Calendar = true
		case t == "multipart/signed":
			m.Signed = true
		case t == "multipart/encrypted", t == "application/pkcs7-mime", t == "application/x-pkcs7-mime":
			m.Encrypted = true
		}
	}
	return m
}

func subject(h message.Header) string {
	for _, f := range h {
		if f.Is("Subject") {
			return f.Decoded()
		}
	}
	return ""
}

// automatic tells whether a program wrote the mail (RFC 3834 5).
func automatic(h message.Header) bool {
	v := strings.ToLower(h.Get("Auto-Submitted"))
	return v != "" && v != "no"
}

// Recipient is who the facts are about, if it is one in particular.
func (f *Facts) Recipient() (address.Address, bool) {
	if f.recipient == nil {
		return "", false
	}
	return f.recipient.Address, true
}
