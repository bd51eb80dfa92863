package itip_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
)

// conversation is several users, each with a calendar, and the messages between them.
type conversation struct {
	*verdict
	stores map[address.Address]map[string]*itip.Object
	outbox []itip.Announcement // not delivered yet
	said   []itip.Announcement // by the last steps, not compared yet
	err    error               // of the last step
}

// converse goes through the steps of a conversation.
func converse(s mapping) (v verdict) {
	v.notes.unknown("scenario", without(s, "id", "title", "source", "kind", "steps", "note", "caution")...)
	c := &conversation{verdict: &v, stores: map[address.Address]map[string]*itip.Object{}}
	for i, n := range list(s["steps"]) {
		step, _ := n.(mapping)
		found := len(v.diffs)
		c.step(step)
		for j := found; j < len(v.diffs); j++ {
			v.diffs[j] = fmt.Sprintf("step %d, %s: %s", i+1, text(step["do"]), v.diffs[j])
		}
		if v.broken != "" {
			v.broken = fmt.Sprintf("after %d steps as expected: step %d: %s", i, i+1, v.broken)
			return v
		}
	}
	if len(c.said) > 0 {
		v.diff("at the end: %d messages that no step expects", len(c.said))
	}
	return v
}

// stepFields are those a step may have.
var stepFields = map[string][]string{
	"store":           {"user", "object"},
	"delete":          {"user", "uid"},
	"receive":         {"sender", "recipient", "message"},
	"expect-messages": {"messages", "result"},
	"deliver-pending": {"messages", "result"},
	"check-store":     {"user", "expect", "uid"},
}

func (c *conversation) step(s mapping) {
	do := text(s["do"])
	fields, ok := stepFields[do]
	if !ok {
		c.broken = "unknown step " + do
		return
	}
	c.notes.unknown(do, without(s, append(fields, "do", "note")...)...)
	switch do {
	case "store":
		c.store(mailbox(s["user"]), s["object"])
	case "delete":
		c.change(mailbox(s["user"]), text(s["uid"]), nil)
	case "receive":
		c.receive(s)
	case "expect-messages":
		c.expect(s)
	case "deliver-pending":
		c.deliverAll(s)
	case "check-store":
		c.check(s)
	}
}

func mailbox(n node) address.Address {
	a, _ := address.Parse(text(n))
	return a
}

func (c *conversation) store(user address.Address, n node) {
	after, err := readObject(n, &c.notes)
	switch {
	case n == nil:
		c.broken = "what is stored is not in the file"
	case err != nil:
		c.err = fmt.Errorf("%w: %w", errGiven, err)
	default:
		c.change(user, after.UID(), after)
	}
}

// change stores an object, nil to delete it, as its owner does, and announces that.
func (c *conversation) change(user address.Address, uid string, after *itip.Object) {
	if c.stores[user] == nil {
		c.stores[user] = map[string]*itip.Object{}
	}
	before := c.stores[user][uid]
	var messages []itip.Announcement
	if messages, c.err = itip.Announce(before, after, now, user); c.err != nil {
		return
	}
	if after == nil {
		delete(c.stores[user], uid)
	} else if c.stores[user][uid], c.err = itip.Revise(before, after, user); c.err != nil {
		c.diff("revise: %v", c.err)
	} else {
		c.raised(before, c.stores[user][uid], user)
	}
	c.say(messages)
}

// raised holds that SEQUENCE rises where it has to (S5546-02): comparing alone takes one less than the source has.
func (c *conversation) raised(before, after *itip.Object, user address.Address) {
	if u, err := after.Organizer(); err != nil || u.Address != user || before == nil || !itip.TimeChanged(before, after, nil) {
		return
	}
	if highest(after) <= highest(before) {
		c.diff("SEQUENCE does not rise")
	}
}

func highest(o *itip.Object) int {
	n := 0
	for _, c := range o.Scheduled() {
		n = max(n, c.Sequence())
	}
	return n
}

func (c *conversation) say(messages []itip.Announcement) {
	c.outbox = append(c.outbox, messages...)
	c.said = append(c.said, messages...)
}

