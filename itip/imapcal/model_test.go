package imapcal_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
)

// The protocol by which hosts book in one folder, as a model small enough that every interleaving of every story
// can be looked at. Each step of an attempt is one command of IMAP, taken as atomic; between any two of them every
// other attempt may go on, time may pass, and a host may crash. A look is two steps: the list of what is there, and
// the flags and texts of what is on that list; if something of it is gone by then, the list is made anew.
//
// Time is three ages of a hold: young (its owner may confirm), fenced (the owner knows that it may not, and a
// retry may step in) and expired (anybody may remove it). The first two are told apart with a margin that covers
// a command on its way, so that in the model they change together.

const (
	mails    = 3 // different requests, each with a key of its own
	attempts = 4 // of all requests
	messages = 6 // ever appended in one story, at most
)

// age of a hold.
const (
	young = iota
	fenced
	expired
)

// message is a message of the folder. Its index is its UID.
type msg struct {
	there, hold bool
	key         int8 // the request
	place       int8 // in the queue: its own UID, or that of the hold whose place it takes
	age         int8
	owner       int8
}

// pc is where an attempt is in its work.
type pc int8

const (
	idle pc = iota
	looking
	appending
	checking // the look after our own APPEND
	confirming
	verifying
	withdrawing // our own message, then start over or answer
	reaping     // somebody's hold, then look again
	clearing    // the earlier hold of the same key, then answer
	crashed
	booked
	refused
	deferred
)

// attempt is one host's work on one mail.
type attempt struct {
	pc      pc
	key     int8
	own     int8 // UID of our message; none
	old     int8 // the fenced hold of an earlier attempt; none
	victim  int8 // what is being reaped
	place   int8 // to be inherited; none
	listed  int8 // what was there when we listed it, as bits, and fresh; 0: nothing is listed
	inherit bool // our place is that of old
	then    pc   // what follows withdrawing or clearing
}

const none = -1

// story is one state of folder and hosts.
type story struct {
	msgs [messages]msg
	n    int8
	atts [attempts]attempt
	room int8 // messages that may ever be appended; who finds no room puts the mail off
	left int8 // crashes that may still happen
}

// rules are the protocol, and what it would be without one of its parts.
type rules struct {
	overlap func(a, b int8) bool
	naive   bool // no hold: look, then append the booking
	hasty   bool // lose to any lower hold instead of waiting for it
	second  bool // confirm by appending a final object instead of clearing the mark
	greedy  bool // remove foreign holds while their owner may still confirm
	shared  bool // a retry goes on with the message of the earlier attempt
	heirs   bool // inherit a place that was inherited, where it should be the UID of the old hold
	torn    bool // what went away between the list and the look at it is simply not there
	blind   bool // an inherited place counts although the old hold is gone
}

// explorer walks through all stories.
type explorer struct {
	rules
	seen  map[story]struct{}
	wrong string
	trace []string
}

func (x *explorer) explore(s story) {
	if _, known := x.seen[s]; known || x.wrong != "" {
		return
	}
	x.seen[s] = struct{}{}
	if x.wrong = x.violated(&s); x.wrong != "" {
		return
	}
	moved := false
	x.each(s, func(what string, next story) {
		moved = true
		if x.wrong != "" {
			return
		}
		x.trace = append(x.trace, what)
		x.explore(next)
		if x.wrong == "" {
			x.trace = x.trace[:len(x.trace)-1]
		}
	})
	if !moved && x.wrong == "" {
		x.wrong = x.stuck(&s)
	}
}

// violated tells what must never be so.
func (x *explorer) violated(s *story) string {
	for i := range s.atts {
		a := &s.atts[i]
		if a.pc != booked {
			continue
		}
		if s.booking(a.key) == none {
			return fmt.Sprintf("request %d was accepted and is not there", a.key)
		}
		for j := range s.atts[:i] {
			if b := &s.atts[j]; b.pc == booked && b.key != a.key && x.overlap(a.key, b.key) {
				return fmt.Sprintf("requests %d and %d were both accepted", b.key, a.key)
			}
		}
	}
	return ""
}

// stuck tells what must not be so when nothing can happen any more.
func (x *explorer) stuck(s *story) string {
	for i := range s.atts {
		if s.atts[i].pc < crashed && s.atts[i].pc != idle {
			return fmt.Sprintf("attempt %d waits for ever", i)
		}
	}
	for i := range s.atts {
		if a := &s.atts[i]; a.pc == refused && !x.taken(s, a.key) {
			return fmt.Sprintf("request %d was refused and the time is free", a.key)
		}
	}
	for uid := range s.n {
		if m := s.msgs[uid]; m.there && m.hold && s.atts[m.owner].pc != crashed {
			return fmt.Sprintf("hold %d was left behind by a host that did not crash", uid)
		}
	}
	return ""
}

