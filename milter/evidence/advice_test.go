package evidence

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"usher/milter/filter"
)

// TestWhatIsEasilyForgedIsTold: a mail server that is said to check, and does not, is told of at once, and is no flood.
func TestWhatIsEasilyForgedIsTold(t *testing.T) {
	claimed := letter{role: filter.Inbound, envelope: anns, from: anns.String()}
	proved, home, in := claimed, claimed, claimed
	proved.results, home.role, in.user = []string{passed}, filter.Local, "joe"
	anything := trust
	anything.Inbound = filter.Anything
	tests := []struct {
		name  string
		trust filter.Trust
		letter
		want []string
	}{
		{"no results", trust, claimed, []string{"times=1", "times=10", "times=100"}},
		{"results", trust, proved, nil},
		{"from our own machines", trust, home, nil},
		{"of somebody logged in", trust, in, nil},
		{"no server is said to check", filter.Trust{}, claimed, nil},
		{"nobody has to prove anything", anything, claimed, nil},
	}
	for _, tt := range tests {
		var log bytes.Buffer
		j := New(filter.Host{Trust: tt.trust}, true)
		j.Directory = office{}
		for range 120 {
			tx := tt.tx()
			tx.Log = slog.New(slog.NewTextHandler(&log, nil))
			if _, err := j.Organizer(t.Context(), tx, anns, nil); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, word := range strings.Fields(log.String()) {
			if strings.HasPrefix(word, "times=") {
				got = append(got, word)
			}
		}
		if !slices.Equal(got, tt.want) || strings.Count(log.String(), "\n") != len(tt.want) {
			t.Errorf("%s: told %v; want %v\n%s", tt.name, got, tt.want, log.String())
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, tt := range []struct {
		name      string
		trust     filter.Trust
		outsiders bool
		advised   bool
	}{
		{"outsiders without a server that checks", filter.Trust{}, true, true},
		{"with one", trust, true, false},
		{"nobody from outside", filter.Trust{}, false, false},
		{"as meant", filter.Trust{Inbound: filter.Anything}, true, false},
	} {
		if got := New(filter.Host{Trust: tt.trust}, tt.outsiders).Advice(); (got != "") != tt.advised {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
