package main

import (
	"strings"
	"testing"
	"time"

	"usher/milter/miltertest"
)

// TestAuditReadsWhatServeWrites, in both formats: Martin sends as John, who has given him nothing.
func TestAuditReadsWhatServeWrites(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		p := prepare(t, "state_dir: state", "state_dir: state\naudit: true\nlog: {format: "+format+"}", "modules:", "modules:\n  envelope: {enabled: true}",
			"metrics: 127.0.0.1:0", "").begin()
		p.await(`msg"?[=:]"?serving`)
		d := deliver(t, p.dial("s"), miltertest.Mail{User: "martin", From: "john.doe@example.org", QueueID: "Q",
			Rcpts: miltertest.To("jane.smith@example.org"), Raw: lunch(t).Raw})
		if !d.Accepted() {
			t.Fatalf("audit refuses: %+v", d)
		}
		p.await("mail done")
		var out strings.Builder
		if code := run([]string{"audit"}, stdio{in: strings.NewReader(p.log.String()), out: &out, errout: &out}); code != exitOK {
			t.Errorf("exit code %d", code)
		}
		for _, want := range []string{"      1  martin  sender.not-owned (553)  john.doe@example.org\n", "  martin  header.from-not-owned (550)  john.doe@example.org\n",
			"  martin  footer  footer added\n", "accounts: {martin: {senders: [john.doe@example.org]}}"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: the report lacks %q:\n%s", format, want, &out)
			}
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"24h": now.Add(-24 * time.Hour), "7d": now.AddDate(0, 0, -7), "0s": now, "90m": now.Add(-90 * time.Minute),
		"2026-11-01T00:00:00+01:00": time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC),
	} {
		if got, err := since(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "-1h", "-1d", "7 days", "2026-11-01", "123456d"} {
		if got, err := since(text, now); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
