package integration

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/filter"
)

// A server that is told to stop finishes the mails it has; what it does not take the client keeps. Every mail
// that was answered 250 arrives once, every other one does not.
func TestDrainLosesNothing(t *testing.T) {
	const clients = 8
	deciding, decide := make(chan struct{}, clients), make(chan struct{})
	s := &script{run: func(context.Context, *filter.Tx) filter.Outcome {
		deciding <- struct{}{}
		<-decide
		return filter.Outcome{}
	}}
	l := newLab(t, s, nil)

	var wg sync.WaitGroup
	outcomes := make([]smtptest.Outcome, clients)
	conns := dialAll(t, l, clients)
	for i, c := range conns {
		wg.Go(func() { outcomes[i] = c.Send(numbered(i)) })
	}
	for range clients {
		select {
		case <-deciding:
		case <-time.After(time.Minute):
			t.Fatal("not every mail reached the milter")
		}
	}
	idle := smtptest.Dial(t, l.Addr(postfix.Submission)) // has a milter connection and no mail
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		stopped <- l.server.Shutdown(ctx)
	}()
	awaitDrain(t, l)
	close(decide)
	wg.Wait()
	if err := <-stopped; err != nil {
		t.Errorf("shutdown: %v", err)
	}

	for i, o := range outcomes {
		if !o.Taken() {
			t.Errorf("mail %d was in flight and was not taken: %+v", i, o)
		}
	}
	for i, c := range append(conns, idle) {
		if o := c.Send(numbered(100 + i)); o.Taken() || o.From.Code/100 != 4 {
			t.Errorf("mail %d after the end: %+v, want 4xx at MAIL", i, o)
		}
	}
	l.AwaitEmpty(t)
	arrived := map[string]int{}
	for _, m := range l.Sink.Messages() {
		arrived[m.From]++
	}
	for i := range clients {
		if n := arrived[numbered(i).From]; n != 1 {
			t.Errorf("mail %d arrived %d times", i, n)
		}
	}
	if len(arrived) != clients {
		t.Errorf("%d mails arrived, want %d: %s", len(arrived), clients, l.Sink)
	}
}

func numbered(i int) smtptest.Mail {
	return smtptest.Mail{From: fmt.Sprintf("n%d@example.org", i), To: []string{"bob@example.org"}, Data: []byte(plainMail)}
}

func dialAll(t *testing.T, l *lab, n int) []*smtptest.Conn {
	t.Helper()
	conns := make([]*smtptest.Conn, n)
	for i := range conns {
		conns[i] = smtptest.Dial(t, l.Addr(postfix.Submission))
	}
	return conns
}

// awaitDrain returns when the server takes no new mail: a new client is answered 451.
func awaitDrain(t *testing.T, l *lab) {
	t.Helper()
	for i := range 3000 {
		c := smtptest.Dial(t, l.Addr(postfix.Submission))
		r := c.Mail(numbered(1000 + i).From)
		c.Quit()
		if r.Code/100 == 4 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("new mail is still taken")
}
