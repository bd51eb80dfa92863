package filtertest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"usher/itip/imapcal"
	"usher/itip/imapcal/imaptest"
	"usher/milter/filter"
)

// Cuts plays cases whose calendars are on an IMAP server, and cuts the connection before, inside and after each
// command: once, or so that nothing of the server is heard until the mail comes again, or until all time is somebody
// else's by then. The mail is put off or handled. No answer ever tells what is not in the calendars, the last word of
// all is true in the end, and where nobody else came between the world is as it would be without the cut.
//
// The cases are of rooms alone, and of events that are answered as a whole.
func Cuts(t *testing.T, directory string, cases []string, defs ...filter.Definition) {
	for _, file := range cases {
		for _, writers := range []string{imapcal.ManyWriters, imapcal.OneWriter} {
			for how, c := range map[string]cutter{"once": {}, "until the mail comes again": {lasts: true}, "until the time is taken": {lasts: true, rival: true}} {
				if c.rival && writers == imapcal.OneWriter {
					continue // there is nobody else
				}
				name := fmt.Sprintf("%s, writers %s, %s", strings.TrimSuffix(filepath.Base(file), ".txtar"), writers, how)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					r := runner{c: load(t, file), directory: directory, defs: defs}
					c.runner, c.t, c.writers = r, t, writers
					c.prepare()
					c.everywhere()
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
	rival   bool // meanwhile somebody else takes all time there is
	server  *imaptest.Server
	client  *imapclient.Client
	names   []string // of all calendars
	tap     *imaptest.Tap
	want    *stage // the world in the end, where nothing is cut
	putOff  int    // how often the mail had to come again
}

// prepare starts the server, and learns how the case ends.
func (k *cutter) prepare() {
	k.server, k.names = imaptest.Memory(k.t), k.folders(k.t)
	k.tap, k.client = imaptest.NewTap(k.t, k.server.Addr), k.server.Client("")
	for _, name := range k.names {
		k.server.CreateShared(name)
	}
	k.want = k.stage(k.t)
	if _, err := k.want.play(k.t.Context(), k.c, k.want.world(calm)); err != nil {
		k.t.Fatal(err)
	}
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
	k.honest("nothing", w)
	k.compare("nothing", s)
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
	case k.rival:
		return 2
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
	switch {
	case temporary(first):
		k.again(what, s, w)
	case k.rival:
		return // it was handled before anybody came
	}
	if k.honest(what, w); !k.rival {
		k.compare(what, s)
	}
}

// again brings the mail that was put off once more.
func (k *cutter) again(what string, s *stage, w *witness) {
	k.t.Helper()
	k.putOff++
	s.later = retryAfter
	s.calendars.(*imapCalendars).age(retryAfter)
	if k.rival {
		k.intrude(w.calendars)
	}
	if p := k.play(s); temporary(p) {
		k.t.Errorf("after %s the retry is answered %s", what, p.outcome.Refuse)
	}
}

func temporary(p played) bool { return p.outcome.Refuse != nil && p.outcome.Refuse.Temporary() }
