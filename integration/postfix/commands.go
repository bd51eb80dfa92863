package postfix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/integration/need"
)

// Queued is one mail in Postfix's queue.
type Queued struct {
	Queue      string `json:"queue_name"` // active, deferred, hold, incoming, maildrop
	ID         string `json:"queue_id"`
	Sender     string `json:"sender"`
	Size       int64  `json:"message_size"`
	Recipients []struct {
		Address string `json:"address"`
		Reason  string `json:"delay_reason"` // "" unless it was tried and deferred
	} `json:"recipients"`
}

// Queue lists what Postfix keeps.
func (p *Instance) Queue() ([]Queued, error) {
	out, err := exec.Command(command("postqueue"), "-c", p.conf(), "-j").Output()
	if err != nil {
		return nil, fmt.Errorf("postqueue: %w", err)
	}
	var all []Queued
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var q Queued
		if err := d.Decode(&q); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("postqueue: %w", err)
		}
		all = append(all, q)
	}
}

// Flush tries everything deferred now.
func (p *Instance) Flush() error { return p.run("postqueue", "-c", p.conf(), "-f") }

// Reload makes Postfix read its configuration again; Set changes it before.
func (p *Instance) Reload() error { return p.run("postfix", "-c", p.conf(), "reload") }

// Set changes settings of main.cf, as in Set("smtpd_milters=").
func (p *Instance) Set(settings ...string) error {
	return errors.Join(
		p.run("postconf", append([]string{"-c", p.conf(), "-e"}, settings...)...),
		settle(filepath.Join(p.conf(), "main.cf")),
	)
}

// Release lets go what is on hold. It goes to the deferred queue, so that is flushed.
func (p *Instance) Release() error {
	return errors.Join(p.run("postsuper", "-c", p.conf(), "-H", "ALL"), p.Flush())
}

// Sendmail hands a mail in as a program on this host does.
func (p *Instance) Sendmail(from string, to []string, mail []byte) error {
	cmd := exec.Command(command("sendmail"), append([]string{"-C", p.conf(), "-i", "-f", from, "--"}, to...)...)
	cmd.Stdin = bytes.NewReader(mail)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("sendmail: %w: %s", err, out)
	}
	return nil
}

// AwaitQueue waits until the queue is as the test wants it, and fails the test if it never is.
func (p *Instance) AwaitQueue(tb testing.TB, what string, ok func([]Queued) bool) []Queued {
	tb.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		q, err := p.Queue()
		if err == nil && ok(q) {
			return q
		}
		if time.Now().After(deadline) {
			tb.Fatalf("queue is not %s: %+v, %v", what, q, err)
		}
	}
}

// AwaitEmpty waits until everything is delivered. postqueue looks at active mail before it looks at incoming mail, and
// does not see what goes from the one to the other meanwhile: only the second look in a row that finds nothing counts.
func (p *Instance) AwaitEmpty(tb testing.TB) {
	tb.Helper()
	looks := 0
	p.AwaitQueue(tb, "empty", func(q []Queued) bool {
		if looks++; len(q) > 0 {
			looks = 0
		}
		return looks == 2
	})
}

// AwaitLog waits until the mail log has a line with all these words, and returns it.
func (p *Instance) AwaitLog(tb testing.TB, words ...string) string {
	tb.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if line, ok := lineWith(p.Log(), words); ok {
			return line
		}
		if time.Now().After(deadline) {
			tb.Fatalf("mail log has no line with %q", words)
		}
	}
}

// Log is the mail log so far.
func (p *Instance) Log() string {
	log, err := os.ReadFile(filepath.Join(p.dir, "mail.log"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err.Error()
	}
	return string(log)
}

func (p *Instance) logTail(n int) string {
	lines := strings.Split(strings.TrimRight(p.Log(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func lineWith(log string, words []string) (string, bool) {
lines:
	for line := range strings.Lines(log) {
		for _, w := range words {
			if !strings.Contains(line, w) {
				continue lines
			}
		}
		return line, true
	}
	return "", false
}

func (p *Instance) run(name string, args ...string) error {
	out, err := exec.Command(command(name), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// command is the path of one of Postfix's programs; a missing one fails when it is run.
func command(name string) string {
	if path, ok := need.Find(name); ok {
		return path
	}
	return name
}
