// Package rules says which words are added to which mail: a list of rules, each with a condition, words that are made
// for a person, and where they stand.
//
// It knows conditions, templates and how words are added. It does not know which module the rules belong to, or how mails
// reach those who get different bodies.
package rules

import (
	"usher/milter/addendum"
	"usher/milter/addendum/template"
)

// Rule is one rule as it is configured.
type Rule struct {
	Name string `yaml:"name"` // for explain and the log
	When string `yaml:"when"` // a condition; "": always

	TextFile  string   `yaml:"text_file"` // templates: for plain text
	HTMLFile  string   `yaml:"html_file"` // for HTML: a fragment without <html> or <body>
	Text      string   `yaml:"text"`      // the same, written here
	HTML      string   `yaml:"html"`
	Languages []string `yaml:"languages"` // of which there are files beside: footer.de.txt beside footer.txt for de
	Language  Whose    `yaml:"language" config:"oneof=sender|recipient"`

	Missing  template.Missing `yaml:"missing" config:"oneof=drop_line|empty|skip"`
	Position addendum.Place   `yaml:"position" config:"oneof=bottom|top|above_quote"`
	Once     bool             `yaml:"once"` // not where the words stand in the mail already
	Last     bool             `yaml:"last"` // where it holds, no later rule is asked

	Signed          Signed      `yaml:"signed" config:"oneof=skip|wrap|reject"`
	AttachmentsOnly Attachments `yaml:"attachments_only" config:"oneof=add|skip"`

	// Mail that is left alone otherwise.
	Inbound    bool `yaml:"inbound"`     // from outside
	Automatic  bool `yaml:"automatic"`   // what programs write
	Calendar   bool `yaml:"calendar"`    // with an invitation in it, which itself is never touched
	List       bool `yaml:"list"`        // of mailing lists
	DKIMSigned bool `yaml:"dkim_signed"` // whose signature will not hold any more
}

// Defaults are those of a rule at this place.
func Defaults(position addendum.Place, once bool) Rule {
	return Rule{Language: OfSender, Missing: template.DropLine, Position: position, Once: once, Signed: LeaveSigned, AttachmentsOnly: LeaveEmpty}
}

// Whose language counts.
type Whose string

// The two.
const (
	OfSender    Whose = "sender"
	OfRecipient Whose = "recipient"
)

// Signed is what becomes of signed and encrypted mail.
type Signed string

// The ways.
const (
	LeaveSigned  Signed = "skip"
	WrapSigned   Signed = "wrap"   // into a new mail, beside the words
	RejectSigned Signed = "reject" // nobody sends it without the words
)

// Attachments is what becomes of mail that has no text.
type Attachments string

// The ways.
const (
	LeaveEmpty Attachments = "skip"
	AddText    Attachments = "add"
)

// options are those of a rule for adding words.
func (r *Rule) options() addendum.Options {
	o := addendum.Options{Place: r.Position, Once: r.Once, Signed: addendum.Skip, AttachmentOnly: r.AttachmentsOnly == AddText, Automatic: r.Automatic}
	if r.Signed == WrapSigned {
		o.Signed = addendum.Wrap
	}
	return o
}
