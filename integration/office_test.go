package integration

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"usher/examples/office"
	"usher/integration/postfix"
	"usher/integration/smtptest"
)

// site is a Postfix with a real Usher process behind it: the example office.
type site struct {
	*postfix.Instance
	t      testing.TB
	home   string // of the configuration, calendars and state
	config string
	cmd    *exec.Cmd
	log    *syncBuffer
}

// siteConfig is what the office's configuration looks like beside a Postfix.
const siteConfig = `
listen:
  - {socket: "unix:$SOCKETS/submission", role: submission, mode: 0666}
  - {socket: "unix:$SOCKETS/inbound", role: inbound, mode: 0666}
  - {socket: "unix:$SOCKETS/local", role: local, mode: 0666}
  - {socket: "unix:$SOCKETS/own", role: own, mode: 0666}
hostname: mx.example.org
domains: [example.org]
directory: {$DIRECTORY, base: "dc=example,dc=org", preset: kolab}
calendars: {dir: calendars, zone: Europe/Berlin}
submit: {smtp: "$OWN", timeout: 30s}
modules:
  resource: {enabled: true}
state_dir: state
`

// siteOptions is what may differ between tests.
type siteOptions struct {
	directory string // the YAML of the directory's place
	main      map[string]string
	users     map[string]string // for AUTH
	services  func([]postfix.Service)
	config    func(string) string
}

// newSite starts Postfix, then Usher.
func newSite(t testing.TB, o siteOptions) *site {
	t.Helper()
	postfix.Need(t)
	sockets := postfix.Dir(t)
	milters := postfix.Milters{Submission: "unix:" + sockets + "/submission", Inbound: "unix:" + sockets + "/inbound", Own: "unix:" + sockets + "/own"}
	services := postfix.Site(milters)
	if o.services != nil {
		o.services(services)
	}
	s := &site{t: t, home: t.TempDir(), log: new(syncBuffer)}
	s.Instance = postfix.Start(t, postfix.Options{Services: services, Local: "unix:" + sockets + "/local", Main: o.main, Users: o.users})
	if err := os.CopyFS(s.home, office.Files); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"calendars", "state"} {
		if err := os.Mkdir(filepath.Join(s.home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if o.directory == "" {
		o.directory = "ldif: office.ldif"
	}
	text := strings.NewReplacer("$SOCKETS", sockets, "$DIRECTORY", o.directory, "$OWN", s.Addr(postfix.Own)).Replace(siteConfig)
	if o.config != nil {
		text = o.config(text)
	}
	s.config = filepath.Join(s.home, "usher.yaml")
	s.configure(text)
	s.start()
	t.Cleanup(func() {
		s.stop(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("log of usher:\n%s", s.log)
		}
	})
	return s
}

func (s *site) configure(text string) {
	s.t.Helper()
	if err := os.WriteFile(s.config, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// program builds usher once for all tests of this package; with the race detector, unless it is to be measured.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "usher-integration-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "usher")
	race := fmt.Sprintf("-race=%v", flag.Lookup("test.bench").Value.String() == "")
	out, err := exec.Command("go", "build", race, "-o", path, "usher/cmd/usher").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// start runs usher serve and waits until it serves.
func (s *site) start() {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	before := strings.Count(s.log.String(), "msg=serving")
	s.cmd = exec.Command(path, "serve", "-config", s.config)
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.awaitLog("msg=serving", before+1)
}

// awaitLog waits until the log has said something n times.
func (s *site) awaitLog(words string, n int) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); strings.Count(s.log.String(), words) < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("usher did not say %q %d times:\n%s", words, n, s.log)
		}
	}
}

// stop ends usher with a signal and waits for it.
func (s *site) stop(sig os.Signal) {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(sig)
	err := s.cmd.Wait()
	s.cmd = nil
	var exit *exec.ExitError
	if sig == syscall.SIGTERM && errors.As(err, &exit) {
		s.t.Errorf("usher ended with %v", err)
	}
}

// syncBuffer is a log that is read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// meeting fills the example's invitation.
type meeting struct {
	Name, From, Organizer, Title, UID, Method string
	Sequence                                  int
	Stamp, Start, End, Date                   string
}

// next is a meeting of John's on the Monday after next, from an hour for an hour.
func next(uid string, hour int) meeting {
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 8)
	for day.Weekday() != time.Monday {
		day = day.AddDate(0, 0, 1)
	}
	at := func(h int) string { return day.Add(time.Duration(h) * time.Hour).Format("20060102T150405") }
	return meeting{Name: "John Doe", From: "john.doe@example.org", Organizer: "john.doe@example.org", Title: uid, UID: uid,
		Method: "REQUEST", Stamp: day.AddDate(0, 0, -9).Format("20060102T150405Z"), Start: at(hour), End: at(hour + 1),
		Date: time.Now().Format(time.RFC1123Z)}
}

func (m meeting) mail(t testing.TB) []byte {
	t.Helper()
	text, err := template.ParseFS(office.Files, "mails/invite.eml")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := text.Execute(&b, m); err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("\n"), []byte("\r\n"))
}

// as is what makes an SMTP session somebody's.
func as(login string) []string {
	return []string{"ADDR=192.0.2.7", "NAME=client.example.net", "LOGIN=" + login}
}

// invite hands a meeting in, for Jane and the room.
func (s *site) invite(m meeting, login string) smtptest.Outcome {
	s.t.Helper()
	return smtptest.Send(s.t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as(login), From: m.From,
		To: []string{"room@example.org", "jane.smith@example.org"}, Data: m.mail(s.t)})
}

// answer waits for the n-th mail to an organizer that carries an answer about the meeting.
func (s *site) answer(m meeting, partstat string, n int) string {
	s.t.Helper()
	got := s.Sink.Wait(s.t, n, func(msg smtptest.Message) bool {
		return msg.HasRcpt(m.Organizer) && bytes.Contains(msg.Data, []byte("METHOD:REPLY")) &&
			bytes.Contains(msg.Data, []byte("UID:"+m.UID)) && bytes.Contains(msg.Data, []byte("PARTSTAT=3D"+partstat))
	})
	if got[n-1].From != "" {
		s.t.Errorf("the answer comes from <%s>; want the null sender", got[n-1].From)
	}
	return string(got[n-1].Data)
}

// booked counts the objects in the room's calendar.
func (s *site) booked() int {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.home, "calendars/shared/Resources/Blue@example.org/*.ics"))
	if err != nil {
		s.t.Fatal(err)
	}
	return len(files)
}

// deadAddr is a port of this machine that nobody answers on.
func deadAddr(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
