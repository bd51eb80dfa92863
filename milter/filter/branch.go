package filter

import (
	"fmt"
	"slices"

	"usher/address"
	"usher/milter/message"
)

// branch is the mail on its way to some of its recipients, as the steps so far have left it.
type branch struct {
	rcpts      []Recipient
	from       address.Address
	fromEdited bool
	mail       *message.Message
	quarantine string
}

// view is the mail as the next step sees it.
func (b *branch) view(tx *Tx, rcpts []Recipient) *Tx {
	v := *tx
	v.From, v.Rcpts, v.Message = b.from, slices.Clone(rcpts), b.mail
	if b.fromEdited {
		v.FromArg, v.Sender = b.fromArg(tx), nil
	}
	return &v
}

// fromArg is the sender as it came, or as it was changed.
func (b *branch) fromArg(tx *Tx) string {
	if b.fromEdited {
		return b.from.String()
	}
	return tx.FromArg
}

// apply makes the edits one after the other; a Split gives a further branch.
func (b *branch) apply(edits []Edit, resolve func(*Recipient)) (more []*branch, err error) {
	for _, e := range edits {
		split, ok := e.(Split)
		if !ok {
			if err := b.edit(e, resolve); err != nil {
				return nil, err
			}
			continue
		}
		part := b.leave(split.Rcpts)
		further, err := part.apply(split.Edits, resolve)
		if err != nil {
			return nil, err
		}
		more = append(append(more, part), further...)
	}
	return more, nil
}

// leave takes recipients out of b and gives them a branch of their own, alike so far.
func (b *branch) leave(addrs []address.Address) *branch {
	part := *b
	part.rcpts = nil
	var rest []Recipient
	leaving := map[address.Address]bool{}
	for _, a := range addrs {
		leaving[a] = true
	}
	for _, r := range b.rcpts {
		if leaving[r.Address] {
			part.rcpts = append(part.rcpts, r)
		} else {
			rest = append(rest, r)
		}
	}
	b.rcpts = rest
	return &part
}

// has tells whether an address is on the branch.
func (b *branch) has(a address.Address) bool {
	return slices.ContainsFunc(b.rcpts, func(r Recipient) bool { return r.Address == a })
}

func (b *branch) edit(e Edit, resolve func(*Recipient)) error {
	switch e := e.(type) {
	case DropRcpt:
		b.rcpts = slices.DeleteFunc(slices.Clone(b.rcpts), func(r Recipient) bool { return r.Address == e.Addr })
	case AddRcpt:
		b.add(e, resolve)
	case ChangeFrom:
		b.from, b.fromEdited = e.Addr, true
	case Quarantine:
		b.quarantine = e.Reason
	case AddHeader:
		b.mail = b.mail.WithHeader(addField(b.mail.Header, e))
	case SetHeader:
		b.mail = b.mail.WithHeader(b.mail.Header.Set(message.NewField(e.Name, e.Value)))
	case DelHeader:
		b.mail = b.mail.WithHeader(b.mail.Header.Without(e.Name))
	case ReplacePart:
		mail, err := b.mail.ReplacePart(e.Path, e.Fields, e.Content)
		if err != nil {
			return fmt.Errorf("replace part %v: %w", e.Path, err)
		}
		b.mail = mail
	case Rewrite:
		b.mail = e.Mail
	default:
		return fmt.Errorf("unknown edit %T", e)
	}
	return nil
}

func (b *branch) add(e AddRcpt, resolve func(*Recipient)) {
	if b.has(e.Addr) {
		return
	}
	r := Recipient{Address: e.Addr, Arg: e.Addr.String(), Args: e.Args}
	resolve(&r)
	b.rcpts = append(slices.Clone(b.rcpts), r)
}

func addField(h message.Header, e AddHeader) message.Header {
	f := message.NewField(e.Name, e.Value)
	if e.Top {
		return h.WithTop(f)
	}
	return h.With(f)
}

// ofMail tells whether an edit changes the mail or its envelope for all of its recipients, so that it has to
// become a Split when it was planned for some of them.
func ofMail(e Edit) bool {
	switch e.(type) {
	case DropRcpt, AddRcpt, Split:
		return false
	}
	return true
}

// forSome turns a plan for some recipients of a branch into one for the branch: where the mail is to change, they
// leave it with all that was planned for them, in its order.
func forSome(edits []Edit, rcpts []Recipient) []Edit {
	if !slices.ContainsFunc(edits, ofMail) {
		return edits
	}
	return []Edit{Split{Rcpts: addresses(rcpts), Edits: edits}}
}
