package integration

import (
	"os/exec"
	"syscall"
	"testing"

	"usher/integration/postfix"
	"usher/integration/smtptest"
)

// usher runs a command beside the serving process.
func (s *site) usher(args ...string) string {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.Command(path, append([]string{args[0], "-config", s.config}, args[1:]...)...).CombinedOutput()
	if err != nil {
		s.t.Errorf("usher %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// TestSuspend: an account is stopped at once by one command, stays so over a restart, and goes on by another. One that
// guesses at recipients it may not write to is stopped by itself.
func TestSuspend(t *testing.T) {
	s := newSite(t, siteOptions{config: withEnvelope(", limits: {denied_rcpt_10m: 3}")})
	mail := func(login, from, to string) smtptest.Outcome {
		return smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as(login), From: from, To: []string{to}, Data: letterOf(from, "")})
	}
	john := func() smtptest.Outcome { return mail("doe", "john.doe@example.org", "x@outside.example") }
	if o := john(); !o.Taken() {
		t.Fatalf("before: %+v", o)
	}
	s.usher("suspend", "-why", "stolen laptop", "doe")
	if o := john(); !says(o.From, "principal.suspended") && !anySays(o.Rcpts, "principal.suspended") {
		t.Errorf("suspended: %+v", o)
	}
	s.stop(syscall.SIGTERM)
	s.start()
	if o := john(); o.Taken() {
		t.Errorf("suspended, and usher started again: %+v", o)
	}
	s.usher("resume", "doe")
	if o := john(); !o.Taken() {
		t.Errorf("resumed: %+v", o)
	}

	claire := func(to string) smtptest.Outcome { return mail("martin", "claire.martin@example.org", to) }
	for range 4 {
		if o := claire("x@outside.example"); o.Taken() {
			t.Errorf("Claire may not write there: %+v", o)
		}
	}
	if o := claire("jane.smith@example.org"); o.Taken() {
		t.Errorf("Claire was refused too often and goes on: %+v", o)
	}
	s.awaitLog(`msg="account suspended"`, 2)
}

func anySays(rs []smtptest.Reply, reason string) bool {
	for _, r := range rs {
		if says(r, reason) {
			return true
		}
	}
	return false
}
