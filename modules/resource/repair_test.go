package resource

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"usher/milter/filter"
	"usher/milter/message"
)

// TestRepairsAreLogged: S6047-11, S5545-02: what was taken otherwise than it is written can be found later, without
// anybody's words.
func TestRepairsAreLogged(t *testing.T) {
	mail, err := message.Read(strings.NewReader("Content-Type: text/calendar; charset=iso-8859-1; method=REPLY\n\n"+
		"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u1\nSUMMARY:Budget\nEND:VEVENT\nEND:VCALENDAR\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	tx := &filter.Tx{Message: mail, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if _, err := new(module).Plan(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"level=DEBUG", "iso-8859-1", "the method parameter is", "REPLY"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in %s", want, &log)
		}
	}
	if strings.Contains(log.String(), "Budget") {
		t.Errorf("the title is in %s", &log)
	}
}
