package imip

import (
	"usher/itip"
	"usher/milter/message"
)

// Letter is what a mail says about calendars. The zero Letter is that of most mail: nothing.
type Letter struct {
	Items   []Item   // the messages of the kinds that were asked for, each once, in the order of the mail
	Others  []Item   // what is no such message: other kinds, objects without METHOD
	Why     string   // why it says nothing we can act on, for the log
	Odd     []string // why it is believed only of somebody whose identity is proven: a few words each, for the log
	Repairs []string // what was wrong in it and how it was taken, for the log; never content
	// Automatic says, for the log, why the mail itself is never answered: nobody wrote it, or it goes to many (S3834-01).
	// What it asks for in iTIP is; that ends by itself, as no REPLY is answered. "": somebody may wait for an answer.
	Automatic string

	more bool // some of Others is no copy of an item
}

// Item is one scheduling object and where it stood.
type Item struct {
	Object *itip.Object
	Part   *message.Part // the text/calendar part
	Label  Label
}

// Label is how the method parameter of a part agrees with the METHOD inside (RFC 6047 2.4). METHOD counts.
type Label uint8

// The ways to label a part.
const (
	Labelled    Label = iota // method is METHOD, upper and lower case aside; or there is no METHOD
	Unlabelled               // there is no method parameter: strictly no iMIP, and seen (S6047-10, D-09)
	Mislabelled              // method is another (S6047-11)
)

// Silent tells whether there is nothing to act on: the mail stays untouched.
func (l Letter) Silent() bool { return len(l.Items) == 0 }

// Whole tells whether the items are all that the mail says: what is left over may only be a copy of one of them
// for the archive, without METHOD.
func (l Letter) Whole() bool { return !l.more }
