package imapcal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"go.uber.org/goleak"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

// The test binary runs itself with this variable set to a job, as JSON, to be another process.
const processVar = "USHER_IMAPCAL_PROCESS"

func TestMain(m *testing.M) {
	if text := os.Getenv(processVar); text != "" {
		var j job
		if err := errors.Join(json.Unmarshal([]byte(text), &j), j.run()); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	if !given("test.parallel") { // most of what is parallel waits for holds to age, and needs no processor for that
		_ = flag.Set("test.parallel", "12")
	}
	goleak.VerifyTestMain(m)
}

func given(name string) (yes bool) {
	flag.Visit(func(f *flag.Flag) { yes = yes || f.Name == name })
	return yes
}

// full asks for as many attempts in collections, and as many processes that are killed, as we ever tried.
var full = flag.Bool("full", false, "race and kill as often as it takes, which lasts minutes")

// job is the life of another process.
type job struct {
	Config    Config
	Calendars []string // a collection, whose members are tried in any order
	Name      string
	Seed      int64
	Attempts  int  // to book the one slot; 0: book and free until killed
	Fickle    bool // the first half thinks better of it now and then
}

func (j job) run() error {
	s, err := Open(j.Config, shortLife)
	if err != nil {
		return err
	}
	defer s.Close()
	rnd := rand.New(rand.NewSource(j.Seed))
	refused := 0
	for try := 0; try < j.Attempts || j.Attempts == 0; try++ {
		err := j.attempt(s, rnd, try)
		if answer := new(imap.Error); errors.As(err, &answer) && refused < maxRefused {
			refused++ // a busy server may say NO, as Cyrus does on some file systems; a sender would come back
			fmt.Println(serverSaid, err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxRefused bounds how many attempts of a process the server may refuse; none of them books anything.
const maxRefused = 5

// serverSaid begins the lines that tell of it.
const serverSaid = "server said:"

// attempt tries to book the slot in one of the calendars, and tells of it on standard output once it has it.
func (j job) attempt(s *Store, rnd *rand.Rand, try int) error {
	uid := fmt.Sprintf("%s-%d", j.Name, try)
	for _, i := range rnd.Perm(len(j.Calendars)) {
		cal := j.Calendars[i]
		h, err := s.Hold(context.Background(), claim(cal, uid, "09:00", "10:00"))
		if errors.Is(err, calendar.ErrStale) {
			continue
		}
		if err != nil {
			return err
		}
		if j.Fickle && try < j.Attempts/2 && rnd.Intn(4) > 0 {
			return h.Withdraw(context.Background())
		}
		err = h.Confirm(context.Background())
		if errors.Is(err, calendar.ErrStale) {
			continue
		}
		if err != nil {
			return err
		}
		if j.Attempts == 0 {
			return free(s, cal, uid)
		}
		fmt.Println("booked", cal, uid)
		return nil
	}
	return nil
}

// free makes sure that a booking is the only one, and deletes it.
func free(s *Store, cal, uid string) error {
	ps, _, err := s.Busy(context.Background(), cal, calendartest.Between("09:00", "10:00"))
	if err != nil || len(ps) != 1 || ps[0].UID != uid {
		return fmt.Errorf("%s has %s, but %v, %v", uid, cal, ps, err)
	}
	_, _, v, err := s.Find(context.Background(), cal, uid)
	if err != nil {
		return err
	}
	return s.Delete(context.Background(), cal, uid, v)
}

// start runs a job in another process; what it says is given when it ends.
func (j job) start(t *testing.T, heard func(line string)) (*exec.Cmd, <-chan struct{}) {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), processVar+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			heard(lines.Text())
		}
		_ = cmd.Wait()
	}()
	return cmd, done
}

const processes = 4

// race lets four processes try at once and gives what was booked: by calendar, as the processes said.
func race(t *testing.T, j job) map[string][]string {
	t.Helper()
	var mu sync.Mutex
	booked := map[string][]string{}
	var all []<-chan struct{}
	for i := range processes {
		j.Name, j.Seed = fmt.Sprintf("p%d", i), int64(i)
		_, done := j.start(t, func(line string) {
			mu.Lock()
			defer mu.Unlock()
			if strings.HasPrefix(line, serverSaid) {
				t.Log(line)
				return
			}
			words := strings.Fields(line)
			if len(words) != 3 || words[0] != "booked" {
				t.Error(line)
				return
			}
			booked[words[1]] = append(booked[words[1]], words[2])
		})
		all = append(all, done)
	}
	for _, done := range all {
		<-done
	}
	return booked
}

// TestProcessesRace has four processes want one slot, of one room and of a collection of ten.
func TestProcessesRace(t *testing.T) {
	for name, start := range realServers() {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			c := configOf(t, server)
			for _, rooms := range []int{1, 10, 0} {
				if rooms == 0 { // each of them believes that it books alone
					rooms, c.Writers = 1, OneWriter
				}
				var cals []string
				for range rooms {
					cals = append(cals, room(server))
				}
				began := time.Now()
				n := tries(250)
				if rooms > 1 && !*full {
					n = tries(50) // each of which tries every room
				}
				booked := race(t, job{Config: c, Calendars: cals, Attempts: n, Fickle: true})
				t.Logf("%d rooms: %d attempts in %v", rooms, processes*n, time.Since(began))
				s := open(t, c, shortLife)
				for _, cal := range cals {
					if got := taken(t, s, cal); len(booked[cal]) != 1 || len(got) != 1 || got[0] != booked[cal][0]+"@09:00" {
						t.Errorf("%s: booked for %q, taken by %q", cal, booked[cal], got)
					}
					if left := server.Messages("", cal); len(left) != 1 {
						t.Errorf("%s: %d messages", cal, len(left))
					}
				}
			}
		})
	}
}

