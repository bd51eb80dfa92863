package milter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/filter"
	"usher/milter/message"
)

// actAddRcptArgs is SMFIR_ADDRCPT_PAR, a recipient with ESMTP arguments; the library does not have it.
const actAddRcptArgs gomilter.ModifyActCode = '2'

// edit is one change for the mail server to make.
type edit struct {
	code        gomilter.ModifyActCode
	index       int // of a header field
	name, value string
}

// needs is what the mail server must have agreed to.
var needs = map[gomilter.ModifyActCode]gomilter.OptAction{
	gomilter.ActAddRcpt:      gomilter.OptAddRcpt,
	actAddRcptArgs:           gomilter.OptAddRcptWithArgs,
	gomilter.ActDelRcpt:      gomilter.OptRemoveRcpt,
	gomilter.ActChangeFrom:   gomilter.OptChangeFrom,
	gomilter.ActChangeHeader: gomilter.OptChangeHeader,
	gomilter.ActInsertHeader: gomilter.OptAddHeader,
	gomilter.ActAddHeader:    gomilter.OptAddHeader,
	gomilter.ActQuarantine:   gomilter.OptQuarantine,
	gomilter.ActReplBody:     gomilter.OptChangeBody,
}

// edit sends every change, or none if one of them cannot be made. The body is last and in one go: Postfix answers
// 451 if anything comes in between.
func (s *session) edit(mod *gomilter.Modifier, tx *filter.Tx, out filter.Outcome) (edited bool, err error) {
	edits, err := s.conn.agreed.edits(tx, out)
	newBody := out.Message != nil && !out.Message.SameBody(tx.Message)
	switch {
	case err != nil:
		return false, err
	case newBody && s.mail.spool == nil:
		return false, errors.New("a new body for a mail whose body nobody wanted to see")
	case newBody && !s.conn.agreed.can(gomilter.OptChangeBody):
		return false, errNotAgreed(gomilter.ActReplBody)
	}
	for _, e := range edits {
		if err := e.send(s.conn, mod); err != nil {
			return false, err
		}
	}
	if newBody {
		err = replaceBody(mod, out.Message.Body())
	}
	return newBody || len(edits) > 0, err
}

func errNotAgreed(code gomilter.ModifyActCode) error {
	return fmt.Errorf("the mail server did not offer action %q", byte(code))
}

// edits are all changes but the body.
func (a agreement) edits(tx *filter.Tx, out filter.Outcome) ([]edit, error) {
	edits := a.rcptEdits(out)
	if out.From != nil {
		edits = append(edits, edit{code: gomilter.ActChangeFrom, name: out.From.String(), value: dsnArgs(tx.FromArgs)})
	}
	if out.Message != nil {
		edits = append(edits, a.headerEdits(tx.Message.Header, out.Message.Header)...)
	}
	if out.Quarantine != "" {
		edits = append(edits, edit{code: gomilter.ActQuarantine, value: oneLine(out.Quarantine)})
	}
	for _, e := range edits {
		if err := a.check(e); err != nil {
			return nil, err
		}
	}
	return edits, nil
}

func (a agreement) check(e edit) error {
	if !a.can(needs[e.code]) {
		return errNotAgreed(e.code)
	}
	if strings.ContainsAny(e.name, "\r\n\x00") || strings.ContainsRune(e.value, 0) {
		return fmt.Errorf("control character in action %q", byte(e.code))
	}
	return nil
}

func (a agreement) rcptEdits(out filter.Outcome) []edit {
	var edits []edit
	dropped := map[string]bool{}
	for _, r := range out.Drop {
		if arg := wireArg(r); !dropped[arg] {
			dropped[arg] = true
			edits = append(edits, edit{code: gomilter.ActDelRcpt, name: arg})
		}
	}
	for _, r := range out.Add {
		e := edit{code: gomilter.ActAddRcpt, name: r.Address.String()}
		if len(r.Args) > 0 && a.can(gomilter.OptAddRcptWithArgs) {
			e.code, e.value = actAddRcptArgs, strings.Join(r.Args, " ")
		}
		edits = append(edits, e)
	}
	return edits
}

// wireArg is what the mail server knows a recipient by.
func wireArg(r filter.Recipient) string {
	if r.Arg != "" {
		return r.Arg
	}
	return r.Address.String()
}

// dsnArgs keeps what a new sender inherits (RFC 3461 4.3, 4.4). Postfix understands nothing else there.
func dsnArgs(args []string) string {
	var keep []string
	for _, arg := range args {
		switch name, _, _ := strings.Cut(arg, "="); strings.ToUpper(name) {
		case "RET", "ENVID":
			keep = append(keep, arg)
		}
	}
	return strings.Join(keep, " ")
}

func (e edit) send(c *conn, mod *gomilter.Modifier) error {
	switch e.code {
	case gomilter.ActAddRcpt:
		return mod.AddRecipient(e.name)
	case actAddRcptArgs:
		_, err := c.Write(appendPacket(nil, gomilter.ActionCode(e.code), []byte("<"+e.name+">\x00"+e.value+"\x00")))
		return err
	case gomilter.ActDelRcpt:
		return mod.DeleteRecipient(e.name)
	case gomilter.ActChangeFrom:
		return mod.ChangeFrom(strings.TrimSuffix("<"+e.name+">\x00"+e.value, "\x00"))
	case gomilter.ActChangeHeader:
		return mod.ChangeHeader(e.index, e.name, e.value)
	case gomilter.ActInsertHeader:
		return mod.InsertHeader(e.index, e.name, e.value)
	case gomilter.ActAddHeader:
		return mod.AddHeader(e.name, e.value)
	default:
		return mod.Quarantine(e.value)
	}
}

// replaceBody sends a body in chunks that every mail server takes. Even an empty body is sent: no chunk would
// leave the old one.
func replaceBody(mod *gomilter.Modifier, body message.Body) error {
	buf := make([]byte, min(max(body.Size(), 1), gomilter.MaxBodyChunk))
	for off := int64(0); ; {
		n, err := body.ReadAt(buf[:min(int64(len(buf)), body.Size()-off)], off)
		if err != nil && (!errors.Is(err, io.EOF) || off+int64(n) < body.Size()) {
			return fmt.Errorf("read the new body: %w", err)
		}
		if err := mod.ReplaceBody(buf[:n]); err != nil {
			return err
		}
		if off += int64(n); off >= body.Size() {
			return nil
		}
	}
}

func appendPacket(b []byte, code gomilter.ActionCode, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)+1))
	return append(append(b, byte(code)), data...)
}
