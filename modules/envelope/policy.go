package envelope

import (
	"time"

	"usher/address"
)

// policy is the working form of Config: everything read once.
type policy struct {
	Config
	attrs       *Attributes // complete, names in lower case
	delimiter   string      // characters that begin a tag
	zone        *time.Location
	tabled      bool // there are tables of Postfix
	reachable   map[string]bool
	site        []rule // about senders
	exempt      []rule // about recipients
	posting     map[address.Address]string
	senderRules map[address.Address][]rule
	accounts    map[string]account // by folded login
	hosts       []host
	rateExempt  map[string]bool
	refuse      map[string]bool // unknown recipients, by domain
	stops       map[string]reason
}

// account is an Account with its lists read.
type account struct {
	senders senders
	rules   []rule
	limits  *Limits
}

// host is a Host with its list read.
type host struct {
	Host
	name    string
	senders senders
}

// senders is a set of addresses and @domains.
type senders map[string]bool

func (s senders) covers(a address.Address) bool {
	return a != "" && len(s) > 0 && (s[a.String()] || s["@"+a.Domain()])
}

// untag is an address without its tag.
func (p *policy) untag(a address.Address) address.Address {
	u, _ := a.Untagged(p.delimiter)
	return u
}
