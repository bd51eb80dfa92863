package invitation_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
)

// step is the next thing John does.
func (s *tale) step() {
	s.now = s.now.Add(time.Hour)
	instances := s.instances()
	switch what := s.random.IntN(12); {
	case s.gone:
		s.tell("invites again")
		s.gone = false
		s.move(s.slot(s.start))
	case what < 3:
		s.move(s.slot(s.start))
	case what < 5:
		s.title = fmt.Sprintf("test %d", len(s.told))
		s.tell("calls it %s", s.title)
		s.write(s.renamed)
		s.sendAll("REQUEST", s.whole())
	case what == 5:
		s.tell("cancels it")
		s.sequence = s.highest() + 1
		s.gone = true
		s.sendAll("CANCEL", s.lines("", nil))
	case what > 9 && len(s.over) == 0:
		s.tell("Jack declines himself")
		s.jack(itip.Declined)
	case s.series && len(instances) > 2 && what == 9:
		s.end(instances[1+s.random.IntN(len(instances)-1)])
	case s.series && len(instances) > 1 && what < 8:
		id := instances[s.random.IntN(len(instances))]
		s.over[id] = s.slot(s.at(id))
		s.changes[id] = s.highest() + 1
		s.tell("moves %s to %s", id, s.over[id])
		s.ask(id)
	case s.series && len(instances) > 2:
		id := instances[s.random.IntN(len(instances))]
		s.over[id] = ""
		s.changes[id] = s.highest() + 1
		s.tell("cancels %s", id)
		s.write(s.with(id))
		s.sendAll("CANCEL", s.lines(id, nil))
	}
}

// end cancels an instance and all that come after it.
func (s *tale) end(id string) {
	s.tell("cancels %s and all that follow", id)
	s.changes[id] = s.highest() + 1
	lines := append(s.lines(id, nil), "STATUS:CANCELLED")
	for i, line := range lines {
		lines[i] = strings.Replace(line, "RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;", 1)
	}
	s.changes["the end"] = s.changes[id]
	for i := range s.weeks {
		if at := later(s.start, time.Duration(i)*7*24*time.Hour); at >= id {
			delete(s.over, at)
			delete(s.changes, at)
			delete(s.answers, at)
			s.weeks = min(s.weeks, i)
		}
	}
	s.write(s.shorter)
	s.sendAll("CANCEL", lines)
}

// jack has Jack answer for the whole in his own client, which tells John.
func (s *tale) jack(partstat string) {
	s.answers[""]["jack"] = partstat
	own, _, version, _ := s.calendars.Find(s.t.Context(), addr("jack"), uid)
	own = own.Clone()
	for _, c := range own.Scheduled() {
		c.SetPartstat(address.Must(addr("jack")), partstat)
	}
	if err := s.calendars.Put(s.t.Context(), calendar.Put{Calendar: addr("jack"), UID: uid, Object: own, Base: version}); err != nil {
		s.t.Fatal(err)
	}
	said := itip.Reply(own, address.Must(addr("jack")), partstat, s.now, "")
	s.send("jack", "john", string(said.Encode()))
}

// at is when an instance takes place.
func (s *tale) at(id string) string { return cmp.Or(s.over[id], id) }

func (s *tale) highest() int {
	n := s.sequence
	for _, o := range s.changes {
		n = max(n, o)
	}
	return n
}

// move sends the whole event anew.
func (s *tale) move(start string) {
	s.sequence = s.highest() + 1
	s.start = start
	s.fresh()
	s.tell("moves all to %s", start)
	s.ask("")
}

// fresh forgets what was said of instances.
func (s *tale) fresh() {
	s.weeks = 1
	if s.series {
		s.weeks = weeks
	}
	s.over, s.changes, s.answers = map[string]string{}, map[string]int{}, map[string]map[string]string{}
}

// ask asks everybody anew about the whole or an instance, and knows what they will say.
func (s *tale) ask(id string) {
	s.answers[id] = map[string]string{}
	times := []string{s.over[id]}
	if id == "" {
		times = s.instances()
	}
	for _, key := range guests {
		free := !slices.ContainsFunc(times, func(at string) bool { return s.taken[key][at] })
		s.answers[id][key] = map[string]map[bool]string{
			"jane": {true: itip.Accepted, false: itip.Declined},
			"jack": {true: itip.Tentative, false: itip.NeedsAction},
			"mark": {true: itip.Accepted, false: itip.Accepted},
		}[key][free]
	}
	change := s.anew
	if id != "" {
		change = s.with(id)
	}
	s.write(change)
	s.sendAll("REQUEST", s.lines(id, nil))
}

// standing is how everybody has answered.
func (s *tale) standing(id string) map[string]string {
	if a := s.answers[id]; a != nil {
		return a
	}
	return s.answers[""]
}
