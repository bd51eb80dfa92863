package smtptest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Reply is what a server answered to one command.
type Reply struct {
	Code  int
	Lines []string // the text after the code, line by line
}

// OK tells whether the command was carried out.
func (r Reply) OK() bool { return r.Code/100 == 2 }

// Text is the whole answer's text, lines separated by \n.
func (r Reply) Text() string { return strings.Join(r.Lines, "\n") }

func (r Reply) String() string { return fmt.Sprintf("%d %s", r.Code, r.Text()) }

// Conn is an SMTP client that sends what it is told. An answer of any code is a result; only a broken
// connection fails the test.
type Conn struct {
	tb    testing.TB
	conn  net.Conn
	r     *bufio.Reader
	Hello Reply // the answer to the last EHLO
}

// Dial connects, reads the banner and says EHLO. The connection ends with the test.
func Dial(tb testing.TB, addr string) *Conn {
	tb.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		tb.Fatalf("smtp: %v", err)
	}
	tb.Cleanup(func() { conn.Close() })
	c := &Conn{tb: tb, conn: conn, r: bufio.NewReader(conn)}
	c.welcome()
	return c
}

// XClient takes on another client's identity, as in XClient("ADDR=192.0.2.7", "LOGIN=alice@example.org").
// The server starts the session anew, and so does the client.
func (c *Conn) XClient(attrs ...string) {
	c.tb.Helper()
	c.Write("XCLIENT " + strings.Join(attrs, " ") + "\r\n")
	c.welcome()
}

// welcome reads the banner and introduces the client.
func (c *Conn) welcome() {
	c.tb.Helper()
	if banner := c.Read(); banner.Code != 220 {
		c.tb.Fatalf("smtp: no welcome: %v", banner)
	}
	if c.Hello = c.Command("EHLO client.example.net"); !c.Hello.OK() {
		c.tb.Fatalf("smtp: EHLO: %v", c.Hello)
	}
}

// AuthPlain logs in.
func (c *Conn) AuthPlain(user, password string) Reply {
	c.tb.Helper()
	return c.Command("AUTH PLAIN %s", base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password)))
}

// Command sends one line and reads its answer.
func (c *Conn) Command(format string, args ...any) Reply {
	c.tb.Helper()
	c.Write(fmt.Sprintf(format, args...) + "\r\n")
	return c.Read()
}

// Mail gives the envelope sender, without brackets, and ESMTP arguments.
func (c *Conn) Mail(from string, args ...string) Reply {
	c.tb.Helper()
	return c.Command("%s", strings.Join(append([]string{"MAIL FROM:<" + from + ">"}, args...), " "))
}

// Rcpt gives one envelope recipient, without brackets, and ESMTP arguments.
func (c *Conn) Rcpt(to string, args ...string) Reply {
	c.tb.Helper()
	return c.Command("%s", strings.Join(append([]string{"RCPT TO:<" + to + ">"}, args...), " "))
}

// Data sends a mail byte for byte, dots stuffed. A last line without CRLF gets one: DATA cannot say less.
func (c *Conn) Data(mail []byte) Reply {
	c.tb.Helper()
	if r := c.Command("DATA"); r.Code != 354 {
		return r
	}
	c.Write(stuff(mail))
	return c.Read()
}

// BData sends a mail with BDAT (RFC 3030), which takes every byte as it is, a missing last line end included.
func (c *Conn) BData(mail []byte) Reply {
	c.tb.Helper()
	c.Write(fmt.Sprintf("BDAT %d LAST\r\n%s", len(mail), mail))
	return c.Read()
}

// Write sends bytes as they are; several commands at once are pipelined.
func (c *Conn) Write(raw string) {
	c.tb.Helper()
	c.conn.SetDeadline(time.Now().Add(patience))
	if _, err := c.conn.Write([]byte(raw)); err != nil {
		c.tb.Fatalf("smtp: write: %v", err)
	}
}

// Read reads the next answer.
func (c *Conn) Read() Reply {
	c.tb.Helper()
	var reply Reply
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			c.tb.Fatalf("smtp: read after %q: %v", reply.Lines, err)
		}
		line = strings.TrimRight(line, "\r\n")
		code, text, last := splitReply(line)
		if code == 0 {
			c.tb.Fatalf("smtp: not an answer: %q", line)
		}
		reply.Code, reply.Lines = code, append(reply.Lines, text)
		if last {
			return reply
		}
	}
}

// Quit ends the session politely.
func (c *Conn) Quit() {
	c.tb.Helper()
	c.Command("QUIT")
	c.conn.Close()
}

// Abandon ends the session as a crashing client does.
func (c *Conn) Abandon() { c.conn.Close() }

func splitReply(line string) (code int, text string, last bool) {
	if len(line) < 3 {
		return 0, "", false
	}
	code, err := strconv.Atoi(line[:3])
	if err != nil {
		return 0, "", false
	}
	if len(line) == 3 {
		return code, "", true
	}
	return code, line[4:], line[3] != '-'
}

// stuff is RFC 5321 4.5.2, and the final dot.
func stuff(mail []byte) string {
	var b bytes.Buffer
	for line := range bytes.Lines(mail) {
		if line[0] == '.' {
			b.WriteByte('.')
		}
		b.Write(line)
	}
	if !bytes.HasSuffix(mail, []byte("\r\n")) {
		b.WriteString("\r\n")
	}
	b.WriteString(".\r\n")
	return b.String()
}
