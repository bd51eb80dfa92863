package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"usher/milter/miltertest"
)

// TestExplainOfAnEnvelope: what is explained without a mail is what a mail server is told.
func TestExplainOfAnEnvelope(t *testing.T) {
	p := served(t, "modules:", "modules:\n  envelope: {enabled: true}", "state_dir: state", "state_dir: state\nlimits: {recipients: 2}")
	for _, tt := range []struct {
		login, from, author string
		rcpts               []string
	}{
		{"doe", "john.doe@example.org", "john.doe@example.org", []string{"jane@example.org"}},
		{"martin", "john.doe@example.org", "john.doe@example.org", []string{"jane@example.org"}},
		{"martin", "claire@example.org", "claire@example.org", []string{"jane@example.org", "partner@example.net"}},
		{"martin", "claire@example.org", "claire@example.org", []string{"partner@example.net"}},
		{"smith", "doe@example.org", "jane@example.org", []string{"board@example.org"}},
		{"doe", "doe@example.org", "claire@example.org", []string{"jane@example.org"}},
		{"", "partner@example.net", "partner@example.net", []string{"jane@example.org"}},
		{"doe", "doe@example.org", "doe@example.org", []string{"jane@example.org", "claire@example.org", "staff@example.org"}},
	} {
		mail := miltertest.Mail{User: tt.login, From: tt.from, QueueID: "Q", Rcpts: miltertest.To(tt.rcpts...), Raw: []byte("From: " + tt.author + "\n\nhello\n")}
		d := deliver(t, p.dial("s"), mail)
		args := []string{"explain", "-json", "-config", p.file(), "-login", tt.login, "-from", tt.from, "-header-from", tt.author}
		for _, r := range tt.rcpts {
			args = append(args, "-rcpt", r)
		}
		var out strings.Builder
		code := run(args, stdio{in: strings.NewReader(""), out: &out, errout: &out})
		var e explained
		if err := json.Unmarshal([]byte(out.String()), &e); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, &out)
		}
		if want := exitFor(d); code != want {
			t.Errorf("%v ends with %d, the milter's answer is %+v", args, code, d)
		}
		for i, r := range e.Rcpts {
			if a := d.RcptTo[i]; r.Address != tt.rcpts[i] || a.Refused() != (r.Verdict != "accept") || a.Refused() && int(a.SMTP) != r.Code {
				t.Errorf("%v: %+v was answered %v", args, r, a)
			}
		}
		if len(e.Stages) == 0 || len(e.Stages[0].Facts) == 0 && tt.login != "" {
			t.Errorf("no facts:\n%s", &out)
		}
	}
}

func TestAlone(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Open("main.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	some := []string{"jane@example.org"}
	for i, tt := range []struct {
		told told
		name string
		in   *os.File
		want bool
	}{
		{told{}, "", null, false},
		{told{rcpts: some}, "", null, true},
		{told{rcpts: some}, "", file, false},
		{told{rcpts: some}, "mail.eml", null, false},
		{told{rcpts: some}, "-", null, false},
		{told{none: true}, "", file, true},
		{told{headerFrom: "x@example.org"}, "", file, true},
	} {
		if got, err := tt.told.alone(tt.name, tt.in); err != nil || got != tt.want {
			t.Errorf("%d: %v, %v", i, got, err)
		}
	}
}
