package integration

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/itip/imapcal/imaptest"
)

// BenchmarkInvitationToReply is how long a sender waits whose invitation goes through Postfix, slapd and an IMAP server
// to a room with so many objects in its calendar: the medians of
//
//	answered-ms  from connecting until Postfix has taken the mail, which it does when all is done
//	reply-ms     from connecting until the room's answer is delivered
//
// cold-ms is the second for the first mail, when nothing is known of the calendar and no connection is open.
func BenchmarkInvitationToReply(b *testing.B) {
	for _, server := range []struct {
		name  string
		start func(testing.TB) *imaptest.Server
	}{{"cyrus", imaptest.Cyrus}, {"dovecot", imaptest.Dovecot}} {
		for _, stored := range []int{0, 1000, 20_000} {
			b.Run(fmt.Sprintf("%s/%d", server.name, stored), func(b *testing.B) {
				postfix.Need(b)
				imap := server.start(b)
				imap.CreateShared(blue)
				fillBlue(b, imap, stored)
				timeReplies(b, newIMAPSite(b, imap, imapOptions{}))
			})
		}
	}
}

// fillBlue books every other hour, as another client would.
func fillBlue(b *testing.B, server *imaptest.Server, n int) {
	b.Helper()
	client := server.Client("")
	write := asKolab(b)
	for i := range n {
		mail := write(object(b, next(fmt.Sprintf("stored-%d", i), 9+2*i)))
		cmd := client.Append(blue, int64(len(mail)), nil)
		if _, err := cmd.Write(mail); err != nil {
			b.Fatal(err)
		}
		if err := cmd.Close(); err != nil {
			b.Fatal(err)
		}
		if _, err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

func timeReplies(b *testing.B, s *imapSite) {
	var answered, replied []time.Duration
	hour := 8
	one := func() {
		m := next(fmt.Sprintf("timed-%d-", hour), hour)
		hour += 2
		began := time.Now()
		s.mustTake(m, "doe")
		answered = append(answered, time.Since(began))
		s.answer(m, "ACCEPTED", 1)
		replied = append(replied, time.Since(began))
	}
	one()
	cold := replied[0]
	answered, replied = nil, nil
	for b.Loop() {
		one()
	}
	b.ReportMetric(milliseconds(cold), "cold-ms")
	b.ReportMetric(median(answered), "answered-ms")
	b.ReportMetric(median(replied), "reply-ms")
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return milliseconds(all[len(all)/2])
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
