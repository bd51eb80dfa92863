package imaptest

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// memory is a server in this process. Its data outlive Stop, as long as the test does.
type memory struct {
	addrs  []string
	tls    *tls.Config
	common *imapmemserver.User // has all shared folders, under their full names

	mu       sync.Mutex
	accounts map[string]account
	server   *imapserver.Server // nil when stopped
	doors    []*door
	sessions int
}

const memoryAdmin = "service@" + Domain

type account struct {
	password string
	folders  *imapmemserver.User
}

// Memory starts a server in this process: go-imap's, with its folders in memory. Everybody may read shared folders,
// the service account may do everything in them. It has neither METADATA nor ACL nor CONDSTORE, as small servers are.
func Memory(tb testing.TB) *Server {
	tb.Helper()
	m := &memory{addrs: freeAddrs(tb, 2), common: imapmemserver.NewUser("", ""), accounts: map[string]account{}}
	cert, key, err := certificate()
	if err != nil {
		tb.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		tb.Fatal(err)
	}
	m.tls = &tls.Config{Certificates: []tls.Certificate{pair}}
	file := filepath.Join(tb.TempDir(), "cert.pem")
	if err := os.WriteFile(file, []byte(cert), 0o600); err != nil {
		tb.Fatal(err)
	}
	s := &Server{Kind: "memory", Addr: m.addrs[0], TLSAddr: m.addrs[1], CAFile: file,
		Admin: memoryAdmin, AdminPassword: Password, Login: AuthzID}
	if err := m.addUser(s.Admin, s.AdminPassword); err != nil {
		tb.Fatal(err)
	}
	return s.run(tb, m)
}

func (m *memory) start() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.server != nil {
		return fmt.Errorf("it runs")
	}
	m.server = imapserver.New(&imapserver.Options{
		NewSession: m.newSession, Caps: caps, TLSConfig: m.tls, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	m.doors = nil
	for i, addr := range m.addrs {
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			return err
		}
		d := &door{Listener: ln, conns: map[*gated]bool{}}
		m.doors = append(m.doors, d)
		if ln = d; i == 1 { // the second address is the one with TLS
			ln = tls.NewListener(d, m.tls)
		}
		go m.server.Serve(ln)
	}
	return nil
}

// stop returns when no session is at work any more.
func (m *memory) stop() {
	m.mu.Lock()
	server := m.server
	m.server = nil
	m.mu.Unlock()
	if server == nil {
		return
	}
	for _, d := range m.doors {
		d.Listener.Close()
	}
	server.Close()
	for m.busy() {
		m.kill()
		time.Sleep(time.Millisecond)
	}
}

func (m *memory) busy() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions > 0
}

func (m *memory) kill() {
	for _, d := range m.doors {
		d.cut()
	}
}

func (m *memory) freeze() error {
	for _, d := range m.doors {
		d.gate.shut()
	}
	return nil
}

func (m *memory) thaw() {
	for _, d := range m.doors {
		d.gate.open()
	}
}

func (m *memory) addUser(name, password string) error {
	folders := imapmemserver.NewUser(name, password)
	m.mu.Lock()
	m.accounts[strings.ToLower(name)] = account{password, folders}
	m.mu.Unlock()
	return folders.Create("INBOX", nil)
}

func (m *memory) account(name string) (account, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[strings.ToLower(name)]
	return a, ok
}

// caps are what the server can do beyond IMAP4rev1.
var caps = imap.CapSet{
	imap.CapIMAP4rev1: {}, imap.CapNamespace: {}, imap.CapUIDPlus: {}, imap.CapESearch: {}, imap.CapMove: {},
	imap.CapListExtended: {}, imap.CapListStatus: {}, imap.CapStatusSize: {}, imap.CapSpecialUse: {}, imap.CapLiteralPlus: {},
}
