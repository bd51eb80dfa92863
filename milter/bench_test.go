package milter

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"

	"usher/milter/filter"
)

// script is a mail as Postfix sends it, in the pieces between which it waits for an answer.
type script struct {
	pieces [][]byte
	reply  []byte
}

func (s *script) add(last bool, code byte, parts ...string) {
	data := []byte{code}
	for _, p := range parts {
		data = append(append(data, p...), 0)
	}
	if code == 'B' {
		data = data[:len(data)-1]
	}
	if len(s.pieces) == 0 {
		s.pieces = append(s.pieces, nil)
	}
	piece := &s.pieces[len(s.pieces)-1]
	*piece = append(binary.BigEndian.AppendUint32(*piece, uint32(len(data))), data...)
	if last {
		s.pieces = append(s.pieces, nil)
	}
}

// mail10KB has 20 fields and 10 KB; early ends it with its header.
func mail10KB(early bool) *script {
	s := &script{reply: make([]byte, 5)}
	s.add(false, 'D', "M{auth_type}", "PLAIN", "{auth_authen}", "alice", "{mail_addr}", "alice@example.org")
	s.add(true, 'M', "<alice@example.org>", "SIZE=10000")
	s.add(false, 'D', "R{rcpt_addr}", "bob@example.org")
	s.add(true, 'R', "<bob@example.org>")
	for range 20 {
		s.add(false, 'D', "Li", "4ABCdef")
		s.add(false, 'L', "X-Some-Field", " a value of about the usual length, with nothing special in it")
	}
	s.add(false, 'D', "Ni", "4ABCdef")
	s.add(true, 'N')
	if !early {
		s.add(false, 'B', string(bytes.Repeat([]byte("0123456789abcdef0123456789abcdef01234567\r\n"), 240)))
		s.add(false, 'D', "Ei", "4ABCdef")
		s.add(true, 'E')
	}
	s.add(false, 'A')
	return s
}

// play sends the mail and reads an answer after each piece but the last.
func (s *script) play(conn net.Conn) error {
	for i, piece := range s.pieces {
		if _, err := conn.Write(piece); err != nil {
			return err
		}
		if i == len(s.pieces)-1 {
			return nil
		}
		if _, err := io.ReadFull(conn, s.reply); err != nil {
			return err
		}
	}
	return nil
}

// counting counts the reads and writes of the connections of a listener.
type counting struct {
	net.Listener
	reads, writes *atomic.Int64
}

type countingConn struct {
	net.Conn
	l counting
}

func (c counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	return countingConn{conn, c}, err
}

func (c countingConn) Read(p []byte) (int, error) {
	c.l.reads.Add(1)
	return c.Conn.Read(p)
}

func (c countingConn) Write(p []byte) (int, error) {
	c.l.writes.Add(1)
	return c.Conn.Write(p)
}

// open serves p on a unix socket and gives a negotiated connection.
func open(tb testing.TB, p Pipeline) (net.Conn, counting) {
	tb.Helper()
	s := New(Options{Pipeline: func() Pipeline { return p }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	l := Listener{Name: "bench", Role: filter.Submission, Network: "unix", Address: filepath.Join(tb.TempDir(), "s")}
	ln, err := l.Listen()
	if err != nil {
		tb.Fatal(err)
	}
	count := counting{ln, new(atomic.Int64), new(atomic.Int64)}
	go s.Serve(l, count)
	tb.Cleanup(func() { s.Shutdown(context.Background()) })
	conn, err := net.Dial("unix", l.Address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	conn.Write([]byte("\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"))
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		tb.Fatal(err)
	}
	io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head[:])))
	return conn, count
}

var keepBody = &fake{run: func(context.Context, *filter.Tx) filter.Outcome { return filter.Outcome{} }}

func benchmark(b *testing.B, p Pipeline, early bool) {
	conn, count := open(b, p)
	mail := mail10KB(early)
	b.ReportAllocs()
	b.ResetTimer()
	reads := count.reads.Load()
	for b.Loop() {
		if err := mail.play(conn); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(count.reads.Load()-reads)/float64(b.N), "reads/op")
}

func BenchmarkAcceptEarly(b *testing.B) { benchmark(b, &fake{}, true) }
func BenchmarkBody10KB(b *testing.B)    { benchmark(b, keepBody, false) }

// TestFewSystemCalls: one read and one write for each answer the mail server waits for. The library alone reads twice
// for each packet.
func TestFewSystemCalls(t *testing.T) {
	for name, tt := range map[string]struct {
		p       Pipeline
		early   bool
		answers int64
	}{"early": {&fake{}, true, 3}, "body": {keepBody, false, 4}} {
		conn, count := open(t, tt.p)
		mail := mail10KB(tt.early)
		const mails = 20
		reads, writes := count.reads.Load(), count.writes.Load()
		for range mails {
			if err := mail.play(conn); err != nil {
				t.Fatal(err)
			}
		}
		reads, writes = count.reads.Load()-reads, count.writes.Load()-writes
		// The abort at the end is a packet of its own here, and may or may not be read by itself.
		if reads > mails*(tt.answers+3) || writes > mails*tt.answers {
			t.Errorf("%s: %d reads and %d writes for %d mails", name, reads, writes, mails)
		}
	}
}

// TestFewAllocations keeps the price of a mail nobody wants in sight.
func TestFewAllocations(t *testing.T) {
	conn, _ := open(t, &fake{})
	mail := mail10KB(true)
	if n := testing.AllocsPerRun(100, func() { mail.play(conn) }); n > 150 {
		t.Errorf("%.0f allocations for a mail nobody wants", n)
	}
}
