package invitation_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"usher/itip"
)

// TestTales: whatever John does with a meeting, all calendars say the same of it, and everybody has answered as his
// policies have it. In every other tale calendars are kept in Kolab's format, in every third
// John's client always says the same DTSTAMP.
func TestTales(t *testing.T) {
	const tales, steps = 40, 8
	for n := range uint64(tales) {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newTale(t, n)
			s.begin()
			for range steps {
				s.step()
				s.check()
				if t.Failed() {
					t.Fatalf("the tale: %s", s.told)
				}
			}
		})
	}
}

// tale is what John has done so far, and how things should be.
type tale struct {
	*stage
	random   *rand.Rand
	told     []string
	taken    map[string]map[string]bool // times that are taken anyway, by key
	title    string
	stamp    string // the DTSTAMP of every mail, "" if each has its own
	sequence int
	start    string // of the event, or of the first of a weekly series
	series   bool
	weeks    int                          // that it has
	over     map[string]string            // instances that were moved: original to present start, "" for cancelled
	changes  map[string]int               // SEQUENCE of each
	answers  map[string]map[string]string // by original start ("" is the whole) and key
	gone     bool
}

// guests are invited in this order; the last one always answers, which tells the others how all stand.
var guests = []string{"jane", "jack", "mark"}

func newTale(t *testing.T, seed uint64) *tale {
	s := &tale{stage: newStage(t), random: rand.New(rand.NewPCG(seed, 1)), taken: map[string]map[string]bool{}, title: "test"}
	if seed%3 == 0 {
		s.stamp = s.now.Format(clock) + "Z"
	}
	if seed%2 == 1 {
		s.store = kolabStore{s.calendars}
	}
	s.people["john"].policies = []string{"ACT_UPDATE"}
	s.people["jane"].policies = []string{"ACT_ACCEPT_IF_NO_CONFLICT", "ACT_REJECT_IF_CONFLICT", "ACT_UPDATE"}
	s.people["jack"].policies = []string{"ACT_TENTATIVE_IF_NO_CONFLICT", "ALL_SAVE_TO_FOLDER", "ACT_UPDATE"}
	s.people["mark"].policies = []string{"ACT_ACCEPT", "ACT_UPDATE_AND_NOTIFY"}
	for _, key := range guests {
		s.taken[key] = map[string]bool{}
		for range 6 {
			s.block(key, s.slot(""))
		}
	}
	return s
}

// slot is a time on one of six Mondays, another one than this.
func (s *tale) slot(not string) string {
	for {
		day := time.Date(2026, 3, 9+7*s.random.IntN(6), 8+s.random.IntN(4), 0, 0, 0, time.UTC).Format(clock)
		if day != not {
			return day
		}
	}
}

func (s *tale) block(key, start string) {
	if s.taken[key][start] {
		return
	}
	s.taken[key][start] = true
	s.put(addr(key), itip.Event, "UID:other-"+start, "DTSTAMP:20260301T080000Z", "DTSTART;TZID=Europe/Berlin:"+start, "DTEND;TZID=Europe/Berlin:"+later(start, time.Hour))
}

func later(start string, by time.Duration) string {
	at, err := time.Parse(clock, start)
	if err != nil {
		panic(err)
	}
	return at.Add(by).Format(clock)
}

const weeks = 5 // of a series

// begin invites everybody.
func (s *tale) begin() {
	s.series = s.random.IntN(3) > 0
	s.start = s.slot("")
	s.fresh()
	s.tell("invites to %s, a series: %v", s.start, s.series)
	s.ask("")
}

func (s *tale) tell(format string, args ...any) {
	s.told = append(s.told, fmt.Sprintf(format, args...))
}

// instances are the original starts of what is not cancelled.
func (s *tale) instances() (all []string) {
	for i := range s.weeks {
		id := later(s.start, time.Duration(i)*7*24*time.Hour)
		if to, changed := s.over[id]; !changed || to != "" {
			all = append(all, id)
		}
	}
	return all
}
