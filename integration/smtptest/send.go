package smtptest

import "testing"

// Mail is one mail to hand in.
type Mail struct {
	XClient  []string // attributes such as ADDR=192.0.2.7 or LOGIN=alice@example.org; nil: none
	From     string
	FromArgs []string
	To       []string
	Data     []byte
}

// Outcome is what the server said, command by command.
type Outcome struct {
	From  Reply
	Rcpts []Reply // as many as there are recipients, unless From was refused
	Data  Reply   // the zero Reply if it did not come that far
}

// Taken tells whether the server is now responsible for the mail.
func (o Outcome) Taken() bool { return o.Data.OK() }

// Send hands a mail in on a connection of its own.
func Send(tb testing.TB, addr string, m Mail) Outcome {
	tb.Helper()
	c := Dial(tb, addr)
	defer c.Quit()
	if len(m.XClient) > 0 {
		c.XClient(m.XClient...)
	}
	return c.Send(m)
}

// Send hands a mail in on this connection, which stays open for the next; XClient is not looked at.
func (c *Conn) Send(m Mail) Outcome {
	c.tb.Helper()
	var o Outcome
	if o.From = c.Mail(m.From, m.FromArgs...); !o.From.OK() {
		return o
	}
	taken := false
	for _, to := range m.To {
		r := c.Rcpt(to)
		o.Rcpts = append(o.Rcpts, r)
		taken = taken || r.OK()
	}
	if !taken {
		c.Command("RSET")
		return o
	}
	o.Data = c.Data(m.Data)
	return o
}
