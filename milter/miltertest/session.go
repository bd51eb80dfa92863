// Package miltertest is the other end of the milter protocol: a mail server small enough for tests, the demo and
// the load generator. It speaks as Postfix does, collects what the filter wants done, and can apply it to a copy
// of the mail, so that one sees what would be delivered.
//
// It knows the protocol and nothing of the filter under test.
package miltertest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Offer is what the mail server can: protocol version, SMFIF_ actions and SMFIP_ protocol flags.
type Offer struct{ Version, Actions, Protocol uint32 }

// The offers of mail servers.
var (
	Postfix  = Offer{6, 0x1ff, 0x1fffff}
	Version4 = Offer{4, 0x3f, 0x3ff} // Postfix with milter_protocol = 4
	Version2 = Offer{2, 0x3f, 0x7f}
)

// The flags a Session obeys.
const (
	NoHeaderReply = 1 << 7
	NoConnReply   = 1 << 12
	NoHeloReply   = 1 << 13
	NoBodyReply   = 1 << 19
	Skip          = 1 << 10
	LeadingSpace  = 1 << 20
)

// Session is one connection to a filter. Its methods are to be called in the order of SMTP; each sends one
// command and, if the filter answers that command, waits for the answer.
type Session struct {
	Agreed  Offer               // what the filter took
	Macros  map[uint32][]string // what it asked for by stage (SETSYMLIST)
	Timeout time.Duration       // for an answer; progress begins it again. Default 30 s
	Beats   int                 // progress packets so far

	conn      net.Conn
	in        *bufio.Reader
	out       *bufio.Writer
	connected bool
}

// Dial connects to a filter and negotiates.
func Dial(network, address string, offer Offer) (*Session, error) {
	conn, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	s, err := New(conn, offer)
	if err != nil {
		conn.Close()
	}
	return s, err
}

// New negotiates on a connection.
func New(conn net.Conn, offer Offer) (*Session, error) {
	s := &Session{Timeout: 30 * time.Second, Macros: map[uint32][]string{}, conn: conn}
	s.in, s.out = newBuffers(conn)
	var data []byte
	for _, n := range []uint32{offer.Version, offer.Actions, offer.Protocol} {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	if err := s.Send('O', data); err != nil {
		return nil, err
	}
	code, data, err := s.Receive()
	if err != nil {
		return nil, fmt.Errorf("negotiate: %w", err)
	}
	if code != 'O' || len(data) < 12 {
		return nil, fmt.Errorf("negotiate: answer %q", code)
	}
	s.Agreed = Offer{binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])}
	if s.Agreed.Version > offer.Version || s.Agreed.Actions&^offer.Actions != 0 || s.Agreed.Protocol&^offer.Protocol != 0 {
		return nil, fmt.Errorf("negotiate: %x is more than was offered, %x", s.Agreed, offer)
	}
	s.readMacroLists(data[12:])
	return s, nil
}

func newBuffers(conn net.Conn) (*bufio.Reader, *bufio.Writer) {
	return bufio.NewReader(conn), bufio.NewWriter(conn)
}

func (s *Session) readMacroLists(data []byte) {
	for len(data) > 4 {
		stage := binary.BigEndian.Uint32(data)
		names, rest, _ := strings.Cut(string(data[4:]), "\x00")
		s.Macros[stage] = strings.Fields(names)
		data = []byte(rest)
	}
}

func (s *Session) agreed(flag uint32) bool { return s.Agreed.Protocol&flag != 0 }

// Send writes one packet; it leaves with the next wait for an answer.
func (s *Session) Send(code byte, data []byte) error {
	var head [5]byte
	binary.BigEndian.PutUint32(head[:], uint32(len(data)+1))
	head[4] = code
	s.out.Write(head[:])
	_, err := s.out.Write(data)
	return err
}

// Receive reads one packet, whatever it is.
func (s *Session) Receive() (code byte, data []byte, err error) {
	if err := s.out.Flush(); err != nil {
		return 0, nil, err
	}
	s.conn.SetReadDeadline(time.Now().Add(s.Timeout))
	var head [5]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < 1 || length > 1<<26 {
		return 0, nil, fmt.Errorf("packet of %d bytes", length)
	}
	data = make([]byte, length-1)
	_, err = io.ReadFull(s.in, data)
	return head[4], data, err
}

