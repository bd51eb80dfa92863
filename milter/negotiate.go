package milter

import (
	"encoding/binary"
	"fmt"

	gomilter "github.com/emersion/go-milter"
)

// agreement is what we and the mail server both can.
type agreement struct {
	version  uint32
	actions  gomilter.OptAction
	protocol gomilter.OptProtocol
}

const ourVersion = 6

const ourActions = gomilter.OptAddHeader | gomilter.OptChangeHeader | gomilter.OptChangeBody |
	gomilter.OptAddRcpt | gomilter.OptAddRcptWithArgs | gomilter.OptRemoveRcpt |
	gomilter.OptChangeFrom | gomilter.OptQuarantine | gomilter.OptSetSymList

// Recipients the MTA refuses on its own are not asked for, nor commands it does not know, nor DATA. Header values
// come with their leading space, or unchanged mail would not be the same bytes.
const ourProtocol = gomilter.OptNoConnReply | gomilter.OptNoHeloReply | gomilter.OptNoHeaderReply |
	gomilter.OptNoBodyReply | gomilter.OptNoUnknown | gomilter.OptNoData | gomilter.OptSkip |
	gomilter.OptHeaderLeadingSpace

// macroLists are the macros we ask for. Short ones: Postfix sends those for the end of message with every chunk.
var macroLists = map[gomilter.Stage][]string{
	gomilter.StageConnect:  {"j", "{daemon_name}", "{daemon_port}", "{client_addr}", "{client_name}"},
	gomilter.StageMailFrom: {"i", "{auth_type}", "{auth_authen}", "{mail_addr}"},
	gomilter.StageRcptTo:   {"i", "{rcpt_addr}"},
	gomilter.StageEOM:      {"i"},
}

func (a agreement) has(p gomilter.OptProtocol) bool { return a.protocol&p == p }
func (a agreement) can(act gomilter.OptAction) bool { return a.actions&act == act }

// skips tells whether the MTA would read "no more chunks, please". With NoBodyReply agreed it reads no answer to
// a chunk at all, and one that comes would be taken for the answer to the end of message.
func (a agreement) skips() bool {
	return a.has(gomilter.OptSkip) && !a.has(gomilter.OptNoBodyReply)
}

// negotiate looks at the first packet, which must be the offer, before the library answers it.
func (c *conn) negotiate() error {
	frame, err := c.readFrame()
	if err != nil {
		return err
	}
	if gomilter.Code(frame[4]) != gomilter.CodeOptNeg {
		return fmt.Errorf("%w: %q instead of a negotiation", errProtocol, frame[4])
	}
	if c.agreed, err = agree(frame[5:]); err != nil {
		return err
	}
	c.frame, c.patch = frame, true
	return nil
}

// renegotiate is for a mail server that offers again (after QUIT_NC): the library answers as before, so the offer
// has to allow that.
func (c *conn) renegotiate(data []byte) error {
	again, err := agree(data)
	if err == nil && again != c.agreed {
		err = fmt.Errorf("%w: a second offer, different from the first", errProtocol)
	}
	return err
}

func agree(offer []byte) (agreement, error) {
	if len(offer) < 12 {
		return agreement{}, fmt.Errorf("%w: offer of %d bytes", errProtocol, len(offer))
	}
	version := binary.BigEndian.Uint32(offer)
	if version < 2 {
		return agreement{}, fmt.Errorf("%w: version %d, we need 2", errProtocol, version)
	}
	return agreement{
		version:  min(version, ourVersion),
		actions:  gomilter.OptAction(binary.BigEndian.Uint32(offer[4:])) & ourActions,
		protocol: gomilter.OptProtocol(binary.BigEndian.Uint32(offer[8:])) & ourProtocol,
	}, nil
}

// patch puts the agreed version into the answer of the library, which always says 2.
func (a agreement) patch(packet []byte) {
	if len(packet) >= 9 && packet[4] == byte(gomilter.CodeOptNeg) {
		binary.BigEndian.PutUint32(packet[5:], a.version)
	}
}
