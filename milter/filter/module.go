// Package filter is the contract between the host and the modules, and the pipeline that runs them.
//
// Modules describe what should happen (Plan); the host lets it happen, once and after everybody agreed.
// What a group on the envelope stands for is the host's business, too: a module that is an Expander is shown who is
// behind it, plans for them as for everybody, and the group makes way for the others if it did.
//
// The package does not know how mail arrives, how effects are performed, or which modules there are.
package filter

import (
	"context"
	"fmt"

	"usher/milter/message"
)

// Interest is what a module wants to see of a mail; answers of several modules are ORed.
type Interest uint8

// The interests. The zero value lets the mail go at the end of its header.
const (
	Nothing  Interest = 0
	Header   Interest = 1 << iota // wants to plan; the header is enough
	Calendar                      // wants to plan if the mail may hold a calendar part
	Text                          // wants the text parts
	Whole                         // wants every byte
)

// NeedsBody tells whether the body has to be kept.
func (i Interest) NeedsBody() bool { return i&(Calendar|Text|Whole) != 0 }

// Module is one member of the pipeline. It reads and describes; it holds nothing it could write with.
type Module interface {
	// Match is asked for every mail at the end of its header. No I/O: the host has resolved what there is to know.
	Match(env *Envelope, h message.Header) Interest
	// Plan says what should happen. It only reads, and is called again if the world moved meanwhile.
	Plan(ctx context.Context, tx *Tx) (Plan, error)
}

// Verdict is the answer of a checker: a refusal, or none, and what was spent.
type Verdict struct {
	Refusal *Refusal
	Charges []Charge // recorded by the host when live, never in explain or audit
	Why     string
	Proof   []Fact // every fact the verdict rests on
	// Would: the refusal is what would have been said where nothing may be refused; it is only logged.
	Would bool
}

// SenderChecker is asked at MAIL FROM.
type SenderChecker interface {
	CheckSender(ctx context.Context, env *Envelope) (Verdict, error)
}

// RecipientChecker is asked at each RCPT TO; a refusal answers this recipient alone.
type RecipientChecker interface {
	CheckRecipient(ctx context.Context, env *Envelope, rcpt Recipient) (Verdict, error)
}

// HeaderChecker is asked at the end of the header.
type HeaderChecker interface {
	CheckHeader(ctx context.Context, env *Envelope, h message.Header) (Verdict, error)
}

// Refusal is an SMTP answer that does not take the mail (or the sender, or one recipient).
type Refusal struct {
	Code     int    // 4xx or 5xx
	Enhanced string // RFC 3463, same class as Code; "" gives x.7.1
	Text     string // for a stranger to read; lines are separated by \n
	Reason   string // the stable name of why, for logs and metrics, where the module has one
}

// Temporary tells whether the sender should try again.
func (r *Refusal) Temporary() bool { return r.Code/100 == 4 }

func (r *Refusal) String() string {
	return fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)
}

// Unavailable is the answer when something is not there right now: the sender's queue is our retry loop.
func Unavailable() *Refusal {
	return &Refusal{Code: 451, Enhanced: "4.3.0", Text: "Temporary problem, please try again later"}
}
