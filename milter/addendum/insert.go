package addendum

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding"

	"usher/milter/message"
)

// maxLine is the longest line a mail may have (RFC 5322 2.1.1).
const maxLine = 998

// maxRecoded bounds a part that has to be written anew, in bytes. A larger one gets the words as a part beside it.
const maxRecoded = 2 << 20

// change is what is done to one body part.
type change struct {
	part    *message.Part
	insert  *message.Insertion // nil: the content is written anew
	content []byte
	fields  []message.Field
	beside  string // not even that: the words become a part of their own, and this is why
	added   Added
}

// addition is the words on their way into a part.
type addition struct {
	part    *message.Part
	view    *view
	script  script // what is written
	old     script // what was
	place   Place
	words   string // of the part's kind
	marker  string
	lineEnd string // of the mail
}

func isHTML(p *message.Part) bool { return p.MediaType() == "text/html" }

// plan finds the smallest change that puts the words into the part.
func (a addition) plan() (change, error) {
	c := change{part: a.part}
	carried := a.part.Encoding()
	if !known(carried) {
		return c, errLeave
	}
	at, before, err := a.script.source(a.part, a.view.at)
	if errors.Is(err, errSign) {
		c.beside = "its charset is read in another way than it is written"
		return c, nil
	}
	if err != nil {
		return c, err
	}
	text := a.compose(0)
	added, err := a.script.write(text, before)
	if err != nil {
		return a.raise(c, text)
	}
	if literal(carried) && (hasLongLine(added, a.view.column) || carried == "7bit" && !isASCII(string(added)) && !a.view.eight) {
		return a.recode(c, at, added)
	}
	if carried == "7bit" && !isASCII(string(added)) { // the content says less of itself than is true
		c.fields = declared(a.part, message.NewField("Content-Transfer-Encoding", "8bit"))
	}
	return a.splice(c, at, before)
}

// splice puts the words between the bytes that are there.
func (a addition) splice(c change, at int64, before []byte) (change, error) {
	if a.view.size == 0 {
		return a.recode(c, at, nil)
	}
	slot, err := a.part.Slot(at)
	if err != nil {
		return c, err
	}
	var added []byte
	for pad := range 3 {
		if added, err = a.script.write(a.compose(pad), before); err != nil {
			return c, err
		}
		if len(added)%slot.Group() == 0 {
			break
		}
	}
	if len(added)%slot.Group() != 0 { // cannot be, but the bytes behind must not shift
		return a.recode(c, at, added)
	}
	eol := a.rawEnd()
	c.insert = &message.Insertion{Slot: slot, Encoded: slot.Encode(added, eol), Fields: c.fields}
	c.added = Added{Path: a.part.Path, At: at, Bytes: added}
	return c, nil
}

// rawEnd is how the lines of the encoded part end.
func (a addition) rawEnd() string {
	if literal(a.part.Encoding()) {
		return a.view.eol
	}
	var block [4096]byte
	n, _ := io.ReadFull(a.part.Raw(), block[:])
	if i := bytes.IndexByte(block[:n], '\n'); i > 0 && block[i-1] == '\r' {
		return "\r\n"
	} else if i >= 0 {
		return "\n"
	}
	return a.lineEnd
}

// raise gives the part UTF-8, in which everything can be said.
func (a addition) raise(c change, text string) (change, error) {
	switch {
	case isHTML(a.part):
		return c, errLeave // a charset in which not even ASCII can be written
	case a.view.strange:
		c.beside = "its charset is not what it says"
		return c, nil
	}
	plain := a.script.enc == encoding.Nop && !a.script.unknown // ASCII is UTF-8 already
	if a.script.unknown {
		c.beside = "its charset is not known"
		return c, nil
	}
	a.script.name = "utf-8"
	c.fields = []message.Field{withCharset(a.part, "utf-8")}
	if plain && (a.part.Encoding() != "7bit" || a.view.eight) && !(literal(a.part.Encoding()) && hasLongLine([]byte(text), a.view.column)) {
		if a.part.Encoding() == "7bit" {
			c.fields = append(c.fields, message.NewField("Content-Transfer-Encoding", "8bit"))
		}
		c.fields = declared(a.part, c.fields...)
		return a.splice(c, a.view.at, nil)
	}
	if a.view.size > maxRecoded {
		c.beside = "it is too large to be written anew"
		return c, nil
	}
	old, err := io.ReadAll(io.LimitReader(a.old.read(a.part), 2*maxRecoded))
	if err != nil {
		return c, err
	}
	return a.rewrite(c, old, a.view.at, []byte(text))
}

// recode gives the part a transfer encoding that can carry the words.
func (a addition) recode(c change, at int64, added []byte) (change, error) {
	if a.view.size > maxRecoded {
		c.beside = "it is too large to be written anew"
		return c, nil
	}
	old, err := a.part.Bytes(4 * maxRecoded)
	if err != nil {
		return c, err
	}
	if added == nil {
		if added, err = a.script.write(a.compose(0), old); err != nil {
			return c, err
		}
	}
	return a.rewrite(c, old, at, added)
}

// rewrite encodes old with the words in it.
func (a addition) rewrite(c change, old []byte, at int64, added []byte) (change, error) {
	text := bytes.Join([][]byte{old[:at], added, old[at:]}, nil)
	e, eol := a.part.Encoding(), a.rawEnd()
	if e == "7bit" && message.BestEncoding(text) != "7bit" || literal(e) && hasLongLine(added, a.view.column) {
		if e = "quoted-printable"; message.BestEncoding(old) == "base64" {
			e = "base64"
		}
		c.fields = append(c.fields, message.NewField("Content-Transfer-Encoding", e))
	}
	c.fields = declared(a.part, c.fields...)
	c.added = Added{Path: a.part.Path, At: at, Bytes: added, Recoded: true}
	switch e {
	case "quoted-printable":
		c.content = message.QuotedPrintable(text, eol)
	case "base64":
		c.content = bytes.ReplaceAll(message.EncodeBody(text, e), []byte("\r\n"), []byte(eol))
	default:
		c.content = text
	}
	return c, nil
}

func known(encoding string) bool {
	return literal(encoding) || encoding == "quoted-printable" || encoding == "base64"
}

// literal are the transfer encodings that are none.
func literal(encoding string) bool {
	return encoding == "7bit" || encoding == "8bit" || encoding == "binary"
}

// errLeave says that a part cannot hold words.
var errLeave = errors.New("left alone")
