package doctor

import "fmt"

// order: a signature over what we change afterwards is broken.
func (c *checkup) order() {
	for _, s := range c.smtpds() {
		c.orderIn(s, "smtpd_milters", c.listed(s))
	}
	cleanup := c.service("cleanup")
	c.orderIn(cleanup, "non_smtpd_milters", milters(c.Get(cleanup, "non_smtpd_milters")))
}

func (c *checkup) orderIn(s *Service, name string, all []milter) {
	signer := ""
	for _, m := range all {
		if called(m.text, signers) && signer == "" {
			signer = m.text
		}
		if l, ok := c.ourOne(s, m); ok && signer != "" {
			c.say(Hint, "order.signer", c.source(s, name), "",
				fmt.Sprintf("%s asks %s before %s: what we change then is signed already; put ours first", name, signer, l))
			return
		}
	}
}
