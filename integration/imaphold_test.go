package integration

import (
	"syscall"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/itip/imapcal/imaptest"
)

// TestIMAPHoldLeft: usher is killed between its hold and the booking. Its rival waits and is deferred, for the hour may
// be somebody's; the sender who tries again, when it is sure that the killed one is dead, gets it. A hold whose sender
// never does is in nobody's way for good. Time goes by in that holds are put back with older dates.
func TestIMAPHoldLeft(t *testing.T) {
	postfix.Need(t)
	server := imaptest.Cyrus(t)
	server.CreateShared(blue)
	tap := imaptest.NewTap(t, server.Addr)
	s := newIMAPSite(t, server, imapOptions{addr: tap.Addr, config: "limits: {deadline: 3s}\n"})
	john, claire := rivals("left", 10)

	tap.On(imaptest.Fault{Command: "UID STORE", When: imaptest.Before, Do: imaptest.Hang})
	answered := make(chan bool)
	go func() { answered <- s.invite(john, "doe").Taken() }()
	left := s.awaitHold()
	s.stop(syscall.SIGKILL)
	if <-answered {
		t.Error("a mail was taken by an usher that was killed over it")
	}
	tap.Clear()
	server.Age("", blue, left, 2*time.Minute)
	s.start()
	if o := s.invite(claire, "martin"); o.Data.Code != 451 {
		t.Errorf("the rival was answered %+v; want 451", o)
	}
	s.mustTake(john, "doe")
	s.answer(john, "ACCEPTED", 1)
	s.mustTake(claire, "martin")
	s.answer(claire, "DECLINED", 1)
	s.wantBooked(1)

	john.Method, john.Sequence = "CANCEL", 1
	s.mustTake(john, "doe")
	server.Age("", blue, left, time.Hour)
	claire.Sequence = 1
	s.mustTake(claire, "martin")
	s.answer(claire, "ACCEPTED", 1)
	s.wantBooked(1)
}

// awaitHold waits until somebody holds and has not booked.
func (s *imapSite) awaitHold() imaptest.Message {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if bookings, holds := s.inFolder(); len(holds) == 1 && len(bookings) == 0 {
			return holds[0]
		}
	}
	s.t.Fatal("nobody holds")
	return imaptest.Message{}
}
