package ldapdir

import (
	"context"
	"errors"
	"log/slog"
)

// Why a question has no answer. "Nobody" is an answer and none of these.
var (
	ErrUnavailable = errors.New("directory unavailable")                 // could not be asked, and nothing usable is remembered
	ErrTooMany     = errors.New("too many entries")                      // more than allowed; what came is incomplete
	ErrRefused     = errors.New("the directory refused the question")    // it is up, but will not answer this
	ErrAmbiguous   = errors.New("several entries claim this login")      // nobody is logged in by guessing
	ErrMalformed   = errors.New("the directory holds a malformed value") // such as a memberURL that is none
)

// Scope is how deep below its base a search looks.
type Scope uint8

// The scopes. The zero value looks everywhere below the base.
const (
	Sub  Scope = iota // the base and everything below it
	Base              // the base alone
	One               // the children of the base
)

// Query is one search, with a complete filter in the words of RFC 4515.
type Query struct {
	Base   string
	Scope  Scope
	Filter string
	Attrs  []string // empty: all
	Limit  int      // more entries than this are ErrTooMany; 0: no limit of ours
}

// Raw is an entry as a backend found it, names spelled as its schema does.
type Raw struct {
	DN    string
	Attrs map[string][]string
}

// Backend is what a directory is made of. A search answers completely or with an error: what came before
// an error is dropped, so that nobody takes a part for the whole. A base that does not exist is an empty
// answer for scope Base and ErrRefused otherwise.
type Backend interface {
	Search(ctx context.Context, q Query) ([]Raw, error)
	Close() error
}

// Open makes the backend of a profile. It does not wait for a server: one that is down at the start
// is one that does not answer yet.
type Open func(p Profile, log *slog.Logger) (Backend, error)

// Either opens profiles that name an LDIF file with ldif and the others with ldap.
func Either(ldap, ldif Open) Open {
	return func(p Profile, log *slog.Logger) (Backend, error) {
		if p.LDIF != "" {
			return ldif(p, log)
		}
		return ldap(p, log)
	}
}

// Noticing is a backend that notices when what it has said is no longer so. Answers from before are not fresh then,
// whatever their age.
type Noticing interface {
	// Edition is another number after each change. It is asked before every answer from the cache.
	Edition() uint64
}

// Prober is a backend that can say how each of its servers is.
type Prober interface {
	Probe(ctx context.Context) error
}

// ServerState is one server as a backend sees it.
type ServerState struct {
	URL  string
	Down bool // it failed a moment ago and is left alone while others answer
}

// Monitored is a backend that knows the state of its servers.
type Monitored interface {
	Servers() []ServerState
}
