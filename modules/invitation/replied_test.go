package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/world"
)

func decoder(t *testing.T, settings string) func(any) error {
	return func(into any) error {
		if settings == "" {
			return nil
		}
		return config.Decode("invitation", t.TempDir(), []byte(settings), into)
	}
}

// staff is a boss who follows answers, and attendees whose names begin with what they do: auto answer by themselves.
func staff(names ...string) (ldif, attendees string) {
	ldif = someone("boss", "example.org", "ALL_UPDATE_AND_NOTIFY")
	attendees = "ORGANIZER:mailto:boss@example.org"
	for _, name := range names {
		if strings.HasPrefix(name, "auto") {
			ldif += someone(name, "example.org", "ALL_ACCEPT")
		} else {
			ldif += someone(name, "example.org", "ALL_SAVE_TO_FOLDER")
		}
		attendees += "\r\nATTENDEE;RSVP=TRUE:mailto:" + name + "@example.org"
	}
	return ldif, attendees
}

// orders are all orders of names.
func orders(names []string) (all [][]string) {
	if len(names) == 0 {
		return [][]string{nil}
	}
	for i, first := range names {
		rest := append(append([]string{}, names[:i]...), names[i+1:]...)
		for _, o := range orders(rest) {
			all = append(all, append([]string{first}, o...))
		}
	}
	return all
}

// TestSummariesAreGathered: in whichever order three automatic answers and that of a person come, there is one summary
// after the last automatic one, and one when the person answers.
func TestSummariesAreGathered(t *testing.T) {
	names := []string{"auto1", "auto2", "auto3", "hand"}
	people, attendees := staff(names...)
	for _, order := range orders(names) {
		h := newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}))
		h.put(t, "boss@example.org", object("", "u1", attendees))
		automatic, want := 0, 0
		for _, who := range order {
			if o := h.answer(t, "u1", who, "ACCEPTED"); !o.Discard {
				t.Fatalf("%v: %s: %v: %s", order, who, o.Refuse, o.Why())
			}
			if who == "hand" {
				want++
			} else if automatic++; automatic == 3 {
				want++
			}
			if got := h.sent(); len(got) != want {
				t.Errorf("%v: %d summaries after %s, want %d", order, len(got), who, want)
			}
		}
		last := string(h.outbox.Mails()[len(h.outbox.Mails())-1].Data)
		if strings.Contains(last, "Pending") || strings.Count(last, "<auto") != 0 && !strings.Contains(last, "Accepted") {
			t.Errorf("%v: at last the boss reads\n%s", order, last)
		}
	}
}

// TestRepliesAtOnce: forty people answer at the same moment. Everybody is noted, in the boss's calendar and in the
// copies of the others, and the last of them brings the one summary.
func TestRepliesAtOnce(t *testing.T) {
	const many = 40
	var names []string
	for i := range many {
		names = append(names, fmt.Sprintf("auto%02d", i))
	}
	people, attendees := staff(names...)
	for hosts := 1; hosts <= 2; hosts++ {
		t.Run(fmt.Sprintf("%d hosts", hosts), func(t *testing.T) {
			store := calendar.NewMemory(calendar.Options{})
			var all []*host
			for range hosts {
				all = append(all, newHost(t, "example.org", people, "", store))
			}
			all[0].put(t, "boss@example.org", object("", "u1", attendees))
			copies := names[:5]
			for _, who := range copies {
				all[0].put(t, who+"@example.org", object("", "u1", attendees))
			}
			var wg sync.WaitGroup
			for i, who := range names {
				wg.Go(func() {
					for range many { // what is refused for now comes back
						o := all[i%hosts].answer(t, "u1", who, "TENTATIVE")
						if o.Discard {
							return
						}
						if hosts == 1 || o.Refuse == nil || !o.Refuse.Temporary() {
							t.Errorf("%s: %v after %d attempts: %s", who, o.Refuse, o.Attempts, o.Why())
							return
						}
					}
					t.Errorf("%s: never taken", who)
				})
			}
			wg.Wait()
			for _, cal := range append([]string{"boss"}, copies...) {
				is := all[0].partstats(t, cal+"@example.org", "u1")
				for _, who := range names {
					if want := map[bool]string{true: itip.NeedsAction, false: itip.Tentative}[who == cal]; is[who] != want {
						t.Errorf("the calendar of %s: %s is %s, want %s", cal, who, is[who], want)
					}
				}
			}
			seen := map[string]bool{}
			for _, h := range all {
				for _, m := range h.outbox.Mails() {
					seen[m.MessageID()] = true
				}
			}
			if len(seen) != 1 {
				t.Errorf("%d different summaries, want 1", len(seen))
			}
		})
	}
}