// taken tells whether another booking has the time of a request.
func (x *explorer) taken(s *story, key int8) bool {
	for other := range int8(mails) {
		if other != key && x.overlap(other, key) && s.booking(other) != none {
			return true
		}
	}
	return false
}

// booking is the UID of a confirmed message of a request, or none.
func (s *story) booking(key int8) int8 {
	for uid := range s.n {
		if m := s.msgs[uid]; m.there && !m.hold && m.key == key {
			return uid
		}
	}
	return none
}

// each gives every state that can follow.
func (x *explorer) each(s story, yield func(what string, next story)) {
	for i := range int8(attempts) {
		a := s.atts[i]
		if a.pc == idle && !s.mayBegin(i) || a.pc >= crashed {
			continue
		}
		next := s
		x.step(&next, i)
		next.forget()
		if next != s { // a look that finds nothing new waits
			yield(fmt.Sprintf("attempt %d of request %d: %v", i, a.key, a.pc), next)
		}
		if s.left > 0 && a.pc != idle {
			next = s
			next.left--
			next.atts[i].pc = crashed
			next.forget()
			yield(fmt.Sprintf("attempt %d crashes", i), next)
		}
	}
	for uid := range s.n {
		if m := s.msgs[uid]; m.there && m.hold && m.age < expired {
			next := s
			next.msgs[uid].age++
			yield(fmt.Sprintf("hold %d ages", uid), next)
		}
	}
}

// forget drops what nobody can see any more, so that stories that differ only in it are told once.
func (s *story) forget() {
	for uid := range s.msgs {
		if !s.msgs[uid].there {
			s.msgs[uid] = msg{place: none, key: none}
		} else if !s.msgs[uid].hold {
			s.msgs[uid] = msg{there: true, place: none, key: s.msgs[uid].key}
		}
	}
	for i := range s.atts {
		if a := &s.atts[i]; a.pc >= crashed {
			*a = attempt{pc: a.pc, key: a.key}
		}
	}
}

// mayBegin: the attempts of a request begin in their order; the later ones may overtake the earlier, as a server
// does that gave up waiting for a host and asks the next.
func (s *story) mayBegin(i int8) bool {
	for j := range i {
		if s.atts[j].key == s.atts[i].key && s.atts[j].pc == idle {
			return false
		}
	}
	return s.atts[i].key != none
}

// step is the next command of an attempt.
func (x *explorer) step(s *story, i int8) {
	a := &s.atts[i]
	switch a.pc {
	case idle:
		*a = attempt{pc: looking, key: a.key, own: none, old: none, victim: none, place: none}
	case looking, checking:
		x.look(s, i)
	case appending:
		x.append(s, i)
	case confirming:
		x.confirm(s, i)
	case verifying:
		if a.pc = booked; !s.msgs[a.own].there {
			a.pc = deferred
		} else if a.old != none {
			a.pc, a.then = clearing, booked
		}
	case withdrawing:
		s.msgs[a.own].there = false
		a.own, a.inherit, a.pc, a.then = none, false, a.then, idle
		if a.pc == refused && a.old != none {
			a.pc, a.then = clearing, refused
		}
	case reaping:
		s.msgs[a.victim].there = false
		a.victim, a.pc = none, looking
		if a.own != none {
			a.pc = checking
		}
	case clearing:
		s.msgs[a.old].there = s.msgs[a.old].there && !s.msgs[a.old].hold
		a.old, a.pc = none, a.then
	}
}

func (x *explorer) append(s *story, i int8) {
	a := &s.atts[i]
	if s.n == s.room {
		a.pc = deferred
		return
	}
	uid := s.n
	s.n++
	s.msgs[uid] = msg{there: true, hold: !x.naive, key: a.key, place: uid, owner: i}
	a.own, a.pc = uid, checking
	if a.place != none {
		s.msgs[uid].place, a.inherit, a.place = a.place, true, none
	}
	if x.naive {
		a.pc = booked
	}
}

