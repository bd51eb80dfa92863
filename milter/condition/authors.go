package condition

import (
	"net/mail"

	"usher/address"
	"usher/milter/message"
)

// authors are the addresses in From; what cannot be read names nobody.
func authors(h message.Header) (all []address.Address) {
	for _, v := range h.Values("From") {
		list, err := mail.ParseAddressList(v)
		if err != nil {
			continue
		}
		for _, m := range list {
			if a, err := address.Parse(m.Address); err == nil && a != "" {
				all = append(all, a)
			}
		}
	}
	return all
}
