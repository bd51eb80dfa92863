package imapcal

import (
	"io"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPrompt talks back and forth, by which the kernel comes to hold acknowledgements back for what it sends next, and
// asks it whether it does.
func TestPrompt(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			_, _ = io.Copy(c, c)
			c.Close()
		}
	}()
	plain, err := net.Dial("tcp", ln.Addr().String())
	must(t, err)
	defer plain.Close()
	c := prompted(plain)
	for range 20 {
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if !quick(t, plain) {
			t.Fatal("what comes next is acknowledged later")
		}
	}
}

func quick(t *testing.T, c net.Conn) (is bool) {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) {
		n, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK)
		is = err == nil && n != 0
	}))
	return is
}