// confirm clears the mark; an owner that knows it is too late withdraws.
func (x *explorer) confirm(s *story, i int8) {
	a := &s.atts[i]
	m := &s.msgs[a.own]
	switch {
	case m.age > young && m.owner == i:
		a.pc, a.then = withdrawing, deferred
	case x.second && m.there:
		m.there = false
	case x.second && s.n < s.room:
		s.msgs[s.n] = msg{there: true, key: a.key, place: s.n, owner: i}
		a.own, a.pc = s.n, verifying
		s.n++
	default:
		m.hold = m.hold && !m.there // a STORE on what is gone is silently OK
		a.pc = verifying
	}
}

// listing marks a list, so that an empty one is told from none.
const listing = 1 << messages

// list is what the folder holds now.
func (s *story) list() int8 {
	list := int8(listing)
	for uid := range s.n {
		if s.msgs[uid].there {
			list |= 1 << uid
		}
	}
	return list
}

// view is the folder as somebody sees it who listed it before; whole is false if something of it is gone.
func (s *story) view(listed int8) (v story, whole bool) {
	v = *s
	for uid := range v.n {
		if listed&(1<<uid) == 0 {
			v.msgs[uid] = msg{place: none, key: none}
		}
	}
	return v, listed&^s.list() == 0
}

// look lists the folder, or decides what to do next by what is on the list.
func (x *explorer) look(s *story, i int8) {
	a := &s.atts[i]
	v, whole := s.view(a.listed)
	if a.listed == 0 || !whole && !x.torn {
		a.listed = s.list()
		return
	}
	x.decide(&v, i)
	if v.atts[i].pc == a.pc && v.atts[i].own == a.own { // waits; what is new is seen when it is listed again
		if now := s.list(); now != a.listed {
			a.listed = now
		}
		return
	}
	s.atts[i] = v.atts[i]
	s.atts[i].listed = 0
}

func (x *explorer) decide(s *story, i int8) {
	a := &s.atts[i]
	switch {
	case x.reap(s, a), x.clashes(s, a):
	case a.own == none:
		x.queue(s, a)
	case !s.msgs[a.own].there:
		a.own, a.pc = none, deferred
	case a.inherit && !x.blind && !s.msgs[a.old].there:
		a.old, a.pc, a.then = none, withdrawing, looking
	case s.msgs[a.own].age > young && s.msgs[a.own].owner == i:
		a.pc, a.then = withdrawing, deferred // waited for too long
	case x.behind(s, a) && x.hasty:
		a.pc, a.then = withdrawing, refused
	case x.behind(s, a):
		a.pc = checking
	default:
		a.pc = confirming
	}
}

// reap finds a foreign hold that is expired.
func (x *explorer) reap(s *story, a *attempt) bool {
	for uid := range s.n {
		m := s.msgs[uid]
		if m.there && m.hold && m.key != a.key && (m.age == expired || x.greedy) {
			a.victim, a.pc = uid, reaping
			return true
		}
	}
	return false
}

// clashes finds that the request is booked already, or that another booking has the time.
func (x *explorer) clashes(s *story, a *attempt) bool {
	then := idle
	for uid := range s.n {
		m := s.msgs[uid]
		if !m.there || m.hold {
			continue
		}
		if m.key == a.key {
			then = booked
		} else if x.overlap(m.key, a.key) && then == idle {
			then = refused
		}
	}
	if then == idle {
		return false
	}
	a.pc, a.then = then, then
	if a.own != none {
		a.pc = withdrawing
	}
	if a.own == none && a.old != none {
		a.pc = clearing
	}
	return true
}

// queue begins: behind the hold of an earlier attempt at the same mail if that one may still confirm, in its
// place if not.
func (x *explorer) queue(s *story, a *attempt) {
	a.old, a.place = none, none
	for uid := range s.n {
		m := s.msgs[uid]
		if !m.there || !m.hold || m.key != a.key {
			continue
		}
		if x.shared {
			a.own, a.pc = uid, checking
			return
		}
		if m.age == young {
			return // wait
		}
		if a.old == none {
			a.old = uid
		}
	}
	if a.place = a.old; a.old != none && x.heirs {
		a.place = s.msgs[a.old].place
	}
	a.pc = appending
}

// behind tells whether a lower hold could still take what we want.
func (x *explorer) behind(s *story, a *attempt) bool {
	own := s.msgs[a.own]
	for uid := range s.n {
		m := s.msgs[uid]
		if !m.there || !m.hold || uid == a.own || uid == a.old {
			continue
		}
		lower := m.place < own.place || m.place == own.place && uid < a.own
		if lower && (m.key == a.key || x.overlap(m.key, a.key)) {
			return true
		}
	}
	return false
}

