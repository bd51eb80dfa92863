package calendartest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// index is what a store tells of a calendar that changes and changes, whatever it remembers to be quick.
var index = []test{
	{"after each change all hosts tell what all objects say", func(r *room) {
		c := &changes{room: r, rand: rand.New(rand.NewPCG(1, 2)), truth: map[string]*itip.Object{}}
		for range 3 {
			c.hosts = append(c.hosts, r.elsewhere())
		}
		for range 80 {
			c.change(c.host())
			for range 2 {
				c.look(c.host())
			}
		}
		c.look(r.elsewhere())
	}},
}

// changes are a random life of a calendar, and what is in it by then.
type changes struct {
	*room
	rand  *rand.Rand
	hosts []*room
	truth map[string]*itip.Object
}

func (c *changes) host() *room { return c.hosts[c.rand.IntN(len(c.hosts))] }

// change puts, books or deletes one of a few objects.
func (c *changes) change(at *room) {
	at.Helper()
	uid := fmt.Sprintf("object-%d", c.rand.IntN(25))
	_, ok, base := at.find(uid)
	p := calendar.Put{Calendar: at.cal, UID: uid, Base: base, Object: c.object(uid)}
	switch what := c.rand.IntN(8); {
	case ok && what < 3:
		at.must(at.store.Delete(at.ctx, at.cal, uid, base))
		delete(c.truth, uid)
		return
	case what < 5:
		p.Claim, p.Key = &calendar.Claim{Periods: []calendar.Span{c.span()}, Parallel: 1000}, fmt.Sprintf("request %d", c.rand.Int())
		hold := at.hold(p)
		if what == 3 {
			at.must(hold.Withdraw(at.ctx))
			return
		}
		at.must(hold.Confirm(at.ctx))
	default:
		at.must(at.store.Put(at.ctx, p))
	}
	c.truth[uid], _, _ = at.find(uid)
}

// look compares what a host says with what all objects say.
func (c *changes) look(at *room) {
	at.Helper()
	var spans []calendar.Span
	for range 1 + c.rand.IntN(5) {
		spans = append(spans, c.span())
	}
	got, v, err := at.store.Busy(at.ctx, at.cal, spans...)
	at.must(err)
	if want := c.periods(spans); !reflect.DeepEqual(got, want) {
		at.Fatalf("busy within %v:\n%v; want\n%v", spans, got, want)
	}
	if (v == "") != (len(c.truth) == 0) {
		at.Fatalf("version %q of %d objects", v, len(c.truth))
	}
	before, limit := c.moment(), c.rand.IntN(6)
	ended, err := at.store.Ended(at.ctx, at.cal, before, limit)
	at.must(err)
	if want := c.ended(before, limit); !slices.Equal(ended, want) {
		at.Fatalf("ended before %v, at most %d: %q; want %q", before, limit, ended, want)
	}
}

// periods asks every object, for all of the time, and picks.
func (c *changes) periods(spans []calendar.Span) []calendar.Period {
	var all []calendar.Period
	for _, o := range c.truth {
		ps, err := calendar.Periods(o, time.UTC, Between("-500 00:00", "900 00:00"))
		c.must(err)
		for _, p := range ps {
			if slices.ContainsFunc(spans, func(s calendar.Span) bool { return p.Overlaps(s.From, s.To) }) {
				all = append(all, p)
			}
		}
	}
	calendar.SortPeriods(all)
	return all
}

func (c *changes) ended(before time.Time, limit int) []string {
	lasts := map[string]int64{}
	var uids []string
	for uid, o := range c.truth {
		first, last, endless := o.Bounds(time.UTC)
		if !endless && !first.IsZero() && last.Unix() < before.Unix() {
			lasts[uid] = last.Unix()
			uids = append(uids, uid)
		}
	}
	slices.SortFunc(uids, func(a, b string) int { return cmp.Or(cmp.Compare(lasts[a], lasts[b]), strings.Compare(a, b)) })
	return uids[:min(len(uids), limit)]
}

// moment is a quarter of an hour of the year around the suite's day.
func (c *changes) moment() time.Time {
	return day.Add(time.Duration(c.rand.IntN(400*96)-100*96) * 15 * time.Minute)
}

func (c *changes) span() calendar.Span {
	from := c.moment()
	return calendar.Span{From: from, To: from.Add(time.Duration(c.rand.IntN(200)) * time.Hour)}
}

// object is one that touches a moment, days, or all time from some day on.
func (c *changes) object(uid string) *itip.Object {
	from := c.moment()
	event := func(length time.Duration, lines ...string) string {
		return Component(uid, clock(from), clock(from.Add(length)), lines...)
	}
	rule := "RRULE:FREQ=" + []string{"DAILY", "WEEKLY", "MONTHLY"}[c.rand.IntN(3)]
	switch c.rand.IntN(9) {
	case 0:
		return Object(event(time.Duration(c.rand.IntN(60*24)) * time.Hour))
	case 1:
		return Object(event(time.Hour, rule))
	case 2:
		return Object(event(time.Hour, rule+fmt.Sprintf(";COUNT=%d", 1+c.rand.IntN(30))))
	case 3:
		return Object(event(time.Hour, rule+";UNTIL="+utc(clock(from.AddDate(0, 0, c.rand.IntN(90))))))
	case 4:
		moved := from.AddDate(0, 0, c.rand.IntN(200)-100)
		return Object(event(time.Hour, rule+";COUNT=5"),
			Component(uid, clock(moved), clock(moved.Add(time.Hour)), "RECURRENCE-ID:"+utc(clock(from)), "SUMMARY:moved"))
	case 5:
		return Object(event(time.Hour, "RDATE:"+utc(clock(c.moment())), "TRANSP:"+[]string{"OPAQUE", "TRANSPARENT"}[c.rand.IntN(2)]))
	case 6:
		return Object(fmt.Sprintf("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:%s\r\nEND:VEVENT\r\n", uid, from.Format("20060102")))
	}
	return Object(event(time.Duration(1+c.rand.IntN(12))*15*time.Minute, "STATUS:"+[]string{"CONFIRMED", "TENTATIVE", "CANCELLED"}[c.rand.IntN(3)]))
}
