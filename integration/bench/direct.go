package main

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"usher/milter/miltertest"
)

// direct is a mail server that is nothing but its side of the milter protocol: what is measured with it is the
// filter and nothing else.
type direct struct {
	session *miltertest.Session
	fields  []miltertest.Field
	body    []byte
	mail    mail
}

// dialDirect connects to a filter, prepared to hand in this mail.
func dialDirect(socket string, m mail) (*direct, error) {
	s, err := miltertest.Dial("unix", socket, miltertest.Postfix)
	if err != nil {
		return nil, err
	}
	d := &direct{session: s, mail: m}
	d.fields, d.body = miltertest.Split(m.data)
	if err := d.greet(); err != nil {
		s.Close()
		return nil, err
	}
	return d, nil
}

func (d *direct) greet() error {
	client := netip.MustParseAddrPort("192.0.2.7:25000")
	d.session.Macro('C', "j", "mx.example.org", "{client_addr}", client.Addr().String(), "{client_name}", "mail.example.net")
	if _, err := d.session.Connect("mail.example.net", client); err != nil {
		return err
	}
	_, err := d.session.Helo("mail.example.net")
	return err
}

// deliver hands the mail in once.
func (d *direct) deliver() error {
	wanted, err := d.upToBody()
	if err != nil {
		return err
	}
	if wanted {
		if err := d.sendBody(); err != nil {
			return err
		}
		if err := d.end(); err != nil {
			return err
		}
	}
	return d.session.Abort()
}

// upToBody hands in envelope and header, and tells whether the filter wants to see the body.
func (d *direct) upToBody() (wanted bool, err error) {
	s := d.session
	s.Macro('M', "{mail_addr}", d.mail.from)
	if err := refusal(s.Mail("<" + d.mail.from + ">")); err != nil {
		return false, err
	}
	s.Macro('R', "{rcpt_addr}", d.mail.to)
	if err := refusal(s.Rcpt("<" + d.mail.to + ">")); err != nil {
		return false, err
	}
	for _, f := range d.fields {
		s.Macro('L', "i", "4jWc6k0PSMz1SH8g") // as Postfix, in front of each
		if err := refusal(s.Header(f.Name, f.Raw)); err != nil {
			return false, err
		}
	}
	a, err := s.EndOfHeader()
	return a.Code == 'c', refusal(a, err)
}

// sendBody hands in the body, until the filter has seen enough.
func (d *direct) sendBody() error {
	for chunk := range slices.Chunk(d.body, 65535) {
		d.session.Macro('B', "i", "4jWc6k0PSMz1SH8g")
		a, err := d.session.Body(chunk)
		if err := refusal(a, err); err != nil {
			return err
		}
		if a.Code == 's' {
			break
		}
	}
	return d.session.Flush()
}

func (d *direct) end() error {
	_, a, err := d.session.End()
	return refusal(a, err)
}

// refusal makes an error of an answer that does not take the mail.
func refusal(a miltertest.Answer, err error) error {
	if err == nil && a.Refused() {
		err = fmt.Errorf("the filter refuses: %v", a)
	}
	return err
}

// directRate is how many mails a second a filter takes on one connection, for about the time given.
func directRate(socket string, m mail, load time.Duration) (float64, error) {
	d, err := dialDirect(socket, m)
	if err != nil {
		return 0, err
	}
	defer d.session.Quit()
	count := 0
	start := time.Now()
	for ; count < 10 || time.Since(start) < load; count++ {
		if err := d.deliver(); err != nil {
			return 0, err
		}
	}
	return float64(count) / time.Since(start).Seconds(), nil
}
