package message

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
)

// Slot is a place in the content of a leaf where bytes can be added while those before and behind it stay, as they are
// read and as they are written.
type Slot struct {
	part     *Part
	encoding string
	from, to int64  // what the encoded bytes take the place of, counted from the start of the part
	before   []byte // of base64: what the group that is cut open says before the slot; else what is written before it
	after    []byte // and behind it
	more     bool   // of base64: groups follow
	inLine   bool   // a line has begun before the slot
	space    bool   // and white space is its last sign
	tail     bool   // and something stands behind it on that line
}

// Slot is the place behind the first at bytes of what Open reads, which must not cut a line break in two. It is ErrStructure if there are fewer, or if the
// transfer encoding is not known.
func (p *Part) Slot(at int64) (Slot, error) {
	s := Slot{part: p, encoding: p.Encoding()}
	var err error
	switch s.encoding {
	case "7bit", "8bit", "binary":
		s.from, s.to = at, at
		if at < 0 || at > p.end-p.start {
			err = fmt.Errorf("%w: there are fewer bytes", ErrStructure)
		}
	case "quoted-printable":
		err = s.findQP(at)
	case "base64":
		err = s.findBase64(at)
	default:
		err = fmt.Errorf("%w: the transfer encoding is not known", ErrStructure)
	}
	if err != nil {
		return s, fmt.Errorf("place %d in part %s: %w", at, p.Path, err)
	}
	s.inLine = s.from > 0 && p.message.byteAt(p.start+s.from-1) != '\n'
	if s.inLine && s.encoding == "quoted-printable" {
		s.guard(p.message.byteAt(p.start + s.from - 1))
	}
	next := p.message.byteAt(p.start + s.to)
	s.tail = s.to < p.end-p.start && next != '\n' && next != '\r'
	return s, nil
}

// Group is how many bytes have to be added at a time for everything behind the slot to stay: three within base64.
func (s *Slot) Group() int {
	if s.more && (len(s.before)+len(s.after))%3 == 0 {
		return 3
	}
	return 1
}

// Encode puts bytes into the transfer encoding of the part, as they have to stand in the slot. A line break that is
// eol stays one in quoted-printable.
func (s *Slot) Encode(added []byte, eol string) []byte {
	switch s.encoding {
	case "quoted-printable":
		return s.encodeQP(added, eol)
	case "base64":
		return s.encodeBase64(bytes.Join([][]byte{s.before, added, s.after}, nil), eol)
	}
	return added
}

// encodeQP uses soft line breaks where the added bytes share a line with others.
func (s *Slot) encodeQP(added []byte, eol string) []byte {
	out := bytes.Clone(s.before)
	if s.inLine && (s.space || !bytes.HasPrefix(added, []byte(eol))) {
		out = append(out, "="+eol...)
	}
	out = append(out, QuotedPrintable(added, eol)...)
	if s.tail && !bytes.HasSuffix(added, []byte(eol)) {
		out = append(out, "="+eol...)
	}
	return out
}

// guard looks at the sign before a slot within a line: one that means something else at its end.
func (s *Slot) guard(last byte) {
	switch last {
	case '=': // that escapes nothing
		s.from, s.before = s.from-1, []byte("=3D")
	case ' ', '\t':
		s.space = true
	}
}

func (s *Slot) encodeBase64(data []byte, eol string) []byte {
	out := bytes.ReplaceAll(encodeBase64(data), []byte("\r\n"), []byte(eol))
	if s.inLine && len(out) > 0 {
		out = append([]byte(eol), out...)
	}
	if !s.tail {
		out = bytes.TrimSuffix(out, []byte(eol))
	}
	return out
}

// findQP reads as qpReader does, up to the block of lines that holds the place, and then sign by sign.
func (s *Slot) findQP(at int64) error {
	r := newQPReader(s.part.Raw()).(*qpReader)
	var raw, decoded int64
	for {
		r.fill()
		if decoded+int64(len(r.out)) >= at || r.err != nil {
			break
		}
		raw, decoded = raw+int64(r.took), decoded+int64(len(r.out))
	}
	if decoded+int64(len(r.out)) < at {
		return fmt.Errorf("%w: there are fewer bytes", ErrStructure)
	}
	block := make([]byte, r.took)
	if _, err := io.ReadFull(io.NewSectionReader(s.part.message.Body(), s.part.start+raw, int64(r.took)), block); err != nil {
		return short(err)
	}
	s.from = raw + int64(qpOffset(block, int(at-decoded)))
	s.to = s.from
	return nil
}

