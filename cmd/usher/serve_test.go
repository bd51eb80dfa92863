package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/milter/miltertest"
)

func TestServe(t *testing.T) {
	p := served(t)
	for _, want := range []string{
		`level=INFO msg=listening listener=submission role=submission socket=` + p.home + `/s\n`,
		`level=INFO msg=listening listener=inbound role=inbound socket=` + p.home + `/i\n`,
		`level=INFO msg=serving version=\S+ config=` + p.file() + ` listeners=2\n`,
	} {
		p.await(want)
	}
	s := p.dial("s")
	if d := deliver(t, s, lunch(t)); !d.Accepted() || !bytes.Contains(d.Raw(), []byte("Example Office")) {
		t.Errorf("%+v", d)
	}
	p.await(`level=INFO msg="mail done" listener=submission queue=4XyZ role=submission .* user=doe from=john.doe@example.org rcpts=1 ` +
		`result=edited code=250 why="footer: footer added" `)
	s.Quit()
	p.signal(syscall.SIGTERM)
	if code := p.exit(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	p.await(`msg=stopping drain=30s connections=\d+\n`)
	p.await(`msg=stopped\n`)
	if _, err := os.Lstat(filepath.Join(p.home, "s")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestMetrics(t *testing.T) {
	p := served(t)
	if got := p.get("/healthz"); got != "ok\n" {
		t.Errorf("/healthz: %q", got)
	}
	if got := p.get("/metrics"); !strings.Contains(got, `usher_module_errors_total{module="resource"} 0`+"\n") {
		t.Errorf("counters of modules do not begin at 0:\n%s", got)
	}
	s := p.dial("s")
	deliver(t, s, lunch(t))
	outside := p.dial("i")
	deliver(t, outside, lunch(t))
	broken := filepath.Join(p.home, "calendars/shared/Resources/Blue@example.org")
	if err := errors.Join(os.MkdirAll(broken, 0o755), os.WriteFile(broken+"/broken.ics", []byte("BEGIN:VCALENDAR\r\nnonsense"), 0o644)); err != nil {
		t.Fatal(err)
	}
	first := story(time.Now())[0]
	raw, err := first.mail.render(first.file)
	if err != nil {
		t.Fatal(err)
	}
	invite := lunch(t)
	invite.Rcpts, invite.Raw = miltertest.To("room@example.org"), raw
	if d := deliver(t, s, invite); d.Final.SMTP != 451 {
		t.Errorf("with an unreadable calendar: %v", d.Final)
	}
	got := p.get("/metrics")
	for _, want := range []string{
		`usher_mails_total{listener="submission",result="edited"} 1`,
		`usher_mails_total{listener="inbound",result="accepted"} 1`,
		`usher_mails_total{listener="submission",result="deferred"} 1`,
		`usher_recipients_total{listener="submission",result="taken"} 2`,
		`usher_mail_seconds_count{listener="submission"} 2`,
		`usher_module_seconds_count{module="footer"} 1`,
		`usher_module_seconds_count{module="resource"} 1`,
		`usher_module_errors_total{module="resource"} 1`,
		`usher_connections 2`,
		`usher_spool_bytes{in="memory"} 0`,
		`usher_build_info{version="` + release() + `"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for _, name := range registered() {
		if name != "usher_config_reloads_total" && !strings.HasPrefix(name, "usher_imap_") && name != "usher_charges_total" && !strings.Contains(got, "\n# TYPE "+name+" ") {
			t.Errorf("/metrics lacks %s after a few mails", name)
		}
	}
}

func TestReload(t *testing.T) {
	p := served(t)
	s := p.dial("s")
	step(t, s.Mail, "<john.doe@example.org>") // a mail in work keeps what it began with

	p.configure("footer: {enabled: true,", "footer: {enabled: false,")
	p.signal(syscall.SIGHUP)
	p.await(`level=INFO msg="configuration loaded" config=`)
	if d := deliver(t, p.dial("s"), lunch(t)); bytes.Contains(d.Raw(), []byte("Example Office")) {
		t.Error("a new mail got the footer that was switched off")
	}
	step(t, s.Rcpt, "<jane.smith@example.org>")
	if a, err := s.EndOfHeader(); err != nil || a.Code != 'c' {
		t.Errorf("the old footer is not interested any more: %v, %v", a, err)
	}

	p.configure("role: inbound", "role: inbond", "text_file: footer.txt", "text_file: nothere.txt")
	p.signal(syscall.SIGHUP)
	p.await(`level=ERROR msg=configuration mistake="` + p.file() + `:4: .*did you mean .*inbound`)
	p.await(`level=ERROR msg=configuration mistake="` + p.file() + `:12: footer.text_file: no such file: `)
	p.await(`level=ERROR msg="configuration not loaded, the old one stays" config=\S+ mistakes=2\n`)
	if d := deliver(t, p.dial("s"), lunch(t)); !d.Accepted() {
		t.Errorf("after a bad file: %+v", d)
	}

	p.configure("metrics: 127.0.0.1:0", "limits: {recipients: 3}")
	p.signal(syscall.SIGHUP)
	p.await(`level=WARN msg="these change only with a restart" config=\S+ keys="\[limits metrics\]"\n`)
	got := p.get("/metrics")
	for _, want := range []string{`usher_config_reloads_total{result="loaded"} 2`, `usher_config_reloads_total{result="wrong"} 1`} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	p.signal(syscall.SIGTERM)
	s.Close()
	if code := p.exit(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// step calls a command of a session that has to go on.
func step(t *testing.T, command func(string, ...string) (miltertest.Answer, error), arg string) {
	t.Helper()
	if a, err := command(arg); err != nil || a.Refused() {
		t.Fatalf("%s: %v, %v", arg, a, err)
	}
}

// TestDrain: a mail in work is finished after SIGTERM; without one to finish nothing is waited for.
func TestDrain(t *testing.T) {
	p := served(t)
	s := p.dial("s")
	step(t, s.Mail, "<john.doe@example.org>")
	p.signal(syscall.SIGTERM)
	p.await(`msg=stopping drain=30s connections=1\n`)
	p.deaf("s")
	step(t, s.Rcpt, "<jane.smith@example.org>")
	if _, err := s.EndOfHeader(); err != nil {
		t.Error(err)
	}
	if _, a, err := s.End(); err != nil || a.SMTP != 250 {
		t.Errorf("the mail in work was answered %v, %v", a, err)
	}
	s.Close()
	if code := p.exit(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// TestDrainEnds: who does not finish is cut off when the time is up, and that is no failure.
func TestDrainEnds(t *testing.T) {
	p := served(t, "state_dir: state", "state_dir: state\ndrain: 10ms")
	s := p.dial("s")
	step(t, s.Mail, "<john.doe@example.org>")
	p.signal(syscall.SIGTERM)
	p.await(`level=WARN msg="mails in work were cut off, their senders try again" err=`)
	if code := p.exit(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// TestSecondSignal ends a process that waits for mails.
func TestSecondSignal(t *testing.T) {
	p := served(t)
	step(t, p.dial("s").Mail, "<john.doe@example.org>")
	p.signal(syscall.SIGTERM)
	p.await(`msg=stopping `)
	p.signal(syscall.SIGTERM)
	if code := p.exit(); code != -1 {
		t.Errorf("exit code %d, want an end by the signal", code)
	}
}

func TestServeCannotStart(t *testing.T) {
	first := served(t, `"unix:$HOME/i"`, `"inet:127.0.0.1:0"`)
	port, web := first.await(`listener=inbound role=inbound socket=(\S+)`), first.await(`listener=metrics socket=(\S+)`)
	for _, tt := range []struct{ name, old, new, says string }{
		{"port", `"unix:$HOME/i"`, `"inet:` + port + `"`, `listener inbound: listen tcp ` + port + `: bind: address already in use`},
		{"socket", "$HOME/i", first.home + "/s", `listener inbound: ` + first.home + `/s is answered by another process`},
		{"metrics", "metrics: 127.0.0.1:0", "metrics: " + web, `metrics: listen tcp ` + web + `: bind: address already in use`},
		{"state_dir", "state_dir: state", "state_dir: " + first.home + "/state", `state_dir: open done-log ` + first.home + `/state/usher.db: in use by another process`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := prepare(t, tt.old, tt.new).begin()
			if code := p.exit(); code != exitSoftware {
				t.Errorf("exit code %d", code)
			}
			if want := `level=ERROR msg=ended err="` + tt.says + `"`; !strings.Contains(p.log.String(), want) {
				t.Errorf("want %s", want)
			}
			if _, err := os.Lstat(filepath.Join(p.home, "s")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("its other socket was left behind: %v", err)
			}
		})
	}
	if d := deliver(t, first.dial("s"), lunch(t)); !d.Accepted() {
		t.Errorf("the first one suffered: %+v", d)
	}
}

func TestServeTellsWhatIsOn(t *testing.T) {
	p := prepare(t, "state_dir: state", "state_dir: state\nlog: {level: debug}",
		"submit: {smtp: \"\"}", "submit: {smtp: \"127.0.0.1:10027\", user: usher, password_file: password}\noverrides:\n"+
			"  - {listener: inbound, modules: {footer: {enabled: false}}}\n"+
			"  - {domain: [school.example.org, kids.example.org], modules: {resource: {enabled: false}}}\n"+
			"  - {listener: inbound, domain: school.example.org, modules: {footer: {enabled: true}}}")
	if err := os.WriteFile(filepath.Join(p.home, "password"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.begin()
	p.await(`level=DEBUG msg=modules listener=submission role=submission enabled="\[resource footer\]"`)
	p.await(`level=DEBUG msg=modules listener=inbound role=inbound enabled="\[resource footer@school.example.org\]"`)
	p.await(fmt.Sprintf(`level=WARN msg=configuration warning="%s:\d+: submit.password_file: everybody on this machine can read `, p.file()))
}
