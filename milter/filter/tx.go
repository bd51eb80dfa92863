package filter

import (
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/message"
)

// Role is what a listener is for: a fact of the configuration, never a guess from the traffic.
type Role string

// The roles of listeners.
const (
	Inbound    Role = "inbound"    // mail from outside (MX)
	Submission Role = "submission" // people who log in
	Local      Role = "local"      // sendmail(1) and bounces (non_smtpd_milters); never refuses at RCPT
	Own        Role = "own"        // the service that takes our own automatic mail back in
)

// Roles lists all roles.
var Roles = []Role{Inbound, Submission, Local, Own}

// Recipient is one RCPT TO as the host resolved it.
type Recipient struct {
	Address address.Address
	Arg     string         // the argument as it came; what DelRcpt must be given
	Args    []string       // ESMTP arguments as sent (ORCPT, NOTIFY)
	Entry   *ldapdir.Entry // nil: nobody known
	Err     error          // the directory could not be asked; Entry says nothing then
	// Behind are the groups and forwards of the envelope that the recipient stands behind, shown to an Expander. Who is
	// named beside them has them, too.
	Behind []Recipient
}

// Lists are all addresses of the groups and forwards that the recipient stands behind: who invites one of them invites
// its members.
func (r Recipient) Lists() (all []address.Address) {
	for _, g := range r.Behind {
		all = append(all, g.Address)
		if g.Entry != nil {
			all = append(all, g.Entry.Addresses...)
		}
	}
	return all
}

// Envelope is what SMTP said before the mail itself, resolved through the directory once.
type Envelope struct {
	Role       Role
	Listener   string
	Client     netip.Addr
	ClientName string
	Helo       string
	User       string          // {auth_authen}; "" is not logged in
	Principal  *ldapdir.Entry  // who logged in; nil: nobody known
	From       address.Address // zero: the null sender
	FromArg    string          // the argument as it came, without brackets
	FromArgs   []string
	Sender     *ldapdir.Entry // who owns From; nil: nobody known
	Err        error          // the directory could not be asked for Principal or Sender
	Rcpts      []Recipient
	Size       int64 // declared at MAIL, bytes; 0: not declared
	SMTPUTF8   bool
	QueueID    string    // "" until the MTA has one (Postfix: from the second RCPT on)
	Time       time.Time // of MAIL FROM: the only clock a module may read
}

// readArgs reads Size and SMTPUTF8 from the ESMTP arguments of MAIL FROM (RFC 1870, RFC 6531).
func (e *Envelope) readArgs() {
	for _, arg := range e.FromArgs {
		name, value, _ := strings.Cut(arg, "=")
		switch strings.ToUpper(name) {
		case "SIZE":
			e.Size = parseSize(value)
		case "SMTPUTF8":
			e.SMTPUTF8 = true
		}
	}
}

func parseSize(s string) int64 {
	var n int64
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<53 {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// Tx is one mail on its way through the pipeline. Modules read it and never write to it.
type Tx struct {
	Envelope
	Message *message.Message
	Log     *slog.Logger
	// Beside are recipients of the same mail that the module is not asked about: other settings count for them, or they
	// are on another branch. A Refusal would be for them, too.
	Beside []Recipient
	// Unwritable are calendars that could not be written to for this mail, and why: whom one belongs to has to go without,
	// as nothing else that is planned for it will do better. It is nil where nothing was tried.
	Unwritable map[string]error
}
