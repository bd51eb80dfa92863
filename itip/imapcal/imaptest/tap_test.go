package imaptest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// through logs john in through a tap.
func through(t *testing.T, s *Server, tap *Tap) *imapclient.Client {
	t.Helper()
	c := dial(t, tap.Addr)
	if err := c.Authenticate(sasl.NewPlainClient(john, s.Admin, s.AdminPassword)); err != nil {
		t.Fatal(err)
	}
	return c
}

// put appends the mail to john's INBOX.
func put(c *imapclient.Client) error {
	cmd := c.Append("INBOX", int64(len(mail)), nil)
	cmd.Write(mail)
	cmd.Close()
	_, err := cmd.Wait()
	return err
}

// refused tells an answer NO from a lost connection.
func refused(err error) bool {
	no := (*imap.Error)(nil)
	return errors.As(err, &no)
}

func TestTapCuts(t *testing.T) {
	tests := []struct {
		name           string
		fault          Fault
		refused        bool // not cut off
		first, second  bool // whether these appends succeed for the client
		stored         int
		secondNeedsNew bool
	}{
		{"before", Fault{Command: "APPEND", N: 1, When: Before}, false, false, true, 1, true},
		{"inside", Fault{Command: "APPEND", N: 1, When: Inside}, false, false, true, 1, true},
		{"after", Fault{Command: "APPEND", N: 1, When: Done}, false, false, true, 2, true},
		{"the second", Fault{Command: "APPEND", N: 2, When: Done}, false, true, false, 2, false},
		{"each", Fault{Command: "APPEND", When: Before}, false, false, false, 0, true},
		{"another", Fault{Command: "UID STORE", When: Before}, false, true, true, 2, false},
		{"refused", Fault{Command: "APPEND", N: 1, Do: Refuse}, true, false, true, 1, false},
		{"later", Fault{Command: "APPEND", N: 1, When: Done, Do: Delay, For: 10 * time.Millisecond}, false, true, true, 2, false},
	}
	everywhere(t, func(t *testing.T, s *Server) {
		for _, tt := range tests {
			before := len(s.Messages(john, "INBOX"))
			tap := NewTap(t, s.Addr)
			tap.On(tt.fault)
			c := through(t, s, tap)
			err := put(c)
			if (err == nil) != tt.first || refused(err) != tt.refused {
				t.Errorf("%s: the first append: %v", tt.name, err)
			}
			if tt.secondNeedsNew {
				c = through(t, s, tap)
			}
			if err := put(c); (err == nil) != tt.second {
				t.Errorf("%s: the second append: %v", tt.name, err)
			}
			if n := len(s.Messages(john, "INBOX")) - before; n != tt.stored {
				t.Errorf("%s: %d messages were stored, want %d", tt.name, n, tt.stored)
			}
		}
	})
}

func TestTapKnowsTheCommands(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		tap := NewTap(t, s.Addr)
		c := through(t, s, tap)
		if err := put(c); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Select("INBOX", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		body := &imap.FetchItemBodySection{Peek: true}
		if all, err := c.Fetch(imap.UIDSet{{Start: 1}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{body}}).Collect(); err != nil || len(all) != 1 {
			t.Errorf("%d messages, %v", len(all), err)
		}
		idle, err := c.Idle()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(idle.Close(), idle.Wait()); err != nil {
			t.Error(err)
		}
		got := slices.DeleteFunc(tap.Commands(), func(name string) bool { return name == "CAPABILITY" })
		if want := []string{"AUTHENTICATE", "APPEND", "SELECT", "UID FETCH", "IDLE"}; !slices.Equal(got, want) {
			t.Errorf("commands %q, want %q", got, want)
		}
	})
}

func TestTapHangs(t *testing.T) {
	s := Memory(t)
	s.AddUser(john)
	for _, when := range []When{Before, Inside, Done} {
		tap := NewTap(t, s.Addr)
		tap.On(Fault{Command: "NOOP", When: when, Do: Hang})
		silent(t, through(t, s, tap), tap.Cut)
	}
	tap := NewTap(t, s.Addr)
	c := through(t, s, tap)
	tap.Freeze()
	silent(t, c, tap.Cut)
}

// silent tells whether a NOOP waits until something ends the connection.
func silent(t *testing.T, c *imapclient.Client, end func()) {
	t.Helper()
	answered := make(chan error, 1)
	go func() { answered <- c.Noop().Wait() }()
	select {
	case err := <-answered:
		t.Errorf("answered: %v", err)
	case <-time.After(50 * time.Millisecond):
		end()
		if err := <-answered; err == nil || refused(err) {
			t.Errorf("cut off, and yet answered: %v", err)
		}
	}
}

func TestTapThaws(t *testing.T) {
	s := Memory(t)
	s.AddUser(john)
	tap := NewTap(t, s.Addr)
	c := through(t, s, tap)
	tap.Freeze()
	time.AfterFunc(20*time.Millisecond, tap.Thaw)
	if err := c.Noop().Wait(); err != nil {
		t.Error(err)
	}
}

func TestTapCutsAfterBytes(t *testing.T) {
	s := Memory(t)
	s.AddUser(john)
	tap := NewTap(t, s.Addr)
	c := through(t, s, tap)
	tap.CutAfter(10)
	if err := c.Noop().Wait(); err == nil || refused(err) {
		t.Errorf("an answer of more than ten bytes came through: %v", err)
	}
	if err := through(t, s, tap).Noop().Wait(); err != nil {
		t.Errorf("the limit holds for one connection: %v", err)
	}
}

func TestTapTakesNobody(t *testing.T) {
	s := Memory(t)
	s.AddUser(john)
	tap := NewTap(t, s.Addr)
	tap.Refuse()
	if err := dial(t, tap.Addr).WaitGreeting(); err == nil {
		t.Error("greeted")
	}
	tap.Clear()
	through(t, s, tap)
}
