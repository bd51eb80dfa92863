package filter

import (
	"bytes"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
)

// TestWouldRefuseLine: what usher audit reads has the same keys at every stage, and there is one line for each refusal.
func TestWouldRefuseLine(t *testing.T) {
	no := &Refusal{Code: 550, Enhanced: "5.7.1", Text: "no", Reason: "x.no"}
	var log bytes.Buffer
	p := &Pipeline{Audit: true, World: &listener{}, Log: slog.New(slog.NewTextHandler(&log, nil)), Steps: []Step{
		{Name: "checks", Setting: Setting{Module: judge{verdict: Verdict{Refusal: no, Why: "x.no: room"}}}},
		step("plans", Defer, planning(Plan{Refuse: no, Why: "is bad"})),
	}}
	mail := tx(t, room)
	mail.Listener, mail.Role, mail.QueueID, mail.User = "smtp", Inbound, "Q", "doe"
	mail.Client, mail.From = netip.MustParseAddr("192.0.2.7"), "doe@example.org"
	if r := p.Rcpt(t.Context(), &mail.Envelope, Recipient{Address: room}); r != nil {
		t.Fatal(r)
	}
	p.Run(t.Context(), mail)
	wants := []string{
		`msg="would refuse" step=checks stage=rcpt listener=smtp role=inbound queue=Q user=doe client=192.0.2.7 from=doe@example.org rcpt=` + room.String() + ` code=550 reason=x.no why="x.no: room"`,
		`msg="would refuse" step=plans stage=message listener=smtp role=inbound queue=Q user=doe client=192.0.2.7 from=doe@example.org rcpt="" code=550 reason=x.no why="is bad"`,
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(wants) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(wants), &log)
	}
	for i, want := range wants {
		if !strings.HasSuffix(lines[i], want) {
			t.Errorf("line %q, want %q", lines[i], want)
		}
	}
}

// TestSeenTellsTheAnswer that follows from an error, and none where it is let pass.
func TestSeenTellsTheAnswer(t *testing.T) {
	busy := &Failure{Refusal: &Refusal{Code: 451, Enhanced: "4.4.3", Text: "busy"}, Err: errors.New("down")}
	for onError, want := range map[OnError]*Refusal{Defer: busy.Refusal, Pass: nil} {
		var seen []Checked
		p := &Pipeline{Log: slog.New(slog.DiscardHandler), Seen: func(c Checked) { seen = append(seen, c) },
			Steps: []Step{{Name: "checks", Setting: Setting{Module: judge{err: busy}, OnError: onError}}}}
		if got := p.Rcpt(t.Context(), &Envelope{}, Recipient{Address: room}); got != want {
			t.Errorf("%s: answered %v", onError, got)
		}
		if len(seen) != 1 || seen[0].Answer != want || seen[0].Err == nil || seen[0].Rcpt != room {
			t.Errorf("%s: seen %+v", onError, seen)
		}
	}
}
