package filter

import (
	"fmt"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/message"
)

// Plan is what a module wants to happen. The zero Plan lets the mail pass.
type Plan struct {
	Refuse  *Refusal // for the whole mail; the rest of the plan is ignored then
	Edits   []Edit
	Effects []Effect
	Why     string   // one sentence for the log, the trace and explain
	Rests   []string // calendars it chose among, written or not: it gets its turn at all of them when it has to be made again
	Notes   []string // what it rests on, a line each, for explain; never logged, and no content of mails
}

// Edit is a change to the envelope or the mail: one of DropRcpt, AddRcpt, ChangeFrom, AddHeader, SetHeader,
// DelHeader, ReplacePart, Rewrite, Quarantine and Split.
type Edit interface{ edit() }

// DropRcpt takes a recipient off the envelope; the last one gone, the mail is discarded.
type DropRcpt struct{ Addr address.Address }

// AddRcpt puts a recipient on the envelope, with ESMTP arguments such as NOTIFY=NEVER.
type AddRcpt struct {
	Addr address.Address
	Args []string
}

// ChangeFrom replaces the envelope sender.
type ChangeFrom struct{ Addr address.Address }

// AddHeader adds a field, at the end or at the top.
type AddHeader struct {
	Name, Value string
	Top         bool
}

// SetHeader leaves exactly one field of this name.
type SetHeader struct{ Name, Value string }

// DelHeader removes every field of this name.
type DelHeader struct{ Name string }

// ReplacePart gives a leaf of the MIME tree another content, as message.Message.ReplacePart does.
type ReplacePart struct {
	Path    message.Path
	Fields  []message.Field
	Content []byte
}

// Rewrite puts another mail, made of the one the module was shown, in its place: header and body. Edits that stand
// before it in the same plan and change the mail are lost.
type Rewrite struct {
	Mail *message.Message
	What string // was done, in words for explain
}

// Quarantine puts the mail on hold in the MTA's queue.
type Quarantine struct{ Reason string }

// Split gives some recipients their own branch of the mail with further edits.
type Split struct {
	Rcpts []address.Address
	Edits []Edit
}

func (DropRcpt) edit()    {}
func (AddRcpt) edit()     {}
func (ChangeFrom) edit()  {}
func (AddHeader) edit()   {}
func (SetHeader) edit()   {}
func (DelHeader) edit()   {}
func (ReplacePart) edit() {}
func (Rewrite) edit()     {}
func (Quarantine) edit()  {}
func (Split) edit()       {}

// Effect is a change to the world outside the mail: one of PutEvent, DeleteEvent and Send.
// Doing it twice is doing it once: its Key is its meaning.
type Effect interface {
	Key() string
	effect()
}

// PutEvent stores a calendar object, with a claim where time is bookable.
type PutEvent struct {
	Calendar, UID string
	Object        *itip.Object
	Base          calendar.Version // of this UID as the module read it
	Claim         *calendar.Claim
	Cause         itip.Cause // what made us write; kept on the object as the cause mark
	// Optional: the mail is not put off because this cannot be stored; the log tells. What has changed since it was
	// read is planned again all the same.
	Optional bool
	// Apart: the calendar is that of one recipient among others, whom the module can do without. Where it cannot be
	// stored and on_error is pass, it is asked again with Tx.Unwritable, and not left out as a whole.
	Apart bool
}

// Key names the object and its cause.
func (p PutEvent) Key() string { return fmt.Sprintf("put/%s/%s/%s", p.Calendar, p.UID, p.Cause) }

// DeleteEvent removes a calendar object. Deletions come last, so that a retry finds what it needs.
type DeleteEvent struct {
	Calendar, UID string
	Base          calendar.Version
}

// Key names the object.
func (d DeleteEvent) Key() string { return fmt.Sprintf("delete/%s/%s/%s", d.Calendar, d.UID, d.Base) }

// Send submits a mail of our own, or a branch of the present one.
type Send struct {
	ID   string          // its meaning, e.g. reply/<uid>/<recurrence-id>/<sequence>/<dtstamp of the request>/<attendee>/<partstat>
	From address.Address // zero: the null sender, as automatic mail has it
	// FromArg and FromArgs are of a branch: its sender as it came (the case of a local part matters to SRS and
	// BATV) and the ESMTP arguments of MAIL FROM it keeps (SMTPUTF8, RET, ENVID).
	FromArg  string
	FromArgs []string
	To       []Recipient // with their ESMTP arguments; a branch keeps those of its recipients
	Mail     *message.Message
	// Branch: the mail goes out as it is, Message-ID included. Otherwise world adds Message-ID from the key,
	// Date and Auto-Submitted where they are missing.
	Branch bool
}

// Key is the meaning of the mail.
func (s Send) Key() string { return "send/" + s.ID }

func (PutEvent) effect()    {}
func (DeleteEvent) effect() {}
func (Send) effect()        {}