var errCrash = errors.New("crash")

// TestCrashOvertakenByAnother: an answer is noted, and all else it was to do is lost in a crash. Before its mail comes
// again another answer has taken its mark. Nothing is missing in the end.
func TestCrashOvertakenByAnother(t *testing.T) {
	people, attendees := staff("hand1", "hand2", "hand3")
	for _, after := range []string{"put:boss@example.org/u1:done", "put:hand3@example.org/u1:done", "send:"} {
		dead := false
		h := newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}), world.WithStep(func(point string) error {
			if dead = dead || strings.HasPrefix(point, after); dead {
				return errCrash
			}
			return nil
		}))
		for _, who := range []string{"boss", "hand1", "hand2", "hand3"} {
			h.put(t, who+"@example.org", object("", "u1", attendees))
		}
		if o := h.answer(t, "u1", "hand1", "ACCEPTED"); o.Refuse == nil || !o.Refuse.Temporary() {
			t.Fatalf("after a crash at %s: %+v", after, o.Refuse)
		}
		h = h.again()
		if o := h.answer(t, "u1", "hand2", "DECLINED"); !o.Discard {
			t.Fatalf("hand2: %v", o.Refuse)
		}
		kept := string(h.event(t, "boss@example.org", "u1").Encode())
		o := h.answer(t, "u1", "hand1", "ACCEPTED")
		if !o.Discard {
			t.Fatalf("hand1 again: %v", o.Refuse)
		}
		if is := string(h.event(t, "boss@example.org", "u1").Encode()); is != kept {
			t.Errorf("what was known is written again:\n%s\nand then\n%s", kept, is)
		}
		if is, want := fmt.Sprint(h.partstats(t, "boss@example.org", "u1"), h.partstats(t, "hand2@example.org", "u1"), h.partstats(t, "hand3@example.org", "u1")),
			"map[hand1:ACCEPTED hand2:DECLINED hand3:NEEDS-ACTION] map[hand1:ACCEPTED hand2:NEEDS-ACTION hand3:NEEDS-ACTION] map[hand1:ACCEPTED hand2:DECLINED hand3:NEEDS-ACTION]"; is != want {
			t.Errorf("after a crash at %s:\n%s, want\n%s", after, is, want)
		}
		if n := len(h.outbox.Distinct()); n != 1 {
			t.Errorf("after a crash at %s: %d different summaries, want the one of the state that both answers made", after, n)
		}
	}
}

// TestLateRetry: a retry goes by what was decided first, and not by the time that has passed since.
func TestLateRetry(t *testing.T) {
	people, attendees := staff("auto1", "auto2")
	h := newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}))
	h.put(t, "boss@example.org", object("", "u1", attendees))
	for _, after := range []time.Duration{0, 3 * time.Hour} {
		o := h.receive(t, filter.Envelope{Role: filter.Submission, User: "auto1", From: "auto1@example.org", Time: morning.Add(after)},
			imipMail(t, "auto1@example.org", "boss@example.org", "REPLY", "u1", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:auto1@example.org"), "boss@example.org")
		if !o.Discard || len(h.sent()) > 0 {
			t.Errorf("after %v: %d summaries, %v: %s", after, len(h.sent()), o.Refuse, o.Why())
		}
	}
}

// TestAnswersTakenBack: to return to an earlier answer is news, too.
func TestAnswersTakenBack(t *testing.T) {
	people, attendees := staff("hand")
	h := newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}))
	h.put(t, "boss@example.org", object("", "u1", attendees))
	for n, partstat := range []string{"ACCEPTED", "DECLINED", "ACCEPTED"} {
		mail := imipMail(t, "hand@example.org", "boss@example.org", "REPLY", "u1", "ATTENDEE;PARTSTAT="+partstat+":mailto:hand@example.org")
		mail = rewritten(t, mail, "T074500Z", fmt.Sprintf("T0746%02dZ", n))
		o := h.receive(t, filter.Envelope{Role: filter.Submission, User: "hand", From: "hand@example.org"}, mail, "boss@example.org")
		if !o.Discard || len(h.sent()) != n+1 {
			t.Errorf("%d summaries after %s: %s", len(h.sent()), partstat, o.Why())
		}
	}
}

