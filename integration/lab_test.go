package integration

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter"
	"usher/milter/filter"
	"usher/milter/message"
)

// script is a pipeline a test writes down. What it leaves out lets everything pass; every mail is wanted whole
// unless header says otherwise.
type script struct {
	mail   func(*filter.Envelope) *filter.Refusal
	rcpt   func(*filter.Envelope, filter.Recipient) *filter.Refusal
	header func(*filter.Envelope, message.Header) (filter.Interest, *filter.Refusal)
	run    func(context.Context, *filter.Tx) filter.Outcome

	mu   sync.Mutex
	seen []seen
}

// seen is a mail as it reached the end of message.
type seen struct {
	env  filter.Envelope
	data []byte
}

func (s *script) Mail(_ context.Context, env *filter.Envelope) *filter.Refusal {
	if s.mail == nil {
		return nil
	}
	return s.mail(env)
}

func (s *script) Rcpt(_ context.Context, env *filter.Envelope, rcpt filter.Recipient) *filter.Refusal {
	if s.rcpt != nil {
		if refusal := s.rcpt(env, rcpt); refusal != nil {
			return refusal
		}
	}
	env.Rcpts = append(env.Rcpts, rcpt)
	return nil
}

func (s *script) Header(_ context.Context, env *filter.Envelope, h message.Header) (filter.Interest, *filter.Refusal) {
	if s.header == nil {
		return filter.Whole, nil
	}
	return s.header(env, h)
}

func (s *script) Run(ctx context.Context, tx *filter.Tx) filter.Outcome {
	var b bytes.Buffer
	tx.Message.WriteTo(&b)
	s.mu.Lock()
	s.seen = append(s.seen, seen{tx.Envelope, b.Bytes()})
	s.mu.Unlock()
	if s.run == nil {
		return filter.Outcome{}
	}
	return s.run(ctx, tx)
}

// ran are the mails that reached the end of message so far.
func (s *script) ran() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// last is the last of them.
func (s *script) last(t *testing.T) seen {
	t.Helper()
	all := s.ran()
	if len(all) == 0 {
		t.Fatal("no mail reached the end of message")
	}
	return all[len(all)-1]
}

func (e seen) rcpts() []string {
	var all []string
	for _, r := range e.env.Rcpts {
		all = append(all, r.Address.String())
	}
	return all
}

// lab is a Postfix with the milter host behind every service: submission by a unix socket, inbound by TCP.
type lab struct {
	*postfix.Instance
	script *script
	server *milter.Server
	tap    *tap // what Postfix sends to the milter
}

// newLab starts both. change may alter the options of Postfix.
func newLab(t *testing.T, s *script, change func(*postfix.Options)) *lab {
	t.Helper()
	l := &lab{script: s, tap: newTap()}
	dir := postfix.Dir(t)
	sockets := map[filter.Role]string{
		filter.Submission: "unix:" + dir + "/submission",
		filter.Inbound:    "inet:" + freeAddr(t),
		filter.Local:      "unix:" + dir + "/local",
		filter.Own:        "unix:" + dir + "/own",
	}
	l.serve(t, sockets)
	o := postfix.Options{
		Services: postfix.Site(postfix.Milters{
			Submission: sockets[filter.Submission], Inbound: sockets[filter.Inbound], Own: sockets[filter.Own],
		}),
		Local: sockets[filter.Local],
		Users: map[string]string{"alice@example.org": "open sesame"},
	}
	if change != nil {
		change(&o)
	}
	l.Instance = postfix.Start(t, o)
	return l
}

// serve runs the milter host on these sockets until the test ends.
func (l *lab) serve(t *testing.T, sockets map[filter.Role]string) {
	t.Helper()
	l.server = milter.New(milter.Options{
		Pipeline: func() milter.Pipeline { return l.script },
		Log:      slog.New(slog.NewTextHandler(testLog{t}, nil)),
	})
	var done sync.WaitGroup
	for role, socket := range sockets {
		network, address, err := milter.ParseSocket(socket)
		if err != nil {
			t.Fatal(err)
		}
		// Postfix is another user, and not every file system gives a socket the group of its folder.
		listener := milter.Listener{Name: string(role), Role: role, Network: network, Address: address, Mode: 0o666}
		ln, err := listener.Listen()
		if err != nil {
			t.Fatal(err)
		}
		done.Go(func() {
			if err := l.server.Serve(listener, l.tap.listen(ln)); err != nil {
				t.Errorf("serve %s: %v", role, err)
			}
		})
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := l.server.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		done.Wait()
	})
}

// testLog writes to the test's log, which is shown when the test fails.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", bytes.TrimRight(p, "\n"))
	return len(p), nil
}

// login is what makes a session Alice's.
var login = []string{"ADDR=192.0.2.7", "NAME=client.example.net", "LOGIN=alice@example.org"}

// submit hands a mail of Alice's in.
func (l *lab) submit(t *testing.T, data string, to ...string) smtptest.Outcome {
	t.Helper()
	return smtptest.Send(t, l.Addr(postfix.Submission), smtptest.Mail{XClient: login, From: "alice@example.org", To: to, Data: []byte(data)})
}

// delivered is the mail that arrived for an address, without the Received field of Postfix.
func (l *lab) delivered(t *testing.T, to string) string {
	t.Helper()
	return withoutReceived(t, string(l.Sink.WaitFor(t, to).Data))
}

// withoutReceived takes the field off that Postfix adds at the top.
func withoutReceived(t testing.TB, data string) string {
	t.Helper()
	if !strings.HasPrefix(data, "Received: ") {
		t.Fatalf("no Received at the top of %.200q", data)
	}
	_, rest, _ := strings.Cut(data, "\n")
	for strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "\t") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return rest
}