// qpOffset is where in whole lines, or in a piece of one, the byte n of what they say is written.
func qpOffset(block []byte, n int) (at int) {
	for n > 0 {
		i := bytes.IndexByte(block[at:], '\n') + 1
		if i == 0 { // a piece, or the last line
			return at + signs(block[at:], n)
		}
		says := len(decodeLine(nil, block[at:at+i]))
		if says > n {
			return at + signs(block[at:at+i], n)
		}
		n, at = n-says, at+i
	}
	return at
}

// signs is how long the first n bytes of a line are written.
func signs(line []byte, n int) (at int) {
	for ; n > 0 && at < len(line); n-- {
		if line[at] == '=' && len(line) > at+2 && unhex(line[at+1]) >= 0 && unhex(line[at+2]) >= 0 {
			at += 2
		}
		at++
	}
	return at
}

// findBase64 goes sign by sign up to the group that holds the place. One that is padded is open for more.
func (s *Slot) findBase64(at int64) error {
	b := base64Walk{want: at}
	block := make([]byte, blockSize)
	for r := s.part.Raw(); !b.done; {
		n, err := r.Read(block)
		b.walk(block[:n])
		if err == io.EOF {
			b.finish()
			break
		}
		if err != nil {
			return err
		}
	}
	if b.decoded+int64(len(b.group)) < at || !b.done {
		return fmt.Errorf("%w: there are fewer bytes", ErrStructure)
	}
	cut := at - b.decoded
	s.from, s.to, s.before, s.after, s.more = b.from, b.to, b.group[:cut], b.group[cut:], b.more
	return nil
}

// base64Walk looks for the group of signs that holds a decoded byte.
type base64Walk struct {
	want     int64
	pos      int64 // in the raw bytes
	from, to int64 // the group
	decoded  int64 // bytes before the group
	group    []byte
	signs    []byte
	closed   bool // the group is complete; padding and line ends may follow
	done     bool
	more     bool // another group follows
}

func (b *base64Walk) walk(raw []byte) {
	for _, c := range raw {
		if b.done {
			return
		}
		b.sign(c)
		b.pos++
	}
}

func (b *base64Walk) sign(c byte) {
	switch {
	case c == '=':
		if len(b.signs) > 0 {
			b.close()
		}
		if b.closed && len(b.group) < 3 {
			b.to = b.pos + 1
		}
	case alphabet[c] >= 64:
	case b.want == 0 && b.decoded == 0 && len(b.signs) == 0 && !b.closed: // before the first
		b.from, b.to = b.pos, b.pos
		b.done, b.more = true, true
	case b.closed && (b.decoded+int64(len(b.group)) > b.want || len(b.group) == 3 && b.decoded+3 == b.want):
		b.skip()
		b.done, b.more = true, true
	default:
		if b.closed {
			b.decoded, b.group, b.closed = b.decoded+int64(len(b.group)), nil, false
		}
		if len(b.signs) == 0 {
			b.from = b.pos
		}
		b.signs = append(b.signs, c)
		if b.to = b.pos + 1; len(b.signs) == 4 {
			b.close()
		}
	}
}

// skip stands behind a whole group if the place is there.
func (b *base64Walk) skip() {
	if len(b.group) == 3 && b.decoded+3 == b.want {
		b.decoded, b.from, b.group = b.want, b.to, nil
	}
}

func (b *base64Walk) close() {
	pad := [...]string{"", "", "==", "=", ""}[len(b.signs)]
	b.group, _ = base64.StdEncoding.DecodeString(string(b.signs) + pad)
	b.signs, b.closed = b.signs[:0], true
}

func (b *base64Walk) finish() {
	if b.done {
		return
	}
	if len(b.signs) > 0 {
		b.close()
	}
	b.skip()
	b.done = true
}