// Flush sends what is waiting.
func (s *Session) Flush() error { return s.out.Flush() }

// Macro tells macros for a command: names and values by turns.
func (s *Session) Macro(command byte, pairs ...string) error {
	return s.Send('D', append([]byte{command}, cStrings(pairs...)...))
}

// Connect tells who the client is. The zero address is unknown.
func (s *Session) Connect(name string, client netip.AddrPort) (Answer, error) {
	s.connected = true
	data := cStrings(name)
	switch addr := client.Addr(); {
	case !addr.IsValid():
		data = append(data, 'U')
	case addr.Is4():
		data = binary.BigEndian.AppendUint16(append(data, '4'), client.Port())
		data = append(data, cStrings(addr.String())...)
	default:
		data = binary.BigEndian.AppendUint16(append(data, '6'), client.Port())
		data = append(data, cStrings(addr.String())...)
	}
	return s.command('C', data, NoConnReply)
}

// Helo tells the client's name for itself.
func (s *Session) Helo(name string) (Answer, error) {
	return s.command('H', cStrings(name), NoHeloReply)
}

// Mail is MAIL FROM: the argument with its brackets, then ESMTP's.
func (s *Session) Mail(from string, args ...string) (Answer, error) {
	return s.command('M', cStrings(append([]string{from}, args...)...), 0)
}

// Rcpt is RCPT TO: the argument with its brackets, then ESMTP's.
func (s *Session) Rcpt(to string, args ...string) (Answer, error) {
	return s.command('R', cStrings(append([]string{to}, args...)...), 0)
}

// Header is one field; raw is everything after the colon.
func (s *Session) Header(name, raw string) (Answer, error) {
	raw = strings.ReplaceAll(raw, "\r\n", "\n")
	if !s.agreed(LeadingSpace) {
		raw = strings.TrimPrefix(raw, " ")
	}
	return s.command('L', cStrings(name, raw), NoHeaderReply)
}

// EndOfHeader is the empty line.
func (s *Session) EndOfHeader() (Answer, error) { return s.command('N', nil, 0) }

// Body is one chunk, up to 65535 bytes.
func (s *Session) Body(chunk []byte) (Answer, error) { return s.command('B', chunk, NoBodyReply) }

// End is the end of the message: what the filter wants done, and its answer.
func (s *Session) End() ([]Action, Answer, error) {
	if err := s.Send('E', nil); err != nil {
		return nil, Answer{}, err
	}
	var actions []Action
	for {
		code, data, err := s.Receive()
		if err != nil {
			return actions, Answer{}, err
		}
		if a, ok := readAction(code, data); ok {
			actions = append(actions, a)
		} else if code == 'p' {
			s.Beats++
		} else {
			a, err := readAnswer(code, data)
			return actions, a, err
		}
	}
}

// Abort ends the mail, not the connection. The filter does not answer.
func (s *Session) Abort() error {
	s.Send('A', nil)
	return s.out.Flush()
}

// Quit ends the session.
func (s *Session) Quit() error {
	s.Send('Q', nil)
	return errors.Join(s.out.Flush(), s.conn.Close())
}

// Close hangs up without a word.
func (s *Session) Close() error { return s.conn.Close() }

// command sends a command and waits for its answer unless the filter asked not to be waited for.
func (s *Session) command(code byte, data []byte, noReply uint32) (Answer, error) {
	if err := s.Send(code, data); err != nil {
		return Answer{}, err
	}
	if noReply != 0 && s.agreed(noReply) {
		return Answer{Code: 'c'}, nil
	}
	for {
		code, data, err := s.Receive()
		if err != nil {
			return Answer{}, err
		}
		if code != 'p' {
			return readAnswer(code, data)
		}
		s.Beats++
	}
}

func cStrings(all ...string) []byte {
	var b []byte
	for _, s := range all {
		b = append(append(b, s...), 0)
	}
	return b
}
