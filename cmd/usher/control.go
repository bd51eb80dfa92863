package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/net/netutil"

	"usher/milter"
	"usher/milter/filter"
)

// controlSocket is where a usher serve is asked about its ledger, in the state directory. Who may write to the
// directory's files may ask: its mode is 0600, and there is no other check.
const controlSocket = "control.sock"

// Bounds of one question.
const (
	controlTime  = 20 * time.Second
	controlBytes = 8 << 10
	maxWhy       = 500
	maxDesks     = 16 // at a time
)

// controlListener is the socket, to be opened by who has the state directory's lock.
func controlListener(dir string) milter.Listener {
	return milter.Listener{Name: "control", Network: "unix", Address: filepath.Join(dir, controlSocket), Mode: 0o600}
}

// wish is what a command wants done.
type wish struct {
	Account string `json:"account"`
	Why     string `json:"why,omitempty"`
	By      string `json:"by,omitempty"`
}

// resumption is what came of one.
type resumption struct {
	Was bool `json:"was"`
}

// control answers the commands.
func (s *service) control() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /suspend", answering(func(ctx context.Context, w wish) (struct{}, error) {
		return struct{}{}, s.local().suspend(ctx, w.Account, w.Why, w.By)
	}))
	mux.HandleFunc("POST /resume", answering(func(ctx context.Context, w wish) (resumption, error) {
		was, err := s.local().resume(ctx, w.Account, w.By)
		return resumption{was}, err
	}))
	mux.HandleFunc("GET /limits", s.limits)
	mux.HandleFunc("GET /used", s.used)
	mux.HandleFunc("GET /suspended", s.suspended)
	handler := http.TimeoutHandler(http.MaxBytesHandler(mux, controlBytes), controlTime, "no answer in time")
	return &http.Server{Handler: handler, MaxHeaderBytes: controlBytes, ReadTimeout: controlTime / 2,
		WriteTimeout: 2 * controlTime, IdleTimeout: time.Second}
}

// local is for what needs no engine.
func (s *service) local() local { return local{ledger: s.ledger} }

// answering reads a wish and writes the answer.
func answering[A any](do func(context.Context, wish) (A, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var w wish
		if err := json.NewDecoder(r.Body).Decode(&w); err != nil || w.Account == "" || len(w.Why) > maxWhy || len(w.By) > maxWhy {
			http.Error(rw, "want an account, and why", http.StatusBadRequest)
			return
		}
		a, err := do(r.Context(), w)
		reply(rw, a, err)
	}
}

func reply(rw http.ResponseWriter, answer any, err error) {
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(answer) // who asked has gone
}

// limits reports with the limits of the engine in use.
func (s *service) limits(rw http.ResponseWriter, r *http.Request) {
	g := s.engines.board()
	defer s.engines.leave(g)
	a, err := local{engine: g.engine, ledger: s.ledger}.report(r.Context(), r.FormValue("account"))
	reply(rw, a, err)
}

// used answers the modules of another process.
func (s *service) used(rw http.ResponseWriter, r *http.Request) {
	window, bad := time.ParseDuration(r.FormValue("window"))
	now, alsoBad := time.Parse(time.RFC3339Nano, r.FormValue("now"))
	if errors.Join(bad, alsoBad) != nil {
		http.Error(rw, "want a window and a time", http.StatusBadRequest)
		return
	}
	reply(rw, s.ledger.Used(r.FormValue("account"), r.FormValue("counter"), window, now), nil)
}

// suspended answers them, too; null: it is not.
func (s *service) suspended(rw http.ResponseWriter, r *http.Request) {
	var answer *filter.Suspension
	if one, ok := s.ledger.Suspended(r.FormValue("account")); ok {
		answer = &one
	}
	reply(rw, answer, nil)
}

// listenToCommands opens the socket.
func (s *service) listenToCommands() (net.Listener, error) {
	ln, err := controlListener(s.frame.StateDir).Listen()
	if err != nil {
		return nil, err
	}
	return netutil.LimitListener(ln, maxDesks), nil
}
