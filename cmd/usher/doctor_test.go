package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"usher/integration/postfix"
)

// TestDoctorVisitsPostfix: a running instance is found well, and what is spoilt in it is found.
func TestDoctorVisitsPostfix(t *testing.T) {
	dir := postfix.Dir(t)
	sockets := postfix.Milters{Submission: "unix:" + dir + "/submission", Inbound: "unix:" + dir + "/inbound", Own: "unix:" + dir + "/own"}
	for _, name := range []string{"submission", "inbound", "own", "local"} {
		listenAt(t, filepath.Join(dir, name), 0o666) // not every file system gives a socket the group of its folder
	}
	services := postfix.Site(sockets)[:3] // without the one that has no milter
	services[0].Main = map[string]string{"smtpd_tls_auth_only": "yes"}
	p := postfix.Start(t, postfix.Options{Services: services, Local: "unix:" + dir + "/local",
		Main: map[string]string{"message_strip_characters": `\0`}})
	file := filepath.Join(t.TempDir(), "usher.yaml")
	text := `listen:
  - {socket: "` + sockets.Submission + `", role: submission}
  - {socket: "` + sockets.Inbound + `", role: inbound}
  - {socket: "` + sockets.Own + `", role: own}
  - {socket: "unix:` + dir + `/local", role: local}
domains: [example.org]
directory: {ldif: office.ldif, base: "dc=example,dc=org"}
submit: {smtp: "` + p.Addr(postfix.Own) + `"}
`
	if err := moveIn(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, said := visit(file, p.Conf()); code != exitOK || said != "Postfix and Usher fit together\n" {
		t.Fatalf("well: %d\n%s", code, said)
	}
	if err := p.Set("milter_default_action=accept", "milter_content_timeout=10s"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "inbound"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "local"))
	code, said := visit(file, p.Conf())
	for _, want := range []string{"[setting.default-action]", "[timeout.content]", "[socket.permission]", "[socket.missing]"} {
		if !strings.Contains(said, want) {
			t.Errorf("not found: %s", want)
		}
	}
	if code != exitFailed {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

func visit(file, conf string) (int, string) {
	var out strings.Builder
	code := run([]string{"doctor", "-config", file, "-postfix", conf}, stdio{out: &out, errout: &out})
	return code, out.String()
}

// listenAt makes a socket that hangs up on everybody; its group is that of its folder.
func listenAt(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for conn, err := ln.Accept(); err == nil; conn, err = ln.Accept() {
			conn.Close()
		}
	}()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutPostconf(t *testing.T) {
	was := postconfPlaces
	defer func() { postconfPlaces = was }()
	postconfPlaces = []string{filepath.Join(t.TempDir(), "postconf")}
	if _, err := postconf(""); err == nil || !strings.Contains(err.Error(), "is Postfix on this machine?") {
		t.Errorf("%v", err)
	}
}

// TestReach: folders have to let a user pass, and the socket to let him write.
func TestReach(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	listenAt(t, socket, 0o600)
	info, err := os.Stat(socket)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	stranger := identity{uid: "4242", gids: []string{"4242"}}
	group := identity{uid: "4242", gids: []string{fmt.Sprint(stat.Gid)}}
	owner := identity{uid: fmt.Sprint(stat.Uid)}
	for _, tt := range []struct {
		who  identity
		mode os.FileMode
		may  bool
	}{
		{stranger, 0o600, false}, {stranger, 0o660, false}, {stranger, 0o666, true},
		{group, 0o606, false}, {group, 0o660, true}, {owner, 0o600, true}, {owner, 0o466, owner.uid == "0"}, {identity{uid: "0"}, 0, true},
	} {
		if err := os.Chmod(socket, tt.mode); err != nil {
			t.Fatal(err)
		}
		if got := tt.who.may(socket, 2); got != tt.may {
			t.Errorf("%+v, mode %o: %v", tt.who, tt.mode, got)
		}
	}
	if err := (identity{uid: "0"}).reach(dir); err == nil || !strings.Contains(err.Error(), "not a socket") {
		t.Errorf("a folder: %v", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := stranger.reach(socket); err == nil || !strings.Contains(err.Error(), "may not pass") {
		t.Errorf("behind a closed folder: %v", err)
	}
}
