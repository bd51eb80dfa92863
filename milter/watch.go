package milter

import (
	"context"
	"errors"
	"sync"
	"time"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/filter"
)

var (
	errDeadline = errors.New("not decided in time")
	errGone     = errors.New("the mail server is gone")
)

// overrun is how long a pipeline may go on after its time is up before the mail server is answered without it.
const overrun = 10 * time.Second

var packetProgress = []byte{0, 0, 0, 1, 'p'} // SMFIR_PROGRESS; the library does not have it

// watch looks after a long end of message: it tells the mail server that we are alive, tells the pipeline when the mail
// server is not, and answers when the pipeline does not come back, because as long as we send progress Postfix
// would wait for ever.
type watch struct {
	s      *session
	cancel context.CancelCauseFunc
	until  time.Time

	mu      sync.Mutex
	timer   *time.Timer
	stopped bool
}

func (s *session) watch(cancel context.CancelCauseFunc) *watch {
	w := &watch{s: s, cancel: cancel, until: time.Now().Add(s.srv.opts.Timeout + s.srv.overrun)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(s.srv.opts.Progress, w.beat)
	return w
}

func (w *watch) beat() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.stopped:
		return
	case time.Now().After(w.until):
		w.s.log.Error("pipeline does not keep its deadline", "queue", w.s.mail.env.QueueID)
		w.s.conn.send(packet(refusalAnswer(filter.Unavailable(), false)))
		w.s.conn.cut()
		return
	}
	if err := w.s.conn.send(packetProgress); err != nil {
		w.cancel(errGone)
		return
	}
	w.timer.Reset(w.s.srv.opts.Progress)
}

// stop returns when no further packet will be sent: one after the answer would be taken for the next answer.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.timer.Stop()
}

func packet(a *answer) []byte { return appendPacket(nil, gomilter.ActionCode(a.msg.Code), a.msg.Data) }
