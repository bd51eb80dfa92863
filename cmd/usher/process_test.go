package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/milter/miltertest"
)

// process is a usher serve of its own, in the example office.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	home string
	log  lines
}

// lines is a log that is read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serveConfig is the office behind sockets in its own folder. Changes of it are told as pairs of old and new.
const serveConfig = `
listen:
  - {socket: "unix:$HOME/s", role: submission}
  - {socket: "unix:$HOME/i", role: inbound}
hostname: mx.example.org
domains: [example.org]
directory: {ldif: office.ldif, base: "dc=example,dc=org"}
calendars: {dir: calendars, zone: Europe/Berlin}
submit: {smtp: ""}
modules:
  resource: {enabled: true}
  footer: {enabled: true, text_file: footer.txt}
metrics: 127.0.0.1:0
state_dir: state
`

// prepare makes a home for a process.
func prepare(t *testing.T, change ...string) *process {
	t.Helper()
	home, err := os.MkdirTemp("", "usher") // short, for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	p := &process{t: t, home: home}
	p.configure(change...)
	if err := moveIn(home); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) configure(change ...string) {
	p.t.Helper()
	text := strings.NewReplacer(change...).Replace(serveConfig)
	if err := os.WriteFile(p.file(), []byte(strings.ReplaceAll(text, "$HOME", p.home)), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) file() string { return filepath.Join(p.home, "usher.yaml") }

// begin starts it.
func (p *process) begin() *process {
	p.t.Helper()
	p.cmd = exec.Command("usher", "serve", "-config", p.file())
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		if p.t.Failed() {
			p.t.Logf("log:\n%s", &p.log)
		}
	})
	return p
}

// served starts it and waits until it serves.
func served(t *testing.T, change ...string) *process {
	t.Helper()
	p := prepare(t, change...).begin()
	p.await("msg=serving ")
	return p
}

// await waits until the log has said something, and gives what is in the parentheses.
func (p *process) await(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for range 6000 {
		if m := re.FindStringSubmatch(p.log.String()); m != nil {
			return m[len(m)-1]
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatalf("the log does not say %s", pattern)
	return ""
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// exit waits for its end and gives the exit code; -1 is a signal.
func (p *process) exit() int {
	p.t.Helper()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// dial connects a mail server to one of its sockets.
func (p *process) dial(socket string) *miltertest.Session {
	p.t.Helper()
	s, err := miltertest.Dial("unix", filepath.Join(p.home, socket), miltertest.Postfix)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.Close() })
	return s
}

// lunch is a mail that gets the footer.
func lunch(t *testing.T) miltertest.Mail {
	return miltertest.Mail{User: "doe", From: "john.doe@example.org", Rcpts: miltertest.To("jane.smith@example.org"),
		QueueID: "4XyZ", Raw: []byte(read(t, "testdata/office/plain.eml"))}
}

func deliver(t *testing.T, s *miltertest.Session, m miltertest.Mail) miltertest.Delivery {
	t.Helper()
	d, err := s.Deliver(m)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// get asks the HTTP listener.
func (p *process) get(path string) string {
	p.t.Helper()
	r, err := http.Get("http://" + p.await(`listener=metrics socket=(\S+)`) + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s, %v", path, r.Status, err)
	}
	return string(body)
}

// deaf waits until nobody answers on a socket any more.
func (p *process) deaf(socket string) {
	p.t.Helper()
	for range 6000 {
		conn, err := net.Dial("unix", filepath.Join(p.home, socket))
		if err != nil {
			return
		}
		conn.Close()
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatalf("%s is still answered", socket)
}
