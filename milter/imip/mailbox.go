package imip

import (
	"net/mail"
	"strings"

	"usher/address"
)

// Mailbox is somebody in From or To. The name may be anybody's words.
type Mailbox struct {
	Name    string
	Address address.Address
}

// maxName is how much of a name is written, in characters.
const maxName = 100

// String is the mailbox as it stands in a header field, the name quoted or encoded (RFC 2047) where that is needed.
// The address is left as it is: package mail would quote a local part that is quoted already once more.
func (m Mailbox) String() string {
	name := (&mail.Address{Name: Line(m.Name, maxName)}).String()
	return strings.TrimSuffix(name, "<@>") + "<" + m.Address.String() + ">"
}

func list(all []Mailbox) string {
	var s []string
	for _, m := range all {
		s = append(s, m.String())
	}
	return strings.Join(s, ", ")
}
