package kolab

import (
	"fmt"
	"strings"
	"time"

	"usher/itip"
)

// horizon is how far an endless series is followed before a zone is taken for the same as another.
const horizon = 10 * 366 * 24 * time.Hour

// renamed are zones that Kolab's reader knows by an older name only, or not at all ("").
var renamed = map[string]string{
	"Europe/Kyiv": "Europe/Kiev", "America/Nuuk": "America/Godthab", "Pacific/Kanton": "Pacific/Enderbury",
	"America/Ciudad_Juarez": "", "America/Coyhaique": "", "Factory": "",
}

// candidates are zones to try for a series in a zone whose name says nothing: one of each kind of clock.
var candidates = strings.Fields(`Etc/GMT Etc/GMT+1 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT+10
	Etc/GMT+11 Etc/GMT+12 Etc/GMT-1 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9
	Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14
	Europe/Berlin Europe/London Europe/Athens Europe/Moscow Europe/Lisbon Europe/Istanbul
	America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage
	America/Halifax America/St_Johns America/Sao_Paulo America/Argentina/Buenos_Aires America/Santiago America/Bogota
	America/Caracas America/Mexico_City America/Havana Pacific/Honolulu Africa/Cairo Africa/Johannesburg Africa/Lagos
	Africa/Nairobi Asia/Jerusalem Asia/Beirut Asia/Dubai Asia/Tehran Asia/Karachi Asia/Kolkata Asia/Kathmandu
	Asia/Dhaka Asia/Bangkok Asia/Shanghai Asia/Tokyo Asia/Seoul Australia/Perth Australia/Adelaide Australia/Darwin
	Australia/Brisbane Australia/Sydney Australia/Lord_Howe Pacific/Auckland Pacific/Chatham`)

// zones says the zones of an object in Kolab's words, which are IANA names. What the object means by a TZID is what
// package itip finds. An IANA zone stands for it if all times that hang in it are the same instants there, for a
// series all that it can have within the horizon. Single times that no zone fits are written in UTC; a series
// cannot be, so that there is none.
type zones struct {
	object   *itip.Object
	resolver *itip.Zones
	iana     *itip.Zones
	decided  map[string]string      // "" is UTC
	walls    map[string][]time.Time // what hangs in each zone
	series   string                 // the zone of the master's rule
}

func newZones(o *itip.Object) *zones {
	z := &zones{object: o, resolver: o.Zones(time.UTC), iana: itip.New("").Zones(time.UTC),
		decided: map[string]string{}, walls: map[string][]time.Time{}}
	for _, c := range o.Scheduled() {
		for _, p := range c.Props {
			tzid := p.Param("TZID")
			for _, s := range stampsOf(p) {
				if s.tzid != "" {
					z.walls[tzid] = append(z.walls[tzid], s.wall)
				}
			}
			if p.Name == "DTSTART" && c.Has("RRULE") && !c.Has("RECURRENCE-ID") {
				z.series = tzid
			}
		}
	}
	return z
}

// native is the stamp as Kolab can say it.
func (z *zones) native(s stamp) (stamp, error) {
	if s.date || s.utc || s.tzid == "" {
		return s, nil
	}
	name, known := z.decided[s.tzid]
	if !known {
		var err error
		if name, err = z.decide(s.tzid); err != nil {
			return s, err
		}
		z.decided[s.tzid] = name
	}
	if name == "" {
		return z.inUTC(s)
	}
	s.tzid = name
	return s, nil
}

// inUTC is the same instant in UTC. Dates and floating times stay.
func (z *zones) inUTC(s stamp) (stamp, error) {
	if s.date || s.utc || s.tzid == "" {
		return s, nil
	}
	zone, err := z.resolver.Find(s.tzid)
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrZone, err)
	}
	at, _ := zone.Instant(s.wall)
	return stamp{wall: at.UTC(), utc: true}, nil
}

func (z *zones) decide(tzid string) (string, error) {
	zone, err := z.resolver.Find(tzid)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrZone, err)
	}
	vtimezone := z.vtimezone(tzid)
	name, known := ianaName(tzid)
	if vtimezone == nil && known {
		return name, nil
	}
	names := []string{name}
	if vtimezone != nil {
		place, _ := ianaName(vtimezone.Text("X-LIC-LOCATION"))
		names = append(names, place)
	}
	return z.search(tzid, zone, names)
}

// search finds the first zone that has the same times, "" for UTC.
func (z *zones) search(tzid string, zone *itip.Zone, names []string) (string, error) {
	series := z.series == tzid
	if series {
		names = append(names, candidates...)
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		other, err := z.iana.Find(name)
		if err == nil && agree(zone, other, z.walls[tzid]) && (!series || z.agreeLong(zone, other)) {
			return name, nil
		}
	}
	if series {
		return "", fmt.Errorf("%w %.100q: no IANA zone has the same times", ErrZone, tzid)
	}
	return "", nil
}

// ianaName is what Kolab calls the zone that a TZID is known for; "" is UTC. known is false if there is none.
func ianaName(tzid string) (name string, known bool) {
	loc, ok := itip.Location(tzid)
	if !ok || loc == time.UTC {
		return "", ok
	}
	name = loc.String()
	if to, is := renamed[name]; is {
		return to, to != ""
	}
	again, ok := itip.Location(name) // an offset alone is no place
	if !ok || again.String() != name || strings.HasPrefix(name, "UTC") {
		return "", false
	}
	return name, true
}

func (z *zones) vtimezone(tzid string) *itip.Component {
	for _, c := range z.object.Root.Parts {
		if c.Name == "VTIMEZONE" && c.Text("TZID") == tzid {
			return c
		}
	}
	return nil
}

func agree(a, b *itip.Zone, walls []time.Time) bool {
	for _, wall := range walls {
		x, _ := a.Instant(wall)
		if y, _ := b.Instant(wall); !x.Equal(y) {
			return false
		}
	}
	return true
}

// agreeLong compares what a series can have: each day at the times of day of DTSTART and DTEND, or at every
// quarter of an hour if the rule says its own times of day.
func (z *zones) agreeLong(a, b *itip.Zone) bool {
	first, last, endless := z.object.Bounds(time.UTC)
	if first.IsZero() || first.Year() < 1 {
		return false
	}
	if end := first.Add(horizon); endless || last.After(end) {
		last = end
	}
	clocks := z.clocks()
	for day := first.UTC().Truncate(24 * time.Hour).Add(-24 * time.Hour); day.Before(last.Add(24 * time.Hour)); day = day.Add(24 * time.Hour) {
		for _, clock := range clocks {
			if !agree(a, b, []time.Time{day.Add(clock)}) {
				return false
			}
		}
	}
	return true
}

// clocks are the times of day that matter.
func (z *zones) clocks() []time.Duration {
	var clocks []time.Duration
	for _, c := range z.object.Scheduled() {
		rule := strings.ToUpper(c.Text("RRULE"))
		for _, sign := range []string{"BYHOUR", "BYMINUTE", "BYSECOND", "HOURLY", "MINUTELY", "SECONDLY"} {
			if strings.Contains(rule, sign) {
				return quarters()
			}
		}
		for _, name := range []string{"DTSTART", "DTEND", "DUE"} {
			p, _ := c.Prop(name)
			for _, s := range stampsOf(p) {
				clocks = append(clocks, s.wall.Sub(s.wall.Truncate(24*time.Hour)))
			}
		}
	}
	return clocks
}

func quarters() []time.Duration {
	var clocks []time.Duration
	for q := range 24 * 4 {
		clocks = append(clocks, time.Duration(q)*15*time.Minute)
	}
	return clocks
}
