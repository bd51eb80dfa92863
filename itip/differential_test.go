package itip

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"usher/integration/need"
)

var (
	pairs = flag.Int("pairs", 4_000, "how many random series TestDifferential compares")
	seed  = flag.Int64("seed", 20_260_301, "of the random series")
)

// python is Debian's: the packages are there for that one alone.
const python = "/usr/bin/python3"

// needDateutil ends the test where the other expander cannot run.
func needDateutil(t *testing.T) {
	t.Helper()
	need.Program(t, python, "python3")
	if err := exec.Command(python, "-c", "import dateutil.rrule, zoneinfo").Run(); err != nil {
		need.Missing(t, "python3-dateutil is not installed: apt-get install python3-dateutil")
	}
}

// otherExpander starts testdata/expand.py.
func otherExpander(t *testing.T) (questions io.WriteCloser, answers *bufio.Scanner) {
	t.Helper()
	c := exec.Command(python, "testdata/expand.py")
	c.Stderr = os.Stderr
	questions, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		questions.Close()
		if err := c.Wait(); err != nil && !t.Failed() {
			t.Errorf("expand.py: %v", err)
		}
	})
	answers = bufio.NewScanner(out)
	answers.Buffer(nil, 16<<20)
	return questions, answers
}

// opinion is what the other expander says: pairs of start and end, or that it took too long.
type opinion struct {
	Times [][2]int64 `json:"times"`
	Slow  bool       `json:"slow"`
}

// askAll draws n series, asks two other expanders side by side, and calls take with each series and what was said.
func askAll(t *testing.T, seed int64, n int, take func(*drawn, opinion)) {
	t.Helper()
	askDrawn(t, seed, n, draw, take)
}

// askDrawn is askAll with another way to draw.
func askDrawn(t *testing.T, seed int64, n int, draw func(*rand.Rand) *drawn, take func(*drawn, opinion)) {
	t.Helper()
	needDateutil(t)
	var mu sync.Mutex
	locked := func(d *drawn, o opinion) {
		mu.Lock()
		defer mu.Unlock()
		take(d, o)
	}
	t.Run("", func(t *testing.T) {
		for i := range 2 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				ask(t, rand.New(rand.NewSource(seed+int64(i))), n/2, draw, locked)
			})
		}
	})
}

// ask sends what draw makes to one other expander.
func ask(t *testing.T, rnd *rand.Rand, n int, draw func(*rand.Rand) *drawn, take func(*drawn, opinion)) {
	t.Helper()
	questions, answers := otherExpander(t)
	asked := make(chan *drawn, 100)
	go func() {
		defer close(asked)
		defer questions.Close()
		out := json.NewEncoder(questions)
		for range n {
			d := draw(rnd)
			if out.Encode(d) != nil {
				return
			}
			asked <- d
		}
	}()
	for d := range asked {
		var o opinion
		if !answers.Scan() || json.Unmarshal(answers.Bytes(), &o) != nil {
			t.Fatalf("no answer to %s: %q", d.lines, answers.Bytes())
		}
		take(d, o)
	}
}

// times are the starts and ends of a series in its window.
func (d *drawn) times(t *testing.T) ([][2]int64, error) {
	t.Helper()
	o := object(t, d.lines)
	if d.written {
		o.AddZones()
	}
	ask := o.Instances
	if d.Readings {
		ask = o.Readings
	}
	is, err := ask(time.Unix(d.From, 0), time.Unix(d.To, 0), mustLoad(d.Zone))
	times := [][2]int64{}
	for _, i := range is {
		times = append(times, [2]int64{i.Start.Unix(), i.End.Unix()})
	}
	slices.SortFunc(times, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	return times, err
}

// TestDifferential compares instances with those of an expander that shares nothing with ours but the RFC and the
// zone database: python3-dateutil with zoneinfo (see testdata/expand.py for what it is helped with).
func TestDifferential(t *testing.T) {
	compared, instances, slow, full, differ := 0, 0, 0, 0, 0
	askAll(t, *seed, *pairs, func(d *drawn, other opinion) {
		if other.Slow {
			slow++
			return
		}
		got, err := d.times(t)
		if err != nil && len(other.Times) > MaxInstances {
			full++
			return
		}
		compared++
		instances += len(got)
		if err == nil && slices.Equal(got, other.Times) {
			return
		}
		if differ++; differ <= 20 {
			t.Errorf("seed %d: %v\n%s\nfrom %s to %s\nonly here  %s\nonly there %s", *seed, err, d.lines, shownAt(d.From), shownAt(d.To),
				lacking(got, other.Times), lacking(other.Times, got))
		}
	})
	t.Logf("seed %d: %d series compared, %d instances, %d differences; %d with more than %d instances, %d too slow for dateutil",
		*seed, compared, instances, differ, full, MaxInstances, slow)
	if differ > 0 || compared < *pairs*9/10 {
		t.Errorf("%d differences in %d series", differ, compared)
	}
}

func shownAt(at int64) string { return time.Unix(at, 0).UTC().Format(clockForm + "Z") }

// lacking lists the first of those of a that are not in b.
func lacking(a, b [][2]int64) (list []string) {
	for _, x := range a {
		if _, found := slices.BinarySearchFunc(b, x, func(p, q [2]int64) int { return slices.Compare(p[:], q[:]) }); !found && len(list) < 6 {
			list = append(list, shownAt(x[0])+"/"+shownAt(x[1]))
		}
	}
	return list
}
