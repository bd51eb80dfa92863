package addendum

import (
	"strings"
	"testing"
)

// FuzzSeen: in any HTML, a parser of documents finds the words where they are seen. A body that is hidden as a whole hides them,
// too, and a set of frames shows no words.
func FuzzSeen(f *testing.F) {
	f.Add("<body><table><tr><td>a<div hidden>b</body>")
	f.Fuzz(func(t *testing.T, doc string) {
		low := strings.ToLower(doc)
		if strings.Contains(low, "<body") || strings.Contains(low, "<html") || strings.Contains(low, "frameset") {
			return
		}
		in := read(t, "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"+doc)
		r, err := Add(in, everything, Options{})
		if err != nil || r.Mail == nil {
			return
		}
		if err := seen(r, everything.complete().marker()); err != nil {
			t.Error(err)
		}
	})
}
