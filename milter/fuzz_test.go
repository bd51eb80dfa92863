package milter

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"usher/milter/filter"
	"usher/milter/message"
)

// FuzzPackets holds that nothing a mail server sends makes the host panic, hang, hold on to bytes, or make the library
// print (TestMain looks at that), and that nothing is let go without having been asked about.
func FuzzPackets(f *testing.F) {
	f.Add([]byte("\x00M<a@b.example>\x00SIZE=1\x00|R<b@c.example>\x00|Lx\x00 y\x00|N|Bxyz|E|A|Q"))
	f.Add([]byte("DMi\x00Q\x00{auth_authen}\x00u\x00|M<>\x00|DRx|R<b@c.example>\x00|R|N|Etail|K|U|T"))
	f.Add([]byte("Cname\x004\x00\x19192.0.2.1\x00|Hhelo\x00|M|R|E|N|B|L|O"))
	f.Add([]byte("Cname\x00L\x00\x00/tmp\x00|Cname\x006\x00\x01IPv6:::1\x00|D|DC|DC\x00\x00\x00"))
	budget := message.NewBudget(1<<16, 0, "")
	f.Fuzz(func(t *testing.T, data []byte) {
		asked := 0
		p := &fake{
			header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
				asked++
				return filter.Interest(len(data)) & (filter.Header | filter.Whole), nil
			},
			run: func(context.Context, *filter.Tx) filter.Outcome { return filter.Outcome{} },
		}
		s := New(Options{Pipeline: func() Pipeline { return p }, Budget: budget, Log: slog.New(slog.DiscardHandler)})
		here, there := net.Pipe()
		ln := &oneConn{conn: there, done: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- s.Serve(Listener{Role: filter.Inbound}, ln) }()
		accepted := make(chan int, 1)
		go func() { accepted <- countAccepts(here) }()
		here.SetDeadline(time.Now().Add(10 * time.Second))
		writePackets(here, data)
		here.Close()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		<-served
		if n := <-accepted; n > asked {
			t.Errorf("%d mails let go, asked about %d", n, asked)
		}
		if memory, _ := budget.InUse(); memory != 0 {
			t.Errorf("%d bytes are still held", memory)
		}
	})
}

// writePackets negotiates, then sends what lies between bars.
func writePackets(w io.Writer, data []byte) {
	w.Write([]byte("\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"))
	start := 0
	for i := 0; i <= len(data); i++ {
		if i < len(data) && data[i] != '|' {
			continue
		}
		packet := binary.BigEndian.AppendUint32(nil, uint32(i-start))
		if _, err := w.Write(append(packet, data[start:i]...)); err != nil {
			return
		}
		start = i + 1
	}
}

func countAccepts(r io.Reader) (n int) {
	var head [5]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return n
		}
		if head[4] == 'a' {
			n++
		}
		io.CopyN(io.Discard, r, int64(binary.BigEndian.Uint32(head[:]))-1)
	}
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn net.Conn
	done chan struct{}
}

func (o *oneConn) Accept() (net.Conn, error) {
	if c := o.conn; c != nil {
		o.conn = nil
		return c, nil
	}
	<-o.done
	return nil, net.ErrClosed
}

func (o *oneConn) Close() error {
	select {
	case <-o.done:
	default:
		close(o.done)
	}
	return nil
}

func (o *oneConn) Addr() net.Addr { return &net.UnixAddr{} }
