package milter

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	gomilter "github.com/emersion/go-milter"
)

// errProtocol is wrapped by everything the mail server should not have sent.
var errProtocol = errors.New("milter protocol")

const (
	maxFrame   = 1 << 20  // what the library takes
	maxCommand = 64 << 10 // no mail server has longer commands or macros; header fields and bodies may be longer
)

// next reads packets until there is one the library should see.
func (c *conn) next() error {
	c.in.Discard(c.held)
	c.held = 0
	for {
		frame, err := c.readFrame()
		if err != nil {
			return err
		}
		pass, err := c.handle(gomilter.Code(frame[4]), frame[5:])
		if err != nil {
			return err
		}
		if pass {
			c.frame = frame
			return nil
		}
		c.in.Discard(c.held)
		c.held = 0
	}
}

// readFrame gives a whole packet with its length in front. It lies in the buffer if it fits; the library never
// sees half a packet, because it prints when the rest does not come.
func (c *conn) readFrame() ([]byte, error) {
	c.deadline = time.Time{}
	head, err := c.in.Peek(4)
	if err != nil {
		if len(head) > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(head))
	if length < 1 {
		return nil, fmt.Errorf("%w: packet without a command", errProtocol)
	}
	if head, err = c.in.Peek(5); err != nil {
		return nil, fmt.Errorf("in the middle of a packet: %w", err)
	}
	if err := checkLength(length, gomilter.Code(head[4])); err != nil {
		return nil, err
	}
	if 4+length <= c.in.Size() {
		c.held = 4 + length
		frame, err := c.in.Peek(c.held)
		if err != nil {
			return nil, fmt.Errorf("in the middle of a packet: %w", err)
		}
		return frame, nil
	}
	c.big = true
	defer func() { c.big = false }()
	frame := make([]byte, 4+length)
	if _, err := io.ReadFull(c.in, frame); err != nil {
		return nil, fmt.Errorf("in the middle of a packet: %w", err)
	}
	return frame, nil
}

func checkLength(length int, code gomilter.Code) error {
	limit := maxCommand
	if code == gomilter.CodeHeader || code == gomilter.CodeBody || code == gomilter.CodeEOB {
		limit = maxFrame
	}
	if length > limit {
		return fmt.Errorf("%w: packet %q of %d bytes", errProtocol, byte(code), length)
	}
	return nil
}

// codeUnknown is SMFIC_UNKNOWN, an SMTP command the MTA does not know.
const codeUnknown gomilter.Code = 'U'

// handle takes from a packet what the library does not give us, and says whether the library is to see it.
func (c *conn) handle(code gomilter.Code, data []byte) (pass bool, err error) {
	s := c.session
	switch code {
	case gomilter.CodeOptNeg:
		c.patch = true
		return true, c.renegotiate(data)
	case gomilter.CodeMacro:
		s.macros.define(data)
	case gomilter.CodeConn:
		addr, err := connectAddress(data)
		s.told = told{addr: addr}
		return true, err
	case gomilter.CodeMail, gomilter.CodeRcpt:
		s.told = s.macros.take(code, data)
		return true, nil
	case gomilter.CodeHeader:
		return false, c.header(data)
	case gomilter.CodeEOB:
		if len(data) > 0 { // the last chunk may come with it (sendmail); the library would lose it
			s.body(bytes.Clone(data))
		}
		return true, nil
	case gomilter.CodeHelo, gomilter.CodeEOH, gomilter.CodeBody, gomilter.CodeAbort, gomilter.CodeData, gomilter.CodeQuit:
		return true, nil
	case codeUnknown: // the library would hang up
		c.Write(packetContinue)
	case gomilter.CodeQuitNewConn: // as well; another SMTP connection follows
		s.forgetConnection()
	default:
		return false, fmt.Errorf("%w: unknown command %q", errProtocol, byte(code))
	}
	return false, nil
}

var packetContinue = []byte{0, 0, 0, 1, byte(gomilter.ActContinue)}

// header takes a header field. The library's map loses order and case, skips fields with a NUL, and is emptied
// by Abort alone: it grows from mail to mail if the MTA sends none.
func (c *conn) header(data []byte) error {
	name, value, ok := cutField(data)
	if !ok {
		return fmt.Errorf("%w: malformed header field", errProtocol)
	}
	c.session.field(name, value)
	if !c.agreed.has(gomilter.OptNoHeaderReply) {
		c.Write(packetContinue)
	}
	return nil
}

// cutField splits name NUL value NUL; both are parts of one string.
func cutField(data []byte) (name, value string, ok bool) {
	n := bytes.IndexByte(data, 0)
	if n < 0 || n == len(data)-1 {
		return "", "", false
	}
	all := string(bytes.TrimSuffix(data, []byte{0}))
	return all[:n], all[n+1:], true
}

// cStrings splits NUL-terminated strings.
func cStrings(data []byte) []string {
	var all []string
	for len(data) > 0 {
		s, rest, _ := bytes.Cut(data, []byte{0})
		all = append(all, string(s))
		data = rest
	}
	return all
}

// connectAddress finds the client's address in name NUL family [port address NUL], and makes sure that the library
// finds what it looks for there.
func connectAddress(data []byte) (string, error) {
	_, rest, _ := bytes.Cut(data, []byte{0})
	switch {
	case len(rest) > 0 && rest[0] == byte(gomilter.FamilyUnknown):
		return "", nil
	case len(rest) < 3:
		return "", fmt.Errorf("%w: malformed connect", errProtocol)
	}
	addr, _, _ := bytes.Cut(rest[3:], []byte{0})
	return string(addr), nil
}
