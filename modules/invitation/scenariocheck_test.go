package invitation_test

import (
	"slices"
	"strings"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// object is somebody's copy, an empty one where there is none.
func (p *play) object(key string) *itip.Object {
	o := p.held(key, p.id())
	if o == nil {
		p.differ("%s has no copy", key)
		return p.parse("", itip.Event, []string{"UID:none", "DTSTAMP:20250101T080000Z"})
	}
	return o
}

// master is the first component of somebody's copy.
func (p *play) master(key string) *itip.Component { return p.object(key).Scheduled()[0] }

// override is the component of the third instance.
func (p *play) override(key string) *itip.Component { return p.overrideAt(key, third) }

// overrideAt is the component of an instance, an empty one where there is none.
func (p *play) overrideAt(key, at string) *itip.Component {
	for _, c := range p.object(key).Overrides() {
		if rid, _ := c.Prop("RECURRENCE-ID"); rid.Value == at {
			return c
		}
	}
	p.differ("%s has no exception for %s", key, at)
	return &itip.Component{Name: p.kind}
}

// says holds that somebody's PARTSTAT in a component is this.
func (p *play) says(c *itip.Component, key, partstat string) {
	for _, u := range c.Attendees() {
		if u.Address.String() == addr(key) {
			if u.Partstat != partstat {
				p.differ("%s is %s, want %s", key, u.Partstat, partstat)
			}
			return
		}
	}
	p.differ("%s is not listed", key)
}

// text holds that a property of a component is this.
func (p *play) text(c *itip.Component, name, want string) {
	if c.Text(name) != want {
		p.differ("%s is %q, want %q", name, c.Text(name), want)
	}
}

// starts holds when a component starts.
func (p *play) starts(c *itip.Component, want string) {
	if start, _ := c.Prop("DTSTART"); start.Value != want {
		p.differ("it starts at %s, want %s", start.Value, want)
	}
}

// answered holds that a mail led to exactly this answer of me, "" for none.
func (p *play) answered(n int, partstat string) {
	var want []reply
	if partstat != "" {
		want = []reply{{p.me, partstat}}
	}
	if n >= len(p.came) {
		p.differ("there was no mail %d", n+1)
	} else if got := p.came[n].replies; !slices.Equal(got, want) {
		p.differ("mail %d is answered %v, want %v", n+1, got, want)
	}
}

// goes holds whether a mail was delivered.
func (p *play) goes(n int, want bool) {
	if p.came[n].delivered != want {
		p.differ("mail %d is delivered: %v", n+1, !want)
	}
}

// told holds that a mail led to so many notices, and gives them.
func (p *play) told(n, want int) string {
	notices := p.came[n].notices
	if len(notices) != want {
		p.differ("mail %d led to %d notices, want %d: %q", n+1, len(notices), want, notices)
	}
	return strings.Join(notices, "\n")
}

// taken tells whether somebody's time is taken by the event at a start.
func (p *play) taken(key, start string) bool {
	at, _ := time.ParseInLocation(clock, start, berlin)
	busy, _, err := p.calendars.Busy(p.t.Context(), addr(key), calendar.Span{From: at, To: at.Add(time.Hour)})
	return err != nil || slices.ContainsFunc(busy, func(b calendar.Period) bool { return b.UID == p.id() })
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// last is the newest mail.
func (p *play) last() int { return len(p.came) - 1 }
