// Package filtertest runs the cases of a module: a mail, a directory and calendars go in, and what is planned,
// stored, sent and left of the mail comes out, as text that can be read aloud.
//
// For every case it also holds that planning twice gives the same plan, that the input stays as it was, and
// that a crash before or after any effect, followed by the sender's retry, ends in the same world.
package filtertest

import (
	"fmt"
	"net/netip"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
)

// Case is one txtar file: a sentence, then the files
//
//	settings           the module's settings (YAML), optional
//	trust              whose word counts (YAML, as the section of this name in usher.yaml), optional
//	envelope           lines "key: value" of role, listener, user, from, rcpt (several), client, time (RFC 3339), queue
//	mail               the message; LF line ends
//	directory.ldif     optional: the suite's directory otherwise
//	calendars/NAME/x.ics  what is in the calendar NAME before
//
// and what is wanted, written by -update: want (outcome and effects), want-mail (as it leaves, when it is
// changed), want-calendars/NAME (one file per calendar) and want-sent (mails submitted).
type Case struct {
	file    string
	archive *txtar.Archive
}

const maxMail = 64 << 20

func load(t *testing.T, file string) *Case {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := &Case{file: file, archive: txtar.Parse(data)}
	if strings.TrimSpace(string(c.archive.Comment)) == "" {
		t.Fatalf("%s: its first line should say in one sentence what it shows", file)
	}
	return c
}

// section is the content of one file of the case.
func (c *Case) section(name string) (string, bool) {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// calendars are the objects before: calendar name to file contents.
func (c *Case) calendars() map[string][]string {
	all := map[string][]string{}
	for _, f := range c.archive.Files {
		if rest, ok := strings.CutPrefix(f.Name, "calendars/"); ok {
			name := path.Dir(rest)
			all[name] = append(all[name], crlf(string(f.Data)))
		}
	}
	return all
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// envelope reads the envelope file; recipients come apart, since the pipeline resolves them one by one.
func (c *Case) envelope() (env filter.Envelope, rcpts []filter.Recipient, err error) {
	text, _ := c.section("envelope")
	env = filter.Envelope{Role: filter.Submission, Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), QueueID: "4TEST"}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		key, value, _ := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); err == nil {
			err = set(&env, &rcpts, key, value)
		}
	}
	if env.Listener == "" {
		env.Listener = string(env.Role)
	}
	return env, rcpts, err
}

func set(env *filter.Envelope, rcpts *[]filter.Recipient, key, value string) (err error) {
	switch key {
	case "role":
		env.Role = filter.Role(value)
	case "listener":
		env.Listener = value
	case "user":
		env.User = value
	case "queue":
		env.QueueID = value
	case "from":
		env.FromArg = value
		env.From, err = address.Parse(value)
	case "rcpt":
		r := filter.Recipient{Arg: value}
		r.Address, err = address.Parse(value)
		*rcpts = append(*rcpts, r)
	case "client":
		env.Client, err = netip.ParseAddr(value)
	case "time":
		env.Time, err = time.Parse(time.RFC3339, value)
	default:
		err = fmt.Errorf("unknown key %q", key)
	}
	if err != nil {
		return fmt.Errorf("envelope: %s: %w", key, err)
	}
	return nil
}

// mail is the message with CRLF line ends, as SMTP would bring it.
func (c *Case) mail() (*message.Message, error) {
	text, ok := c.section("mail")
	if !ok {
		return nil, fmt.Errorf("no file mail")
	}
	return message.Read(strings.NewReader(crlf(text)), maxMail)
}
