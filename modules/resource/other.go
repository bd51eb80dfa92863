package resource

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/imip"
)

// notInvited deals with a mail that is no message about an event: a resource reads nothing else. Where only resources
// would get it, it is refused; else they are left out, and a sender who logged in is told.
func (m *module) notInvited(tx *filter.Tx, mail imip.Letter) filter.Plan {
	rooms, others := readers(tx.Rcpts)
	others = others || len(tx.Beside) > 0 // whatever they are: only for these recipients may we refuse
	switch {
	case len(rooms) == 0:
		return filter.Plan{}
	case !others:
		return filter.Plan{Refuse: &filter.Refusal{Code: 550, Enhanced: "5.7.1", Reason: "not_an_invitation",
			Text: fmt.Sprintf("%s can only be sent invitations to an event; this mail holds none", named(rooms))},
			Why: "no invitation, and all of its recipients are resources"}
	case mail.Automatic != "":
		return filter.Plan{Why: "left alone: no invitation, and nobody to tell so: " + mail.Automatic}
	case tx.User == "" || tx.From == "":
		return filter.Plan{Why: "left alone: no invitation, and nobody to tell so"}
	}
	plan := filter.Plan{Why: "no invitation, resources left out", Effects: []filter.Effect{notice(tx, rooms)}}
	for _, r := range rooms {
		plan.Edits = append(plan.Edits, filter.DropRcpt{Addr: r.Address})
	}
	return plan
}

// readers are the recipients that are resources or collections, and whether there are others.
func readers(rcpts []filter.Recipient) (rooms []filter.Recipient, others bool) {
	for _, r := range rcpts {
		if r.Entry != nil && isResource(r.Entry) {
			rooms = append(rooms, r)
		} else {
			others = true
		}
	}
	return rooms, others
}

// maxNamed bounds the resources that a text names.
const maxNamed = 5

func named(rooms []filter.Recipient) string {
	var names []string
	for _, r := range rooms[:min(len(rooms), maxNamed)] {
		names = append(names, r.Address.String())
	}
	if len(rooms) > maxNamed {
		names = append(names, fmt.Sprintf("%d more", len(rooms)-maxNamed))
	}
	return strings.Join(names, ", ")
}

// notice tells the sender, once for all of them, that resources read nothing but invitations.
func notice(tx *filter.Tx, rooms []filter.Recipient) filter.Send {
	language := ""
	if tx.Principal != nil {
		language = tx.Principal.Language
	}
	w, h := wordsOf(language), tx.Message.Header
	sum := sha256.Sum256([]byte(strings.Join([]string{h.Get("Message-ID"), h.Get("Date"), h.Get("Subject"), named(rooms)}, "\x00")))
	subject := imip.Line(h.Get("Subject"), maxTitle)
	return filter.Send{
		ID: "notice/resource/" + hex.EncodeToString(sum[:10]) + "/" + tx.From.String(),
		To: []filter.Recipient{{Address: tx.From, Arg: cmp.Or(tx.FromArg, tx.From.String())}},
		Mail: imip.Compose(imip.Draft{
			From:    imip.Mailbox{Name: rooms[0].Entry.Name, Address: mailOf(rooms[0])},
			To:      []imip.Mailbox{{Address: tx.From}},
			Subject: fmt.Sprintf(w.deafSubject, subject),
			Text:    fmt.Sprintf(w.deaf, named(rooms)), Answers: h,
		}),
	}
}

func mailOf(r filter.Recipient) address.Address { return cmp.Or(r.Entry.Mail(), r.Address) }
