package imapcal

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// prompt is a connection that acknowledges what comes at once. Cyrus answers with several small packets, of which its
// side of TCP (Nagle) sends the next only when the last is acknowledged, and ours (delayed ACK) takes 40 ms for that.
type prompt struct {
	net.Conn
	raw syscall.RawConn
}

// prompted makes a TCP connection prompt.
func prompted(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	p := prompt{tcp, raw}
	p.hurry()
	return p
}

func (p prompt) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	p.hurry()
	return n, err
}

// hurry lasts until the kernel thinks better of it. Where it does not work things are slow, and nothing else.
func (p prompt) hurry() {
	_ = p.raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) })
}