// broken is a store in which some calendars cannot be read.
type broken struct {
	calendar.Store
	mu   sync.Mutex
	user string
}

func (b *broken) Folders(ctx context.Context, user string) ([]calendar.Folder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if user == b.user {
		return nil, calendar.ErrUnreadable
	}
	return b.Store.Folders(ctx, user)
}

// TestUnreadableCopy: the calendar of one attendee is out of order. The organizer's is not held up, the log names who
// was left out, and the next answer brings everything. The organizer's own calendar is an error.
func TestUnreadableCopy(t *testing.T) {
	people, attendees := staff("hand1", "hand2", "hand3")
	store := &broken{Store: calendar.NewMemory(calendar.Options{}), user: "hand3@example.org"}
	h := newHost(t, "example.org", people, "", store)
	for _, who := range []string{"boss", "hand2", "hand3"} {
		h.put(t, who+"@example.org", object("", "u1", attendees))
	}
	o := h.answer(t, "u1", "hand1", "ACCEPTED")
	if !o.Discard || !strings.Contains(o.Why(), "not passed on to hand3") {
		t.Errorf("%v: %s", o.Refuse, o.Why())
	}
	if is := h.partstats(t, "boss@example.org", "u1")["hand1"] + " " + h.partstats(t, "hand2@example.org", "u1")["hand1"]; is != "ACCEPTED ACCEPTED" {
		t.Errorf("hand1 is %s", is)
	}
	store.user = ""
	h.answer(t, "u1", "hand2", "DECLINED")
	if is := h.partstats(t, "hand3@example.org", "u1"); is["hand1"] != itip.Accepted || is["hand2"] != itip.Declined {
		t.Errorf("hand3 reads %v", is)
	}
	store.user = "boss@example.org"
	if o := h.answer(t, "u1", "hand3", "ACCEPTED"); o.Refuse == nil || !o.Refuse.Temporary() {
		t.Errorf("an answer that could not be noted: %v %s", o.Refuse, o.Why())
	}
}

// failing is a directory that does not answer questions with a word in them.
type failing struct {
	ldapdir.Backend
	word string
}

func (f failing) Search(ctx context.Context, q ldapdir.Query) ([]ldapdir.Raw, error) {
	if strings.Contains(q.Filter, f.word) {
		return nil, errors.New("connection refused")
	}
	return f.Backend.Search(ctx, q)
}

// TestDirectoryDuringReplies: that the directory does not answer is never taken for "nobody", whoever is asked for: the
// answer comes again, and nothing of it has happened.
func TestDirectoryDuringReplies(t *testing.T) {
	people, attendees := staff("auto1", "auto2", "hand")
	people += someone("other", "example.org") + "kolabDelegate: boss\n"
	for name, tt := range map[string]struct{ word, settings, uid, who string }{
		"whose copy it is":            {"(mail=hand@", "", "u1", "auto1"},
		"who answers by himself":      {"(mail=auto2@", "update_attendees: false", "u1", "auto1"},
		"in whose list somebody is":   {"(mail=hand@", "", "u1", "other"},
		"who names him as delegate":   {"(kolabDelegate=", "", "u2", "auto1"},
		"nothing that is asked about": {"(mail=nobody@", "", "u1", "auto1"},
	} {
		open := func(p ldapdir.Profile, log *slog.Logger) (ldapdir.Backend, error) {
			b, err := ldif.Open(p, log)
			return failing{b, tt.word}, err
		}
		h := newHostOn(t, open, "example.org", people, tt.settings, calendar.NewMemory(calendar.Options{}))
		h.put(t, "boss@example.org", object("", "u1", attendees))
		before := string(h.event(t, "boss@example.org", "u1").Encode())
		o := h.answer(t, tt.uid, tt.who, "ACCEPTED")
		if name == "nothing that is asked about" {
			if !o.Discard {
				t.Errorf("%s: %v: %s", name, o.Refuse, o.Why())
			}
			continue
		}
		if o.Refuse == nil || !o.Refuse.Temporary() || string(h.event(t, "boss@example.org", "u1").Encode()) != before {
			t.Errorf("%s: %v: %s", name, o.Refuse, o.Why())
		}
	}
}

