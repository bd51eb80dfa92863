package imaptest

import (
	"crypto/subtle"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// session is one user's session with the server in memory. Names below shared/ lead to the folders of all.
type session struct {
	m      *memory
	own    *imapmemserver.UserSession // nil before the login
	common *imapmemserver.UserSession
	at     *imapmemserver.UserSession // the one of the two whose folder is selected, or was last
	master bool                       // may change shared folders
}

var (
	_ imapserver.SessionIMAP4rev2 = (*session)(nil)
	_ imapserver.SessionSASL      = (*session)(nil)
)

var (
	errNoUser = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeAuthorizationFailed, Text: "No such user"}
	errNoPerm = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNoPerm, Text: "Permission denied"}
)

func (m *memory) newSession(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions++
	return &session{m: m}, nil, nil
}

func (s *session) Close() error {
	if s.own != nil {
		s.own.Close()
		s.common.Close()
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.sessions--
	return nil
}

func (s *session) AuthenticateMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Authenticate(mech string) (sasl.Server, error) {
	if mech != sasl.Plain {
		return nil, &imap.Error{Type: imap.StatusResponseTypeNo, Text: "SASL mechanism not supported"}
	}
	return sasl.NewPlainServer(s.proxy), nil
}

func (s *session) Login(name, password string) error { return s.proxy("", name, password) }

// proxy logs name in to act for identity, which only the service account may (RFC 4616, section 2).
func (s *session) proxy(identity, name, password string) error {
	a, ok := s.m.account(name)
	if !ok || subtle.ConstantTimeCompare([]byte(a.password), []byte(password)) == 0 {
		return imapserver.ErrAuthFailed
	}
	admin := strings.EqualFold(name, memoryAdmin)
	if identity != "" && !strings.EqualFold(identity, name) {
		if a, ok = s.m.account(identity); !ok || !admin {
			return errNoUser
		}
	}
	s.own, s.common = imapmemserver.NewUserSession(a.folders), imapmemserver.NewUserSession(s.m.common)
	s.at, s.master = s.own, admin && (identity == "" || strings.EqualFold(identity, name))
	return nil
}

// of gives the folders among which a name is.
func (s *session) of(name string) *imapmemserver.UserSession {
	if isShared(name) {
		return s.common
	}
	return s.own
}

func isShared(name string) bool { return strings.HasPrefix(name, "shared/") }

// changes is of for commands that change folders.
func (s *session) changes(name string) (*imapmemserver.UserSession, error) {
	if isShared(name) && !s.master {
		return nil, errNoPerm
	}
	return s.of(name), nil
}

// mayChange tells whether messages of the selected folder may be changed.
func (s *session) mayChange() error {
	if s.at == s.common && !s.master {
		return errNoPerm
	}
	return nil
}
