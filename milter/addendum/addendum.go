// Package addendum adds words to a mail: a footer, a signature, a legal text. They stand once in each form of its
// body, and every other byte stays what it was.
//
// It knows mails, MIME, charsets and HTML: where words belong, what must not be touched, and how little has to
// change. It does not know who wants the words, from which directory they are made, or how a mail is delivered.
package addendum

import (
	"strings"

	"usher/milter/message"
)

// Words are what is added, in UTF-8.
type Words struct {
	Text string // for plain text; "": what HTML says, without its tags
	HTML string // for HTML: a fragment without <html> or <body>; "": Text, escaped
}

// Place is where the words stand in a body.
type Place string

// The places.
const (
	Bottom     Place = "bottom"
	Top        Place = "top"
	AboveQuote Place = "above_quote" // of what is answered; at the bottom where nothing is quoted
)

// Treatment is what happens to a mail in which no byte may change.
type Treatment string

// The treatments.
const (
	Skip Treatment = "skip" // it stays as it came
	Wrap Treatment = "wrap" // it becomes a part of a new mail, beside the words
)

// Options say how the words are added. The zero value is at the bottom, always, and leaves signed mail alone.
type Options struct {
	Place          Place
	Once           bool      // not where the words stand in the mail already
	Signed         Treatment // of signed and encrypted mail, reports and automatic mail
	AttachmentOnly bool      // a mail without any body text gets one
	Automatic      bool      // what a program wrote is no other mail
}

// Reason is why nothing was added.
type Reason string

// The reasons.
const (
	Signed    Reason = "signed"    // by OpenPGP or S/MIME
	Encrypted Reason = "encrypted" // by OpenPGP or S/MIME
	Report    Reason = "a report"  // of delivery or reading
	Automatic Reason = "automatic" // a program wrote it
	Calendar  Reason = "calendar"  // nothing but an invitation
	Present   Reason = "present"   // the words stand there already
	NoText    Reason = "no text"   // that words can be added to
	Unknown   Reason = "unknown"   // encoding or structure
)

// Result is the mail with the words, or why there are none.
type Result struct {
	Mail  *message.Message // nil: nothing was added
	Added []Added
	Left  Reason // why nothing was added; "" if something was
	Why   string // the same, or what was done, in words
}

// Added is a place where words stand now.
type Added struct {
	Path message.Path
	// At and Bytes are what was added, in the content without its transfer encoding. Without it, that is the old one,
	// or says the same in UTF-8.
	At    int64
	Bytes []byte
	// Recoded says that the encoded content was written anew, and Beside that there are no such bytes: the part became one
	// of two in a multipart/mixed, and is itself unchanged.
	Recoded, Beside bool
}

// left is a mail that stays as it is.
func left(r Reason, why string) (Result, error) { return Result{Left: r, Why: why}, nil }

// Add gives a mail the words. An error is one of reading the mail.
func Add(m *message.Message, w Words, o Options) (Result, error) {
	derived := w.HTML == ""
	w = w.complete()
	if strings.TrimSpace(w.Text) == "" && strings.TrimSpace(w.HTML) == "" {
		return left(NoText, "there are no words to add")
	}
	if m.Truncated() {
		return left(Unknown, "more parts than can be read")
	}
	j := job{m: m, words: w, options: o, derived: derived}
	if r := closedTree(m, o); r != "" {
		return j.closed(r)
	}
	j.bodies = bodies(m.Root(), o.Place == Top)
	if err := j.look(); err != nil {
		return Result{}, err
	}
	switch {
	case o.Once && j.present:
		return left(Present, "the words stand there already")
	case j.armor != "":
		return j.closed(j.armor)
	case len(j.bodies) == 0:
		return j.attachments()
	}
	return j.add()
}
