// Package milter is the wire to the mail server: it turns the callbacks of the milter protocol into questions to
// a Pipeline, and the pipeline's outcome into actions and replies.
//
// It knows go-milter, the order of the callbacks and the quirks of Postfix and sendmail. It does not know which
// modules there are, nor directories, mailboxes or calendars.
package milter

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"usher/milter/filter"
	"usher/milter/message"
)

// Pipeline is what decides about mail. Each call may take until the end of its context.
type Pipeline interface {
	// Mail resolves login and sender and asks about the sender.
	Mail(ctx context.Context, env *filter.Envelope) *filter.Refusal
	// Rcpt asks about one recipient; when nothing speaks against it, it appends the recipient to env.Rcpts.
	Rcpt(ctx context.Context, env *filter.Envelope, rcpt filter.Recipient) *filter.Refusal
	// Header says who wants to see the mail; nobody: it goes at once.
	Header(ctx context.Context, env *filter.Envelope, h message.Header) (filter.Interest, *filter.Refusal)
	// Run lets everything happen that has to, and says what becomes of the mail.
	Run(ctx context.Context, tx *filter.Tx) filter.Outcome
}

// Options are what a Server works with. Zero values give the defaults.
type Options struct {
	// Pipeline gives the current pipeline. It is asked once for each mail, at MAIL, so that no mail
	// sees the configuration change under it. A pipeline that is an io.Closer is closed when this mail is done.
	Pipeline func() Pipeline
	// Budget bounds what all mails together keep of their bodies; a mail beyond it is answered 451.
	Budget *message.Budget
	// MemoryPerMail is how much of a body stays in memory before it goes to a file. Default 256 KiB.
	MemoryPerMail int64

	Timeout        time.Duration // for the end of one message; default 240 s, Postfix waits 300 s
	CommandTimeout time.Duration // for MAIL, RCPT and the end of the header; default 25 s, Postfix waits 30 s
	Progress       time.Duration // how often a long end of message says that it is alive; default 1 s
	IdleTimeout    time.Duration // between two packets; default 7210 s, as libmilter has it: the MTA waits for its clients
	ReadTimeout    time.Duration // for the rest of a packet that has begun; default 60 s
	WriteTimeout   time.Duration // for the MTA to take our answers; default 60 s

	MaxHeaderBytes  int64 // of one mail, refused with 552 beyond; default 1 MiB
	MaxHeaderFields int   // of one mail, refused with 552 beyond; default 10,000
	MaxRecipients   int   // of one mail, answered 452 beyond; default 10,000

	Log     *slog.Logger // default slog.Default()
	Observe func(Record) // told about every mail when it is done; nil: nobody
}

// Server answers mail servers on any number of listeners.
type Server struct {
	opts    Options
	base    context.Context // ends when mails in flight are given up
	stop    context.CancelCauseFunc
	drain   chan struct{} // closed when nothing new is begun any more
	overrun time.Duration // after Options.Timeout

	mu        sync.Mutex
	listeners map[net.Listener]bool
	conns     map[*conn]bool
	draining  bool
	active    sync.WaitGroup // accept loops and connections
}

var errStopped = errors.New("usher is stopping")

// New makes a Server. Options.Pipeline is needed.
func New(o Options) *Server {
	o.setDefaults()
	base, stop := context.WithCancelCause(context.Background())
	return &Server{
		opts: o, base: base, stop: stop, drain: make(chan struct{}), overrun: overrun,
		listeners: map[net.Listener]bool{}, conns: map[*conn]bool{},
	}
}

func (o *Options) setDefaults() {
	setDefault(&o.MemoryPerMail, message.DefaultMemoryPerMail)
	setDefault(&o.Timeout, 240*time.Second)
	setDefault(&o.CommandTimeout, 25*time.Second)
	setDefault(&o.Progress, time.Second)
	setDefault(&o.IdleTimeout, 7210*time.Second)
	setDefault(&o.ReadTimeout, 60*time.Second)
	setDefault(&o.WriteTimeout, 60*time.Second)
	setDefault(&o.MaxHeaderBytes, 1<<20)
	setDefault(&o.MaxHeaderFields, 10_000)
	setDefault(&o.MaxRecipients, 10_000)
	if o.Budget == nil {
		o.Budget = message.NewBudget(256<<20, 8<<30, os.TempDir())
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Observe == nil {
		o.Observe = func(Record) {}
	}
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// lastGrace is how long Shutdown waits for mails that have been told to give up.
const lastGrace = 5 * time.Second

// Shutdown stops listening, closes connections without a mail at once, and lets mails in flight finish until
// ctx ends. What is left then is answered 451 or cut off, which the sender's queue makes good.
func (s *Server) Shutdown(ctx context.Context) error {
	s.beginDrain()
	gone := make(chan struct{})
	go func() { s.active.Wait(); close(gone) }()
	select {
	case <-gone:
		s.stop(errStopped)
		return nil
	case <-ctx.Done():
	}
	s.stop(errStopped)
	s.cutAll()
	select {
	case <-gone:
		return ctx.Err()
	case <-time.After(lastGrace):
		s.opts.Log.Error("mails do not give up", "connections", s.Connections())
		return ctx.Err()
	}
}

func (s *Server) beginDrain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.draining {
		s.draining = true
		close(s.drain)
	}
	for ln := range s.listeners {
		ln.Close()
	}
	for c := range s.conns {
		c.beginDrain()
	}
}

func (s *Server) cutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.cut()
	}
}

// Connections is how many connections of mail servers there are now.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}