func realServers() map[string]func(testing.TB) *imaptest.Server {
	return map[string]func(testing.TB) *imaptest.Server{"dovecot": imaptest.Dovecot, "cyrus": imaptest.Cyrus}
}

func tries(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// TestProcessesKilled kills processes at any moment and starts others, and then looks whether a slot was ever given
// to two, and whether a dead process keeps one for good.
func TestProcessesKilled(t *testing.T) {
	for name, start := range realServers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			c := configOf(t, server)
			cals := []string{room(server), room(server), room(server)}
			rnd := rand.New(rand.NewSource(1))
			var wg sync.WaitGroup
			kills := tries(40)
			if *full {
				kills = 400
			}
			for i := range kills {
				j := job{Config: c, Calendars: cals, Name: fmt.Sprintf("k%d", i), Seed: int64(i)}
				cmd, done := j.start(t, func(line string) {
					if !strings.HasPrefix(line, serverSaid) {
						t.Error(line)
					}
				})
				wg.Go(func() { <-done })
				time.AfterFunc(time.Duration(200+rnd.Intn(800))*time.Millisecond, func() { _ = cmd.Process.Kill() })
				time.Sleep(time.Duration(rnd.Intn(300)) * time.Millisecond)
			}
			wg.Wait()
			s := open(t, c, shortLife)
			for _, cal := range cals {
				endsFree(t, s, cal)
				for _, m := range server.Messages("", cal) {
					if !hasFlag(m.Flags, imap.FlagDeleted) { // killed before it was expunged
						t.Errorf("%s: message %d left, flags %v", cal, m.UID, m.Flags)
					}
				}
			}
		})
	}
}

// endsFree wants a calendar to have at most one booking, of a process that was killed before it freed it, and to be
// had by nobody else's hold for ever.
func endsFree(t *testing.T, s *Store, cal string) {
	t.Helper()
	got := taken(t, s, cal)
	if len(got) > 1 {
		t.Fatalf("%s: %v", cal, got)
	}
	for _, who := range got {
		uid, _, _ := strings.Cut(who, "@")
		if err := free(s, cal, uid); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h, err := s.Hold(ctx, claim(cal, "last", "09:00", "10:00"))
	if err != nil {
		t.Fatalf("%s: %v", cal, err)
	}
	if err := h.Withdraw(ctx); err != nil {
		t.Fatal(err)
	}
}
