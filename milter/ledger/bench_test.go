package ledger

import (
	"fmt"
	"testing"
	"time"
)

// full has a hundred thousand accounts with twenty mails each.
func full(b *testing.B) *Ledger {
	b.Helper()
	l, _ := open(b, b.TempDir())
	for m := range 20 {
		for i := range 100_000 {
			at := noon.Add(time.Duration(m)*time.Hour + time.Duration(i)*time.Millisecond)
			l.book.charge(fmt.Sprint("user", i), "rcpt", at.UnixMicro(), 1)
		}
	}
	b.ResetTimer()
	return l
}

func BenchmarkUsed(b *testing.B) {
	l := full(b)
	now := noon.Add(20 * time.Hour)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if l.Used("user4711", "rcpt", 24*time.Hour, now).Used != 20 {
				b.Error("not 20")
			}
			l.Suspended("user4711")
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	l := full(b)
	at := noon.Add(20 * time.Hour)
	for i := range b.N {
		l.Add(charged1(fmt.Sprint("user", i%100_000), "rcpt", 1, at.Add(time.Duration(i)*time.Microsecond)))
	}
}
