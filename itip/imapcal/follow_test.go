package imapcal

import (
	"slices"
	"testing"

	"github.com/emersion/go-imap/v2"
)

// TestFollow has others change a folder, and holds that a server that counts changes is asked for the list of all
// messages only when one went away.
func TestFollow(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			c := configOf(t, server)
			cal := room(server)
			s, other := open(t, c, Options{}), open(t, c, Options{})
			hand := server.Client("")
			if _, err := hand.Select(cal, nil).Wait(); err != nil {
				t.Fatal(err)
			}
			flag := func(op imap.StoreFlagsOp, flag imap.Flag) {
				t.Helper()
				err := hand.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: op, Flags: []imap.Flag{flag}, Silent: true}, nil).Close()
				if err != nil {
					t.Fatal(err)
				}
			}
			lists := func(most int64, uids ...string) {
				t.Helper()
				before := s.Stats().Lists
				if got := taken(t, s, cal); !slices.Equal(got, uids) {
					t.Errorf("taken %q; want %q", got, uids)
				}
				if n := s.Stats().Lists - before; name != "memory" && n > most {
					t.Errorf("%d lists; want %d", n, most)
				}
			}
			lists(1)
			must(t, book(t.Context(), other, claim(cal, "a", "09:00", "10:00")))
			lists(0, "a@09:00")
			lists(0, "a@09:00")
			flag(imap.StoreFlagsAdd, imap.FlagSeen)
			lists(0, "a@09:00")
			hold, err := other.Hold(t.Context(), claim(cal, "b", "11:00", "12:00"))
			must(t, err)
			lists(0, "a@09:00")
			must(t, hold.Confirm(t.Context()))
			lists(0, "a@09:00", "b@11:00")
			must(t, book(t.Context(), s, claim(cal, "c", "13:00", "14:00")))
			lists(0, "a@09:00", "b@11:00", "c@13:00")
			flag(imap.StoreFlagsAdd, imap.FlagDeleted)
			lists(1, "b@11:00", "c@13:00")
			flag(imap.StoreFlagsDel, imap.FlagDeleted)
			lists(1, "a@09:00", "b@11:00", "c@13:00")
			moved := claim(cal, "a", "15:00", "16:00")
			_, _, moved.Base, err = other.Find(t.Context(), cal, "a")
			must(t, err)
			must(t, book(t.Context(), other, moved))
			lists(1, "b@11:00", "c@13:00", "a@15:00")
			_, _, v, err := s.Find(t.Context(), cal, "b")
			must(t, err)
			before := s.Stats().Lists
			must(t, s.Delete(t.Context(), cal, "b", v))
			if n := s.Stats().Lists - before; name != "memory" && n > 0 {
				t.Errorf("%d lists to see what we have removed ourselves", n)
			}
			lists(0, "c@13:00", "a@15:00")
			// One comes and one goes: there are as many as before.
			_, _, v, err = other.Find(t.Context(), cal, "c")
			must(t, err)
			must(t, other.Delete(t.Context(), cal, "c", v))
			must(t, book(t.Context(), other, claim(cal, "d", "17:00", "18:00")))
			lists(1, "a@15:00", "d@17:00")
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