func sameSlot(a, b int8) bool { return true }
func chain(a, b int8) bool    { return a-b <= 1 && b-a <= 1 } // 0 and 2 do not meet

var fullModel = flag.Bool("full-model", false, "explore the large cases of the model of holds, too (hours, and 20 GB)")

// explore looks at every story that begins like this.
func explore(r rules, room, crashes int8, keys ...int8) *explorer {
	s := story{room: room, left: crashes}
	for i := range s.atts {
		s.atts[i].key = none
		if i < len(keys) {
			s.atts[i].key = keys[i]
		}
	}
	x := &explorer{rules: r, seen: map[story]struct{}{}}
	x.explore(s)
	return x
}

// holdCase is how a story begins.
type holdCase struct {
	name    string
	overlap func(a, b int8) bool
	room    int8 // messages that may ever be appended
	crashes int8
	keys    []int8 // of the attempts; those of one key are attempts at one mail
}

var holdCases = []holdCase{
	{"three requests for one slot", sameSlot, 6, 0, []int8{0, 1, 2}},
	{"a chain", chain, 6, 0, []int8{0, 1, 2}},
	{"three requests, crashes", sameSlot, 6, 2, []int8{0, 1, 2}},
	{"a chain, crashes", chain, 6, 2, []int8{0, 1, 2}},
	{"a retry that overtakes", sameSlot, 6, 0, []int8{0, 0, 1}},
	{"a retry of one that crashed", sameSlot, 5, 1, []int8{0, 0, 1}},
	{"a retry in a short chain", chain, 5, 1, []int8{1, 1, 0}},
	{"a retry of a retry", sameSlot, 4, 1, []int8{0, 0, 0}},
}

// fullHoldCases have a hundred million states each.
var fullHoldCases = []holdCase{
	{"a retry after a crash", sameSlot, 4, 1, []int8{0, 0, 1, 2}},
	{"a retry in a chain", chain, 4, 1, []int8{1, 1, 0, 2}},
	{"two retries", sameSlot, 4, 1, []int8{0, 0, 0, 1}},
	{"both are retried", sameSlot, 4, 1, []int8{0, 0, 1, 1}},
}

// TestModelOfHolds explores the small cases; with -full-model and -timeout 3h the large ones, too.
func TestModelOfHolds(t *testing.T) {
	cases := holdCases
	if *fullModel {
		cases = append(cases, fullHoldCases...)
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			x := explore(rules{overlap: tt.overlap}, tt.room, tt.crashes, tt.keys...)
			t.Logf("%d states", len(x.seen))
			if x.wrong != "" {
				t.Errorf("%s:\n%s", x.wrong, strings.Join(x.trace, "\n"))
			}
		})
	}
}

// TestModelHasTeeth takes one part of the protocol away at a time: the model must find what goes wrong then.
func TestModelHasTeeth(t *testing.T) {
	for _, tt := range []struct {
		name    string
		rules   rules
		crashes int8
		keys    []int8
		want    string
	}{
		{"look, then append", rules{overlap: sameSlot, naive: true}, 0, []int8{0, 1}, "both accepted"},
		{"lose to any lower hold", rules{overlap: chain, hasty: true}, 0, []int8{0, 1, 2}, "refused and the time is free"},
		{"confirm by a second message", rules{overlap: sameSlot, second: true}, 0, []int8{0, 1}, "both accepted"},
		{"remove young holds", rules{overlap: sameSlot, greedy: true}, 0, []int8{0, 1}, ""},
		{"share the message of the earlier attempt", rules{overlap: sameSlot, shared: true}, 0, []int8{0, 0, 1}, ""},
		{"inherit from an heir", rules{overlap: sameSlot, heirs: true}, 1, []int8{0, 0, 0, 1}, "both accepted"},
		{"believe a torn view", rules{overlap: sameSlot, torn: true}, 1, []int8{0, 0, 1}, "both accepted"},
		{"inherit a place of what is gone", rules{overlap: sameSlot, blind: true}, 1, []int8{0, 0, 1}, "both accepted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := explore(tt.rules, messages, tt.crashes, tt.keys...)
			t.Logf("%d states; %s", len(x.seen), x.wrong)
			if x.wrong == "" || !strings.Contains(x.wrong, tt.want) {
				t.Errorf("found %q; want %q", x.wrong, tt.want)
			}
		})
	}
}
