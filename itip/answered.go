package itip

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
)

// Answer is what one component of a REPLY did to the organizer's object.
type Answer struct {
	Attendee address.Address
	Instance time.Time // original start of the instance; zero for the whole object
	Was, Is  string    // PARTSTAT before and now
	Comment  string    // of the attendee, "" if none; at most 1,000 bytes
	Percent  int       // PERCENT-COMPLETE of a task, -1 if not said (S5546-72)
	Status   []string  // codes of REQUEST-STATUS; with 3.x and 5.x PARTSTAT stays (S5546-33)
	Added    bool      // he was not listed before
	Err      error     // why it was not applied: ErrOutdated, ErrNoInstance, ErrNotListed, or times that cannot be read
}

// Answered is what the organizer's stored object becomes by a REPLY (RFC 5546 3.2.3). Of it only PARTSTAT, what
// else the attendee says about himself, delegation, COMMENT and REQUEST-STATUS are taken. An instance without an
// override gets one, made from the series. An answer to the series holds for instances of which the attendee has
// said nothing else.
//
// An answer older than the attendee's last one for the same instance, or to an older SEQUENCE than the stored
// one, is ErrOutdated. Somebody not listed is taken if he is the delegate of somebody who is, or if admit (which
// may be nil) says so; else ErrNotListed. A REPLY without ORGANIZER is read like any other (D-01).
//
// There is one Answer for each component, in their order. When none is applied the object is nil and the error
// is that of the first; ErrAnswerer if the REPLY is not from one attendee. Neither argument changes.
func Answered(stored, reply *Object, admit func(User) bool) (*Object, []Answer, error) {
	if err := sameKey(stored, reply); err != nil {
		return nil, nil, err
	}
	if _, err := Answerer(reply); err != nil {
		return nil, nil, err
	}
	x := &answering{out: stored.Clone(), zones: reply.Zones(nil), admit: admit}
	var answers []Answer
	var applied bool
	for _, c := range reply.Scheduled() {
		a := x.component(c)
		answers = append(answers, a)
		applied = applied || a.Err == nil
	}
	if !applied {
		return nil, answers, answers[0].Err
	}
	out, err := x.out.fitting()
	return out, answers, err
}

// answering is one REPLY being applied.
type answering struct {
	out   *Object
	zones *Zones    // of the reply
	times *timeline // of out, once it is needed
	admit func(User) bool
	own   bool // out is the copy of who answers, not the organizer's
}

func (x *answering) component(c *Component) Answer {
	u, _ := c.answerer()
	a := Answer{Attendee: u.Address, Comment: c.comment(u), Percent: c.percent(), Status: c.statusCodes()}
	said := &said{Answer: &a, c: c, user: u, own: x.own}
	if !c.Has("RECURRENCE-ID") {
		a.Err = x.whole(said)
		return a
	}
	id, future, err := x.zones.recurrenceID(c)
	if err != nil {
		a.Err = err
		return a
	}
	a.Instance = id.zone.time(id.at)
	a.Err = x.instance(said, id, future)
	return a
}

func (c *Component) percent() int {
	if !c.Has("PERCENT-COMPLETE") {
		return -1
	}
	return min(c.number("PERCENT-COMPLETE"), 100)
}

// whole answers the whole object: the master, and the overrides in which the attendee's answer is still that of
// the master.
func (x *answering) whole(s *said) error {
	master := x.out.Master()
	if master == nil {
		return fmt.Errorf("%w: only single instances are stored", ErrNoInstance)
	}
	before, _ := master.Attendee(s.user.Address)
	repeated := master.answerRecord(s.user.Address) == recordOf(s.c)
	following := slices.DeleteFunc(x.out.Overrides(), func(c *Component) bool { return !s.heldBy(c, before) })
	if err := s.to(master, x.admit); err != nil {
		return err
	}
	if s.refused() || repeated {
		return nil
	}
	s.master = master
	for _, c := range following {
		if s.check(c, x.admit) == nil {
			s.write(c)
		}
	}
	return nil
}

// heldBy tells whether an answer to the series holds for an override too: it is not newer than what is answered, and
// the attendee stands in it as in the series, or as his delegate alone has said.
func (s *said) heldBy(c *Component, before User) bool {
	u, ok := c.Attendee(s.user.Address)
	if c.answerRecord(s.user.Address).known || c.Sequence() > s.c.Sequence() || !ok && before.Address != "" {
		return false
	}
	return u.Partstat == before.Partstat || len(u.DelegatedTo) > 0
}

