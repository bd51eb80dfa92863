// Package addendum adds words to a mail: a footer, a signature, a legal text. They stand once in each form of its
// body, and every other byte stays what it was.
//
// It knows mails, MIME, charsets and HTML: where words belong, what must not be touched, and how little has to
// change. It does not know who wants the words, from which directory they are made, or how a mail is delivered.
package addendum

import (
	"fmt"
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
}

// Reason is why nothing was added.
type Reason string

// The reasons.
const (
	Signed    Reason = "signed"    // or pkcs7, or OpenPGP in the text
	Encrypted Reason = "encrypted" // by OpenPGP or S/MIME
	Report    Reason = "report"    // of delivery or reading
	Automatic Reason = "automatic" // a program wrote it
	Calendar  Reason = "calendar"  // nothing but an invitation
	Present   Reason = "present"   // the words stand there already
	NoText    Reason = "no text"   // that words can be added to
	Unknown   Reason = "unknown"   // charset, encoding or structure
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
}

// maxText bounds a body part that words are added to, in bytes; a larger one stays as it came.
const maxText = 8 << 20

// Add gives a mail the words. An error is one of reading the mail.
func Add(m *message.Message, w Words, o Options) (Result, error) {
	if left, why := untouchable(m); left != "" {
		return Result{Left: left, Why: why}, nil
	}
	r := Result{Mail: m, Why: "add words to part"}
	for _, part := range bodies(m.Root()) {
		edit, ok, err := w.add(part)
		if err != nil {
			return Result{}, fmt.Errorf("part %v: %w", part.Path, err)
		}
		if !ok {
			continue
		}
		if r.Mail, err = r.Mail.ReplacePart(edit.path, edit.fields, edit.content); err != nil {
			return Result{}, err
		}
		r.Added = append(r.Added, Added{Path: edit.path})
		r.Why += " " + edit.path.String()
	}
	if len(r.Added) == 0 {
		return Result{Left: NoText, Why: "no text that words can be added to"}, nil
	}
	return r, nil
}

// of are the words for a part of this kind.
func (w Words) of(p *message.Part) string {
	if p.MediaType() == "text/html" {
		return w.HTML
	}
	return strings.TrimRight(w.Text, "\n")
}