func (c *conversation) receive(s mapping) {
	m, err := readObject(s["message"], &c.notes)
	if err != nil {
		c.broken = err.Error()
		return
	}
	c.outbox = append(c.outbox, itip.Announcement{From: mailbox(s["sender"]), To: mailbox(s["recipient"]), Object: m})
}

// expect compares what was said by the last steps, and how the last one ended.
func (c *conversation) expect(s mapping) {
	if c.err != nil && text(s["result"]) == "" {
		c.broken = c.err.Error()
		return
	}
	c.result(text(s["result"]))
	c.messages(list(s["messages"]), c.said, true)
	c.said, c.err = nil, nil
}

// result compares with the source's word for why nothing is sent.
func (c *conversation) result(word string) {
	switch {
	case word == "":
		if c.err != nil {
			c.diff("%v", c.err)
		}
	case slices.Contains([]string{"NoSchedulingInfo", "NothingToSend", "OtherSchedulingAgent"}, word):
		if c.err != nil {
			c.diff("%v, want %s", c.err, word)
		}
	case word == "NotOrganizerNorAttendee": // nobody's business: nothing is announced, and no message applied
		if c.err != nil && !errors.Is(c.err, itip.ErrNotListed) {
			c.diff("%v, want %s", c.err, word)
		}
	case strings.HasPrefix(word, "Multiple"):
		if c.err == nil {
			c.diff("no error, want %s", word)
		}
	default:
		c.notes.unknown("result", word)
	}
}

// deliverAll delivers what was sent, also in answer to what is delivered.
func (c *conversation) deliverAll(s mapping) {
	c.said, c.err = nil, nil
	pending := c.outbox
	c.outbox = nil
	for _, m := range pending {
		if err := c.deliver(m); err != nil && c.err == nil {
			c.err = err
		}
	}
	if text(s["result"]) != "" {
		c.result(text(s["result"]))
	} else if c.err != nil {
		c.diff("%v", c.err)
	}
	if s["messages"] != nil || len(c.said) > 0 {
		c.messages(list(s["messages"]), c.said, true)
	}
	c.said, c.err = nil, nil
}

func (c *conversation) deliver(m itip.Announcement) error {
	uid := m.Object.UID()
	if c.stores[m.To] == nil {
		c.stores[m.To] = map[string]*itip.Object{}
	}
	stored := c.stores[m.To][uid]
	message, err := parsed(m.Object) // as it comes by mail
	if err != nil {
		return err
	}
	if message.Method() == "REFRESH" {
		return c.refresh(stored, message, m)
	}
	after, err := apply(stored, message, m.To)
	if errors.Is(err, itip.ErrNoInstance) && message.Method() == "REPLY" {
		c.refuse(message)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s to %s: %w", message.Method(), m.To, err)
	}
	c.stores[m.To][uid] = after
	if after == nil {
		delete(c.stores[m.To], uid)
	}
	return nil
}

// refuse remembers what a REPLY was about that names no instance of the series.
func (c *conversation) refuse(reply *itip.Object) {
	for _, o := range reply.Overrides() {
		id, _ := o.Prop("RECURRENCE-ID")
		c.refused = append(c.refused, timed{id.Value, id.Param("TZID")})
	}
}

// refresh sends an attendee who asks all that he may know (S5546-41).
func (c *conversation) refresh(stored, message *itip.Object, m itip.Announcement) error {
	if stored == nil {
		return errIgnored
	}
	forced := stored.Clone()
	for _, comp := range forced.Scheduled() {
		for i, p := range comp.Props {
			if u := lineOf(p); p.Name == "ATTENDEE" && u.addr == m.From {
				comp.Props[i] = p.With("SCHEDULE-FORCE-SEND", "REQUEST")
			}
		}
	}
	answers, err := itip.Announce(stored, forced, now, m.To)
	c.say(answers)
	return err
}

// check compares what a user has stored.
func (c *conversation) check(s mapping) {
	user := mailbox(s["user"])
	uid := text(s["uid"])
	want, _ := s["expect"].(mapping)
	for _, n := range list(want["components"]) {
		w, _ := n.(mapping)
		uid = text(w["uid"])
	}
	c.object(s["expect"], c.stores[user][uid], frame{lead: true, recipient: user})
}