// instance answers one instance.
func (x *answering) instance(s *said, id moment, future bool) error {
	if x.times == nil {
		t, err := x.out.timeline()
		if err != nil {
			return err
		}
		x.times = t
	}
	t := x.times
	if v := t.override(id); v != nil {
		return s.to(v.c, x.admit) // clients forget RANGE; the override says whom it stands for
	}
	p, ok, err := t.place(id)
	if err != nil || !ok {
		return missingUnless(err, id)
	}
	if !t.series.repeats() && len(t.overrides) == 0 {
		return s.to(t.master, x.admit)
	}
	c := t.derive(p)
	if future {
		id, _ := c.Prop("RECURRENCE-ID")
		c.Set(id.With("RANGE", "THISANDFUTURE"))
	}
	if err := s.to(c, x.admit); err != nil {
		return err
	}
	return t.add(c)
}

func missingUnless(err error, id moment) error {
	if err != nil {
		return err
	}
	return missing(false, id)
}

// said is one component of a REPLY.
type said struct {
	*Answer
	c      *Component
	user   User       // who says it
	master *Component // when it comes to an override by way of the series
	own    bool       // it is written into his own copy
}

func (s *said) refused() bool { return failed(s.Status) }

// to applies it to a component of the organizer's object.
func (s *said) to(c *Component, admit func(User) bool) error {
	was, listed := c.Attendee(s.user.Address)
	s.Was, s.Is, s.Added = was.Partstat, was.Partstat, !listed
	if err := s.check(c, admit); err != nil {
		return err
	}
	s.write(c)
	is, _ := c.Attendee(s.user.Address)
	s.Is = is.Partstat
	return nil
}

// check tells whether it is news and from somebody who is listed.
func (s *said) check(c *Component, admit func(User) bool) error {
	if s.c.Sequence() < c.Sequence() || c.answerRecord(s.user.Address).after(s.c) {
		return ErrOutdated
	}
	if _, listed := c.Attendee(s.user.Address); listed {
		return nil
	}
	if _, delegator := c.Attendee(s.user.DelegatedFrom...); delegator || admit != nil && admit(s.user) {
		return nil
	}
	return ErrNotListed
}

// write puts it down.
func (s *said) write(c *Component) {
	if s.own {
		s.writeOwn(c)
		return
	}
	u, listed := c.Attendee(s.user.Address)
	line := u.Prop.Without("SCHEDULE-STATUS")
	if !listed {
		line = s.newcomer(c)
	}
	if !s.refused() {
		line = s.line(line, c)
	}
	codes := s.Status
	if len(codes) == 0 {
		codes = []string{"2.0"} // S6638-12
	}
	c.setAttendee(line.With("SCHEDULE-STATUS", strings.Join(codes, ",")))
	if s.master == nil {
		c.setAnswerRecord(s.user.Address, recordOf(s.c))
	}
	if !s.refused() {
		s.writeDelegation(c)
	}
	c.settleDelegations()
}

// newcomer is the line of somebody who was not listed: as he calls himself, in the role of who sent him.
func (s *said) newcomer(c *Component) Prop {
	p := mailto(Prop{Name: "ATTENDEE"}, s.user.Address)
	for _, name := range []string{"CN", "CUTYPE", "MEMBER"} {
		if v := s.user.Prop.Param(name); v != "" {
			p = p.With(name, s.user.Prop.param(name)...)
		}
	}
	if from, ok := c.Attendee(s.user.DelegatedFrom...); ok && from.Prop.Param("ROLE") != "" {
		p = p.With("ROLE", from.Role)
	}
	return p
}

// line replaces what the attendee says about himself. RSVP is answered, unless he delegated and asks to be kept
// informed (S5546-48).
func (s *said) line(line Prop, c *Component) Prop {
	line = line.Without(append([]string{"RSVP"}, answerParams...)...)
	line = line.With("PARTSTAT", c.partstat(s.user.Partstat))
	for _, name := range answerParams[1:] {
		if values := s.user.Prop.param(name); values != nil && name != commentParam {
			line = line.With(name, values...)
		}
	}
	if s.Comment != "" {
		line = line.With(commentParam, s.Comment)
	}
	if s.user.RSVP && s.user.Partstat == Delegated {
		line = line.With("RSVP", "TRUE")
	}
	return line.withAddresses("DELEGATED-FROM", s.user.DelegatedFrom...)
}

// param are the values of a parameter as they are, nil if there is none.
func (p Prop) param(name string) []string {
	for _, q := range p.Params {
		if strings.EqualFold(q.Name, name) {
			return slices.Clone(q.Values)
		}
	}
	return nil
}
