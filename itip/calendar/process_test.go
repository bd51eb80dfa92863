package calendar_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
)

// The test binary runs itself with this variable set to "<what> <folder> <name>" to be another process.
const processVar = "USHER_CALENDAR_PROCESS"

func TestMain(m *testing.M) {
	if what := os.Getenv(processVar); what != "" {
		if err := process(strings.Fields(what)); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	processes = 4
	slots     = 8
)

// shortLife lets holds of killed processes expire while the test runs.
var shortLife = calendar.Options{HoldLife: 2 * time.Second, ConfirmWithin: time.Second}

// process is the life of another process: "race" makes a hundred attempts for one slot, "work" books and
// frees slots until it is killed. Every booking is told on standard output after it is confirmed.
func process(args []string) error {
	what, folder, name := args[0], args[1], args[2]
	options := calendar.Options{}
	if what == "work" {
		options = shortLife
	}
	d, err := calendar.OpenDir(folder, options)
	if err != nil {
		return err
	}
	seed, _ := strconv.ParseInt(name, 10, 64)
	rnd := rand.New(rand.NewSource(seed))
	for try := 0; what == "work" || try < 100; try++ {
		slot := 0
		if what == "work" {
			slot = rnd.Intn(slots)
		}
		late := what == "race" && try >= 50
		if err := attempt(d, rnd, fmt.Sprintf("%s-%d", name, try), slot, late); err != nil {
			return err
		}
	}
	return nil
}

// attempt tries to book a slot. Unless it is late, it may think better of it, and frees what it has booked.
func attempt(d *calendar.Dir, rnd *rand.Rand, uid string, slot int, late bool) error {
	h, err := d.Hold(background, claim(uid, slot))
	if errors.Is(err, calendar.ErrStale) {
		return nil
	}
	if err != nil {
		return err
	}
	if !late && rnd.Intn(2) == 0 {
		return h.Withdraw(background)
	}
	err = h.Confirm(background)
	if errors.Is(err, calendar.ErrStale) {
		return nil
	}
	if err != nil {
		return err
	}
	if late {
		fmt.Println("booked", uid, slot)
		return nil
	}
	ps, _, err := d.Busy(background, room, calendar.Span{From: from(slot), To: from(slot + 1)})
	if err != nil || len(ps) != 1 || ps[0].UID != uid {
		return fmt.Errorf("%s has slot %d, but %v, %v", uid, slot, ps, err)
	}
	_, _, v, err := d.Find(background, room, uid)
	if err != nil {
		return err
	}
	return d.Delete(background, room, uid, v)
}

func from(slot int) time.Time { return calendartest.At("09:00").Add(time.Duration(slot) * time.Hour) }

func claim(uid string, slot int) calendar.Put {
	hour := func(n int) string { return fmt.Sprintf("%02d:00", 9+n) }
	return calendar.Put{
		Calendar: room, UID: uid, Object: calendartest.Event(uid, hour(slot), hour(slot+1)), Key: uid,
		Claim: &calendar.Claim{Periods: []calendar.Span{{From: from(slot), To: from(slot + 1)}}},
	}
}

// start runs another process; what it says is read line by line.
func start(t *testing.T, what, folder string, name int) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d", processVar, what, folder, name))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, out
}

// TestProcessesRace lets four processes want one slot a hundred times each.
func TestProcessesRace(t *testing.T) {
	folder := t.TempDir()
	var mu sync.Mutex
	var said []string
	var wg sync.WaitGroup
	for i := range processes {
		cmd, out := start(t, "race", folder, i)
		wg.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				mu.Lock()
				said = append(said, lines.Text())
				mu.Unlock()
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ps, _, err := open(t, folder, calendar.Options{}).Busy(background, room, calendar.Span{From: from(0), To: from(1)})
	must(t, err)
	if len(said) != 1 || len(ps) != 1 || said[0] != "booked "+ps[0].UID+" 0" {
		t.Fatalf("said %q; in the calendar %v", said, ps)
	}
}

// TestProcessesKilled kills processes at any moment and starts others, and then looks whether a slot was ever
// given to two, and whether a dead process still keeps one.
func TestProcessesKilled(t *testing.T) {
	folder := t.TempDir()
	rnd := rand.New(rand.NewSource(1))
	var wg sync.WaitGroup
	for i := range 40 {
		cmd, out := start(t, "work", folder, i)
		wg.Go(func() {
			text, _ := io.ReadAll(out)
			_ = cmd.Wait()
			if strings.Contains(string(text), "error") {
				t.Errorf("%s", text)
			}
		})
		time.AfterFunc(time.Duration(100+rnd.Intn(400))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		time.Sleep(time.Duration(rnd.Intn(150)) * time.Millisecond)
	}
	wg.Wait()
	d := open(t, folder, shortLife)
	for slot := range slots {
		free(t, d, slot)
	}
	if left := leftOvers(t, folder); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

// free wants a slot to have at most one booking, and to be had by nobody else's hold for ever.
func free(t *testing.T, d *calendar.Dir, slot int) {
	t.Helper()
	ps, _, err := d.Busy(background, room, calendar.Span{From: from(slot), To: from(slot + 1)})
	must(t, err)
	if len(ps) > 1 {
		t.Fatalf("slot %d: %v", slot, ps)
	}
	for _, p := range ps { // of a process that was killed before it freed its slot
		_, _, v, err := d.Find(background, room, p.UID)
		must(t, err)
		must(t, d.Delete(background, room, p.UID, v))
	}
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	h, err := d.Hold(ctx, claim("last", slot))
	if err != nil {
		t.Fatalf("slot %d: %v", slot, err)
	}
	must(t, h.Withdraw(ctx))
}

// leftOvers are files that should not outlive the holds of the dead.
func leftOvers(t *testing.T, root string) []string {
	return slices.DeleteFunc(listing(t, root), func(path string) bool {
		return !strings.HasSuffix(path, ".hold") && !strings.HasSuffix(path, calendar.NewFile)
	})
}
