package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// child is a milter we started.
type child struct {
	cmd *exec.Cmd
	log string // file of what it prints
	end chan struct{}
}

// startChild runs a milter and waits until somebody answers at an address, the last that it opens. What it prints
// goes to a file, as a log does.
func startChild(network, address, log, name string, args ...string) (*child, error) {
	c := &child{cmd: exec.Command(name, args...), log: log, end: make(chan struct{})}
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	c.cmd.Stdout, c.cmd.Stderr = out, out
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.cmd.Wait()
		close(c.end)
	}()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial(network, address); err == nil {
			return c, conn.Close()
		}
		select {
		case <-c.end:
			return nil, fmt.Errorf("%s ended: %s", name, c.said())
		default:
		}
		if time.Now().After(deadline) {
			c.stop()
			return nil, fmt.Errorf("%s does not answer on %s: %s", name, address, c.said())
		}
	}
}

// said is the end of what the milter printed.
func (c *child) said() []byte {
	log, _ := os.ReadFile(c.log)
	return log[max(0, len(log)-2000):]
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// stop asks the milter to end, and makes it.
func (c *child) stop() {
	c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.end:
	case <-time.After(10 * time.Second):
		c.cmd.Process.Kill()
		<-c.end
	}
}