// TestReplyBounds: one answer is passed on to so many, and looked for in the calendars of so many delegators, and no
// further; explain tells.
func TestReplyBounds(t *testing.T) {
	var names []string
	for i := range 105 {
		names = append(names, fmt.Sprintf("hand%03d", i))
	}
	people, attendees := staff(names...)
	h := newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}))
	for _, who := range append([]string{"boss"}, names...) {
		h.put(t, who+"@example.org", object("", "u1", attendees))
	}
	o := h.answer(t, "u1", names[0], "ACCEPTED")
	if n := len(o.Effects); !o.Discard || n != 1+99+1 { // who has answered is one of the hundred, and knows
		t.Errorf("%d effects, %v: %s", n, o.Refuse, o.Why())
	}
	if notes := strings.Join(o.Reasons[0].Plan.Notes, "\n"); !strings.Contains(notes, "the first 100 attendees only") {
		t.Errorf("explain tells\n%s", notes)
	}
	people, attendees = staff("hand")
	for i := range 25 {
		people += someone(fmt.Sprintf("z%02d", i), "example.org") + "kolabDelegate: boss\n"
	}
	people += "\ndn: cn=aroom,dc=example,dc=org\nobjectClass: device\nobjectClass: kolabSharedFolder\nobjectClass: kolabResource\nobjectClass: mailRecipient\n" +
		"cn: aroom\nmail: aroom@example.org\nkolabTargetFolder: aroom@example.org\nkolabDelegate: boss\n"
	h = newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}))
	h.put(t, "aroom@example.org", object("", "u1", attendees))
	h.put(t, "z18@example.org", object("", "u1", attendees))
	h.put(t, "z19@example.org", object("", "u2", attendees))
	if o := h.answer(t, "u1", "hand", "ACCEPTED"); !o.Discard || h.partstats(t, "aroom@example.org", "u1")["hand"] != itip.NeedsAction {
		t.Errorf("in the twentieth calendar, after that of a room, which is none of a person: %s", o.Why())
	}
	if o := h.answer(t, "u2", "hand", "ACCEPTED"); o.Discard || !strings.Contains(o.Why(), "nothing that is in the calendar") {
		t.Errorf("in the twenty-first calendar: %s", o.Why())
	}
}

// TestCrowd: where many are invited, answers that are given automatically are brought to the copies of others with the
// last of them, so that n answers do not write n copies each; where few are, and when somebody decides himself, at once.
func TestCrowd(t *testing.T) {
	for _, many := range []bool{false, true} {
		names := []string{"hand"}
		for i := range map[bool]int{false: 3, true: 14}[many] {
			names = append(names, fmt.Sprintf("auto%d", i))
		}
		people, attendees := staff(names...)
		h := newHost(t, "example.org", people, "", calendar.NewMemory(calendar.Options{}))
		for _, who := range append([]string{"boss"}, names...) {
			h.put(t, who+"@example.org", object("", "u1", attendees))
		}
		for i, who := range names[1:] {
			h.answer(t, "u1", who, "ACCEPTED")
			last := i == len(names)-2
			if told := h.partstats(t, "hand@example.org", "u1")[who] == itip.Accepted; told != (last || !many) {
				t.Errorf("many %v: hand reads %v after answer %d of %d", many, told, i+1, len(names)-1)
			}
		}
		for _, who := range names[1:] {
			if is := h.partstats(t, "hand@example.org", "u1")[who]; is != itip.Accepted {
				t.Errorf("many %v: in the end hand reads that %s is %s", many, who, is)
			}
		}
		h.answer(t, "u1", "hand", "DECLINED")
		if is := h.partstats(t, "auto0@example.org", "u1")["hand"]; is != itip.Declined {
			t.Errorf("many %v: auto0 reads that hand is %s", many, is)
		}
	}
}
