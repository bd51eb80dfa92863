package milter

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/milter/filter"
)

func TestParseSocket(t *testing.T) {
	tests := []struct {
		in, network, address string
	}{
		{"unix:/run/usher/a.sock", "unix", "/run/usher/a.sock"},
		{"local:/run/usher/a.sock", "unix", "/run/usher/a.sock"},
		{"inet:127.0.0.1:8891", "tcp", "127.0.0.1:8891"},
		{"inet:8891@127.0.0.1", "tcp", "127.0.0.1:8891"},
		{"inet:8891@localhost", "tcp", "localhost:8891"},
		{"inet6:[::1]:8891", "tcp", "[::1]:8891"},
		{"inet6:8891@[::1]", "tcp", "[::1]:8891"},
		{"unix:", "", ""},
		{"/run/usher/a.sock", "", ""},
		{"inet:127.0.0.1", "", ""},
		{"inet:127.0.0.1:", "", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		network, address, err := ParseSocket(tt.in)
		if network != tt.network || address != tt.address || (err == nil) != (tt.network != "") {
			t.Errorf("ParseSocket(%q) = %q, %q, %v", tt.in, network, address, err)
		}
	}
}

func TestModeOfTheSocket(t *testing.T) {
	for mode, want := range map[fs.FileMode]fs.FileMode{0: 0o660, 0o666: 0o666, 0o600: 0o600} {
		path := filepath.Join(t.TempDir(), "s")
		ln, err := Listener{Network: "unix", Address: path, Mode: mode}.Listen()
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("mode %v, %v, want %v", info.Mode(), err, want)
		}
		ln.Close()
	}
}

func TestWhatLiesInTheWay(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name string
		put  func(path string)
		want string
	}{
		{"nothing", func(string) {}, ""},
		{"a stale socket", func(path string) {
			ln, err := net.Listen("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			ln.(*net.UnixListener).SetUnlinkOnClose(false)
			ln.Close()
		}, ""},
		{"a living socket", func(path string) {
			ln, err := net.Listen("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { ln.Close() })
		}, "answered by another process"},
		{"a file", func(path string) { os.WriteFile(path, []byte("precious"), 0o600) }, "is no socket"},
		{"a link to a socket", func(path string) { os.Symlink(filepath.Join(dir, "nothing"), path) }, "is no socket"},
	}
	for _, tt := range tests {
		path := filepath.Join(dir, tt.name)
		tt.put(path)
		before, _ := os.Lstat(path)
		ln, err := Listener{Name: "in", Network: "unix", Address: path}.Listen()
		if err == nil {
			ln.Close()
		}
		if tt.want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if after, _ := os.Lstat(path); err != nil && !os.SameFile(before, after) {
			t.Errorf("%s is no longer there", tt.name)
		}
	}
}

func TestTCP(t *testing.T) {
	h := start(t, filter.Inbound, &fake{})
	h.listen(Listener{Name: "tcp", Role: filter.Submission, Network: "tcp", Address: "127.0.0.1:0"})
	if d := h.deliver(simple()); !d.Accepted() {
		t.Errorf("%v", d.Final)
	}
	if r := h.done(1)[0]; r.Listener != "tcp" || r.Role != filter.Submission {
		t.Errorf("%+v", r)
	}
	if _, err := (Listener{Name: "bad", Network: "tcp", Address: h.address}).Listen(); err == nil || !strings.Contains(err.Error(), "listener bad") {
		t.Errorf("the address is in use, but %v", err)
	}
}
