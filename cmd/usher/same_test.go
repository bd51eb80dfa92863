package main

import (
	"strings"
	"testing"

	"usher/milter/miltertest"
)

// TestExplainSaysWhatServeDoes: the same mail, once through the milter and once explained, is answered alike, for
// explain asks the pipeline without the milter's host and has to know the host's limits itself.
func TestExplainSaysWhatServeDoes(t *testing.T) {
	p := served(t, "state_dir: state", "state_dir: state\nlimits: {header: 300, recipients: 2}",
		"{socket: \"unix:$HOME/i\", role: inbound}", "{socket: \"unix:$HOME/i\", role: local}")
	plain := string(lunch(t).Raw)
	room := strings.Replace(plain, "\n\n", "\nContent-Type: text/calendar; method=REQUEST\n\n", 1)
	for _, tt := range []struct {
		name, socket, role, raw string
		rcpts                   []string
		says                    string
	}{
		{"footer", "s", "submission", plain, []string{"jane@example.org"}, "outcome    accepted, edited\n"},
		{"nobody interested", "i", "local", strings.Replace(plain, "john", "partner", 1), []string{"jane@example.org"}, "outcome    accepted"},
		{"unparsable", "s", "submission", room, []string{"room@example.org"}, "outcome    accepted"},
		{"header at the limit", "s", "submission", padded(plain, 300), []string{"jane@example.org"}, "outcome    accepted, edited\n"},
		{"header beyond it", "s", "submission", padded(plain, 301), []string{"jane@example.org"}, "outcome    552 5.3.4 "},
		{"one recipient too many", "s", "submission", plain, []string{"jane@example.org", "doe@example.org", "meier@example.org"},
			"refused    <meier@example.org> 452 4.5.3 "},
		{"the same in role local", "i", "local", plain, []string{"jane@example.org", "doe@example.org", "meier@example.org"},
			"outcome    452 4.5.3 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := deliver(t, p.dial(tt.socket), miltertest.Mail{User: "doe", From: "john.doe@example.org", QueueID: "Q",
				Rcpts: miltertest.To(tt.rcpts...), Raw: []byte(tt.raw)})
			args := []string{"explain", "-config", p.file(), "-role", tt.role, "-login", "doe", "-from", "john.doe@example.org"}
			for _, r := range tt.rcpts {
				args = append(args, "-rcpt", r)
			}
			var out strings.Builder
			code := run(args, stdio{in: strings.NewReader(strings.ReplaceAll(tt.raw, "\n", "\r\n")), out: &out, errout: &out})
			if !strings.Contains(out.String(), tt.says) {
				t.Errorf("explain says\n%swant %q", &out, tt.says)
			}
			if want := exitFor(d); code != want {
				t.Errorf("explain ends with %d, the milter's answer is %v", code, d.Final)
			}
			for i, a := range d.RcptTo {
				if said := strings.Contains(out.String(), "refused    <"+tt.rcpts[i]+">"); said != a.Refused() && tt.role != "local" {
					t.Errorf("%s was answered %v", tt.rcpts[i], a)
				}
			}
		})
	}
}

// padded gives a mail a header of this size, as limits.header counts it.
func padded(mail string, size int) string {
	header, body, _ := strings.Cut(mail, "\n\n")
	have := len(header) + strings.Count(header, "\n") + len("\r\n") + len("X-Pad:\r\n")
	return header + "\nX-Pad:" + strings.Repeat("x", size-have) + "\n\n" + body
}

// exitFor is the exit code for what a mail server was told.
func exitFor(d miltertest.Delivery) int {
	switch {
	case d.Discarded:
		return exitDiscarded
	case d.Final.SMTP/100 == 5:
		return exitUnavailable
	case d.Final.SMTP/100 == 4:
		return exitTemporary
	}
	return exitOK
}
