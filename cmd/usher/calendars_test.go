package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/integration/smtptest"
	"usher/itip/calendar"
	"usher/itip/imapcal/imaptest"
	"usher/milter/miltertest"
)

// imapOffice lays the example office out, with its calendars on an IMAP server, and names its configuration.
func imapOffice(t *testing.T, server *imaptest.Server) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`
listen: {socket: "unix:/run/usher/submission.sock", role: submission}
hostname: mx.example.org
domains: [example.org]
directory: {ldif: office.ldif, base: "dc=example,dc=org"}
calendars: {imap: "imap://%s", user: %s, password_file: imap.password, format: ical, zone: Europe/Berlin}
submit: {smtp: ""}
modules: {resource: {enabled: true}}
state_dir: state
`, server.Addr, server.Admin)
	for name, content := range map[string]string{"usher.yaml": text, "imap.password": server.AdminPassword + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := moveIn(dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "usher.yaml")
}

// usher runs a command in this process.
func usher(args ...string) (code int, out, errout string) {
	var o, e strings.Builder
	code = run(args, stdio{in: strings.NewReader(""), out: &o, errout: &e})
	return code, o.String(), e.String()
}

const blue = "shared/Resources/Blue@example.org"

// TestProbeAsksForCalendars: each resource without a folder is named, and a server that does not answer.
func TestProbeAsksForCalendars(t *testing.T) {
	server := imaptest.Memory(t)
	file := imapOffice(t, server)
	server.CreateShared(blue)
	code, _, said := usher("check", "-probe", "-config", file)
	for _, room := range []string{"Green", "Car", "Bicycle"} {
		if want := "calendar shared/Resources/" + room + "@example.org: open the folder: "; code != exitFailed || !strings.Contains(said, want) {
			t.Errorf("exit code %d, %q lacks %q", code, said, want)
		}
	}
	if strings.Contains(said, "Blue") || strings.Count(said, "\n") != 3 {
		t.Errorf("said %q; want a line for each of three", said)
	}
	for _, room := range []string{"Green", "Car", "Bicycle"} {
		server.CreateShared("shared/Resources/" + room + "@example.org")
	}
	if code, out, said := usher("check", "-probe", "-config", file); code != exitOK || said != "" {
		t.Errorf("with all folders: %d, %s%s", code, out, said)
	}
	server.Stop()
	if code, _, said := usher("check", "-probe", "-config", file); code != exitFailed || !strings.HasPrefix(said, "usher: calendars: ") {
		t.Errorf("without a server: %d, %s", code, said)
	}
}

// TestExplainReadsIMAP and changes nothing there.
func TestExplainReadsIMAP(t *testing.T) {
	server := imaptest.Memory(t)
	file := imapOffice(t, server)
	server.CreateShared(blue)
	args := []string{"explain", "-config", file, "-time", "2026-02-20T10:00:00Z", "-login", "doe", filepath.Join(filepath.Dir(file), "invite.eml")}
	if code, out, said := usher(args...); code != exitOK || !strings.Contains(out, "- book one period ") || !strings.Contains(out, "ACCEPTED") {
		t.Errorf("free: %d, %s%s", code, out, said)
	}
	if n := len(server.Messages("", blue)); n != 0 {
		t.Errorf("explaining left %d messages", n)
	}
	server.DeleteShared(blue)
	if code, out, said := usher(args...); !strings.Contains(out, "451") {
		t.Errorf("without a folder: %d, %s%s", code, out, said)
	}
}

// TestIMAPAfterReload: calendars move into IMAP while we run, and are counted there.
func TestIMAPAfterReload(t *testing.T) {
	server := imaptest.Memory(t)
	server.CreateShared(blue)
	p := served(t)
	if got := p.get("/metrics"); strings.Contains(got, "usher_imap_") {
		t.Error("without IMAP something is counted there")
	}
	if err := os.WriteFile(filepath.Join(p.home, "imap.password"), []byte(server.AdminPassword), 0o600); err != nil {
		t.Fatal(err)
	}
	p.configure("dir: calendars", fmt.Sprintf(`imap: "imap://%s", user: %s, password_file: imap.password, format: ical`, server.Addr, server.Admin),
		`submit: {smtp: ""}`, fmt.Sprintf(`submit: {smtp: %q}`, smtptest.NewSink(t).Addr))
	p.signal(syscall.SIGHUP)
	p.await(`msg="configuration loaded"`)
	first := story(time.Now())[0]
	raw, err := first.mail.render(first.file)
	if err != nil {
		t.Fatal(err)
	}
	invite := lunch(t)
	invite.Rcpts, invite.Raw = miltertest.To("room@example.org"), raw
	deliver(t, p.dial("s"), invite)
	got := p.get("/metrics")
	for _, want := range []string{"usher_imap_holds_total 1", "usher_imap_cold_total 1", "usher_imap_errors_total 0", "usher_imap_connections 1"} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if n := len(server.Messages("", blue)); n != 1 {
		t.Errorf("%d messages in the calendar; want the booking", n)
	}
}

// TestClosedEngineLeavesNoConnection behind at the IMAP server.
func TestClosedEngineLeavesNoConnection(t *testing.T) {
	e, err := open(imapOffice(t, imaptest.Memory(t)), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	store, ok := e.imap()
	if !ok {
		t.Fatalf("calendars are a %T", e.calendars)
	}
	if err := store.Probe(t.Context()); err != nil || store.Stats().Connections != 1 {
		t.Errorf("%d connections, %v; want one", store.Stats().Connections, err)
	}
	e.close()
	if n := store.Stats().Connections; n != 0 {
		t.Errorf("%d connections after the end", n)
	}
}

// TestLogTellsOfDuplicates in a calendar, by the numbers of the messages, the one that counts first, and without what is in them.
func TestLogTellsOfDuplicates(t *testing.T) {
	server := imaptest.Memory(t)
	server.CreateShared(blue)
	for _, title := range []string{"Budget", "Holiday"} {
		server.Append("", blue, nil, []byte("Subject: twice\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar\r\n\r\n"+
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\nUID:twice\r\nDTSTAMP:20260301T080000Z\r\n"+
			"DTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z\r\nSUMMARY:"+title+"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	}
	var log strings.Builder
	e, err := open(imapOffice(t, server), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if _, _, err := e.calendars.Busy(t.Context(), blue, calendar.Span{From: time.Unix(0, 0), To: time.Now()}); err != nil {
		t.Fatal(err)
	}
	want := `level=WARN msg="calendar wants a look" calendar=` + blue + ` what="several objects with one UID, one counts" messages="[2 1]"`
	if said := log.String(); !strings.Contains(said, want) || strings.Contains(said, "Budget") || strings.Contains(said, "Holiday") {
		t.Errorf("the log says %q; want %q and no titles", said, want)
	}
}
