package milter

import (
	"bytes"

	gomilter "github.com/emersion/go-milter"
)

// macros are what the mail server told beside the commands. Those of the connection stay; those of a mail go with
// it, and those of a command are good for that command alone: a login must not outlive the MAIL it came with.
type macros struct {
	host, clientAddr, clientName, daemon string // connection
	queue                                string // mail
	authen, mailAddr                     string // MAIL
	rcptAddr                             string // RCPT
}

// define reads one packet of macros: the command they belong to, then names and values.
func (m *macros) define(data []byte) {
	if len(data) == 0 {
		return
	}
	stage := gomilter.Code(data[0])
	switch stage {
	case gomilter.CodeMail:
		m.forgetMail()
	case gomilter.CodeRcpt:
		m.rcptAddr = ""
	}
	for rest := data[1:]; len(rest) > 0; {
		var name, value []byte
		name, rest, _ = bytes.Cut(rest, []byte{0})
		value, rest, _ = bytes.Cut(rest, []byte{0})
		if v := m.of(stage, name); v != nil && *v != string(value) {
			*v = string(value)
		}
	}
}

// of is where a macro is kept, or nil if it is not wanted from this stage.
func (m *macros) of(stage gomilter.Code, name []byte) *string {
	if n := len(name); n > 2 && name[0] == '{' && name[n-1] == '}' {
		name = name[1 : n-1]
	}
	switch stage {
	case gomilter.CodeConn, gomilter.CodeHelo:
		return m.ofConnection(string(name))
	case gomilter.CodeMail:
		switch string(name) {
		case "auth_authen":
			return &m.authen
		case "mail_addr":
			return &m.mailAddr
		}
	case gomilter.CodeRcpt:
		if string(name) == "rcpt_addr" {
			return &m.rcptAddr
		}
	}
	if string(name) == "i" {
		return &m.queue
	}
	return nil
}

func (m *macros) ofConnection(name string) *string {
	switch name {
	case "j":
		return &m.host
	case "client_addr":
		return &m.clientAddr
	case "client_name":
		return &m.clientName
	case "daemon_name":
		return &m.daemon
	}
	return nil
}

// take gives a MAIL or RCPT its own macros, once.
func (m *macros) take(code gomilter.Code, data []byte) told {
	t := told{args: cStrings(data)}
	if code == gomilter.CodeMail {
		t.addr, t.user = m.mailAddr, m.authen
		m.mailAddr, m.authen = "", ""
	} else {
		t.addr, m.rcptAddr = m.rcptAddr, ""
	}
	return t
}

func (m *macros) forgetMail() {
	m.queue, m.authen, m.mailAddr, m.rcptAddr = "", "", "", ""
}
