package itip

import (
	"fmt"
	"time"
)

// Zones resolves the TZIDs of one object.
//
// What a TZID means is looked up in this order: the VTIMEZONE of that name in the object, if it can be followed;
// the IANA name, also behind a prefix such as /freeassociation.sourceforge.net/Tzfile/; the Windows name; the
// name that Outlook shows. D-10: an object that says what it means by a name is believed, also where the name is
// an IANA one and the IANA database says otherwise; where both agree it makes no difference.
type Zones struct {
	object *Object
	local  *time.Location
	found  map[string]*Zone
	gaps   bool // lengths hold for both readings of a start that the clocks skip (see Readings)
}

// Zones gives the zones of the object; local is where all-day and floating times hang, nil for UTC. A Zones is
// for one goroutine.
func (o *Object) Zones(local *time.Location) *Zones {
	if local == nil {
		local = time.UTC
	}
	return &Zones{object: o, local: local, found: map[string]*Zone{}}
}

// Find gives the zone of a TZID; "" is the local one. The error wraps ErrZone and names the TZID.
func (z *Zones) Find(tzid string) (*Zone, error) {
	if found := z.found[tzid]; found != nil {
		return found, nil
	}
	zone := z.resolve(tzid)
	if zone == nil {
		return nil, fmt.Errorf("%w %.100q", ErrZone, tzid)
	}
	z.found[tzid] = zone
	return zone, nil
}

func (z *Zones) resolve(tzid string) *Zone {
	if tzid == "" {
		return &Zone{Name: z.local.String(), loc: z.local}
	}
	if c := z.object.zone(tzid); c != nil {
		if zone, err := newZone(c); err == nil {
			return zone
		}
	}
	if loc, ok := Location(tzid); ok {
		return &Zone{Name: tzid, loc: loc}
	}
	return nil
}

// utc is where times with a Z hang.
var utc = &Zone{Name: "UTC", loc: time.UTC}

func (z *Zones) of(w when) (*Zone, error) {
	if w.utc {
		return utc, nil
	}
	return z.Find(w.tzid)
}

// moment is a when that has found its place in time.
type moment struct {
	when
	zone *Zone
	at   int64 // seconds since 1970
}

func (z *Zones) moment(w when) (moment, error) {
	zone, err := z.of(w)
	if err != nil {
		return moment{}, err
	}
	at, _ := zone.instant(w.wall)
	return moment{w, zone, at}, nil
}

// Zone is one time zone: an IANA one, or what a VTIMEZONE describes.
type Zone struct {
	Name  string
	loc   *time.Location // nil for a VTIMEZONE
	parts []*observance
	fixed map[int64]*time.Location
}

// Instant finds the instant at which the clocks of the zone show what wall shows in its own location. A time that
// is skipped is counted on with the offset before the gap, and of a time that comes twice it is the first one
// (RFC 5545 3.3.5). exists is false in a gap.
func (z *Zone) Instant(wall time.Time) (at time.Time, exists bool) {
	_, offset := wall.Zone()
	u, exists := z.instant(wall.Unix() + int64(offset))
	return z.time(u), exists
}

// In shows an instant on the clocks of the zone.
func (z *Zone) In(t time.Time) time.Time { return z.time(t.Unix()) }

// margin is more than any offset and any two offsets are apart.
const margin = 16 * 3600

func (z *Zone) instant(wall int64) (at int64, exists bool) {
	if z.loc == time.UTC {
		return wall, true
	}
	before, after := z.offset(wall-margin), z.offset(wall+margin)
	if before == after && z.offset(wall-before) == before {
		return wall - before, true
	}
	at, exists = wall-before, false
	for _, offset := range []int64{before, z.offset(wall - before), after} {
		if u := wall - offset; z.offset(u) == offset && (!exists || u < at) {
			at, exists = u, true
		}
	}
	return at, exists
}

// offset is how many seconds the clocks are ahead of UTC at an instant.
func (z *Zone) offset(at int64) int64 {
	if z.loc != nil {
		_, offset := time.Unix(at, 0).In(z.loc).Zone()
		return int64(offset)
	}
	return z.observed(at)
}

// wall is what the clocks show at an instant.
func (z *Zone) wall(at int64) int64 { return at + z.offset(at) }

func (z *Zone) time(at int64) time.Time {
	if z.loc != nil {
		return time.Unix(at, 0).In(z.loc)
	}
	offset := z.offset(at)
	loc := z.fixed[offset]
	if loc == nil {
		loc = time.FixedZone(z.Name, int(offset))
		z.fixed[offset] = loc
	}
	return time.Unix(at, 0).In(loc)
}
