package filtertest

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"usher/itip/calendar"
	"usher/itip/imapcal"
	"usher/itip/imapcal/imaptest"
	"usher/milter/filter"
)

// Cuts plays cases whose calendars are on an IMAP server, and cuts the connection before, inside and after each
// command: once, and so that nothing of the server is heard from then on. The mail is put off or handled, never refused
// or left alone; when it comes again the world is as the case wants it; and no answer ever tells what is not in the calendars.
// The cases are of rooms alone, and of events that are answered as a whole.
func Cuts(t *testing.T, directory string, cases []string, defs ...filter.Definition) {
	for _, file := range cases {
		for _, writers := range []string{imapcal.ManyWriters, imapcal.OneWriter} {
			for _, lasts := range []bool{false, true} {
				name := fmt.Sprintf("%s writers %s lasting %v", strings.TrimSuffix(filepath.Base(file), ".txtar"), writers, lasts)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					r := runner{c: load(t, file), directory: directory, defs: defs}
					newCutter(t, r, writers, lasts).everywhere()
				})
			}
		}
	}
}

// cutter plays one case again and again.
type cutter struct {
	runner
	t       *testing.T
	writers string
	lasts   bool // the server stays away until the mail comes again
	server  *imaptest.Server
	client  *imapclient.Client
	names   []string // of all calendars
	tap     *imaptest.Tap
	want    *stage // the world in the end, where nothing is cut
	putOff  int    // how often the mail had to come again
}

func newCutter(t *testing.T, r runner, writers string, lasts bool) *cutter {
	k := &cutter{runner: r, t: t, writers: writers, lasts: lasts, server: imaptest.Memory(t), names: r.folders(t)}
	k.client = k.server.Client("")
	k.tap = imaptest.NewTap(t, k.server.Addr)
	for _, name := range k.names {
		k.server.CreateShared(name)
	}
	k.want = k.stage(t)
	if _, err := k.want.play(t.Context(), k.c, k.want.world(calm)); err != nil {
		t.Fatal(err)
	}
	return k
}

// everywhere plays the case undisturbed, and then with a cut at every command of that.
func (k *cutter) everywhere() {
	s, w, end := k.begin()
	defer end()
	before := len(k.tap.Commands())
	if p := k.play(s); temporary(p) {
		k.t.Fatalf("undisturbed it is put off: %s", p.outcome.Refuse)
	}
	commands := k.tap.Commands()[before:]
	k.compare("nothing", s, w)
	for i, name := range commands {
		if i%k.stride() > 0 {
			continue
		}
		for _, when := range []imaptest.When{imaptest.Before, imaptest.Inside, imaptest.Done} {
			k.cut(fmt.Sprintf("a cut at command %d (%s, %v)", i+1, name, when), i+1, when)
		}
	}
	k.t.Logf("%d commands, the mail came again %d times", len(commands), k.putOff)
	if k.lasts && k.putOff == 0 {
		k.t.Error("the server stays away, and no mail is put off")
	}
}

// stride leaves commands out: stores have tests of their own for what is cut once.
func (k *cutter) stride() int {
	switch {
	case testing.Short():
		return 7
	case k.lasts:
		return 1
	}
	return 3
}

// begin makes the calendars anew, and a process that has not seen them yet.
func (k *cutter) begin() (s *stage, w *witness, end func()) {
	c := &imapCalendars{t: k.t, server: k.server, client: k.client, names: k.names}
	c.empty()
	direct := openIMAP(k.t, k.server, k.server.Addr, imapcal.ManyWriters)
	k.fill(k.t, direct)
	tapped := openIMAP(k.t, k.server, k.tap.Addr, k.writers)
	c.Store = tapped
	s = k.stageOn(k.t, func(func() time.Time) calendars { return c })
	w = &witness{calendars: direct, directory: s.directory}
	s.outbox.Deliver = w.hear
	return s, w, func() {
		direct.Close()
		tapped.Close()
		s.directory.Close()
	}
}

func (k *cutter) play(s *stage) played {
	k.t.Helper()
	p, err := s.play(k.t.Context(), k.c, s.world(calm))
	if err != nil {
		k.t.Fatal(err)
	}
	return p
}

// cut lets the connection end at the nth command, and the mail come again if it was put off.
func (k *cutter) cut(what string, n int, when imaptest.When) {
	k.t.Helper()
	s, w, end := k.begin()
	defer end()
	k.tap.On(imaptest.Fault{N: n, When: when, Do: imaptest.Cut})
	if k.lasts {
		seen := 0
		k.tap.On(imaptest.Fault{Line: func(string) bool { seen++; return seen > n }, Do: imaptest.Cut})
	}
	first := k.play(s)
	k.tap.Clear()
	if temporary(first) {
		k.putOff++
		s.calendars.(*imapCalendars).age(retryAfter)
		s.later = retryAfter
		if again := k.play(s); temporary(again) {
			k.t.Errorf("after %s the retry is answered %s", what, again.outcome.Refuse)
		}
	}
	k.compare(what, s, w)
}

func temporary(p played) bool { return p.outcome.Refuse != nil && p.outcome.Refuse.Temporary() }

// compare holds the world against that of the calm play.
func (k *cutter) compare(after string, s *stage, w *witness) {
	k.t.Helper()
	objects := k.want.calendars.Snapshot()
	if got := s.calendars.Snapshot(); !reflect.DeepEqual(got, objects) {
		k.t.Errorf("after %s the calendars are\n%s\nwant\n%s", after, stored(got), stored(objects))
	}
	for name := range objects {
		got, want := k.busy(s, name), k.busy(k.want, name)
		if !reflect.DeepEqual(got, want) {
			k.t.Errorf("after %s the time that is taken in %s is %v; want %v", after, name, got, want)
		}
	}
	if got, want := s.outbox.Distinct(), k.want.outbox.Distinct(); !slices.Equal(got, want) {
		k.t.Errorf("after %s %q was sent; want %q", after, got, want)
	}
	if holds := s.calendars.Holds(); len(holds) > 0 {
		k.t.Errorf("after %s holds are left: %v", after, holds)
	}
	for _, lie := range w.lies {
		k.t.Errorf("after %s %s", after, lie)
	}
}

// busy is all time that is taken in a calendar in the year of the cases, as the process itself sees it.
func (k *cutter) busy(s *stage, name string) (taken []string) {
	k.t.Helper()
	year := calendar.Span{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	periods, _, err := s.calendars.Busy(k.t.Context(), name, year)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, p := range periods {
		taken = append(taken, fmt.Sprint(p.UID, p.From.UTC(), p.To.UTC()))
	}
	return taken
}
