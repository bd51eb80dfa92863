package doctor

import (
	"fmt"
	"strconv"
	"time"
)

// limit is one of Postfix's timeouts and what we may take.
type limit struct {
	name, usual string
	ours        time.Duration
	what        string
}

// shortestConnect is what a connection with its negotiation may take on a busy machine.
const shortestConnect = 5 * time.Second

func (c *checkup) limits() []limit {
	return []limit{
		{"milter_content_timeout", "300s", c.ours.Deadline, "limits.deadline"},
		{"milter_command_timeout", "30s", c.ours.Command, "what we may take for MAIL, RCPT and the end of a header"},
		{"milter_connect_timeout", "30s", shortestConnect, "what a connection may take on a busy machine"},
	}
}

// timeouts: Postfix must wait longer than we work, or it has given up just when the rooms are booked.
func (c *checkup) timeouts() {
	for _, t := range c.limits() {
		for _, p := range c.places(t.name) {
			c.timeout(p, t, p.as(t.name, t.usual))
		}
	}
}

func (c *checkup) timeout(p place, t limit, remedy string) {
	d, ok := postfixTime(p.value)
	if !ok || d > t.ours {
		return
	}
	severity := Wrong
	if t.name == "milter_connect_timeout" {
		severity = Hint
	}
	c.say(severity, "timeout."+t.name[len("milter_"):len(t.name)-len("_timeout")], p.where, remedy,
		fmt.Sprintf("%s is %v, want more than %v: %s", t.name, d, t.ours, t.what))
}

var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// postfixTime reads a time as main.cf has it: a number and a unit, seconds unless given.
func postfixTime(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	unit, ok := units[text[len(text)-1]]
	if ok {
		text = text[:len(text)-1]
	} else {
		unit = time.Second
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return time.Duration(n) * unit, err == nil && n >= 0
}
