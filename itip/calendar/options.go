package calendar

import "time"

// Options are what the stores of this package can be told. The zero value is right for most.
type Options struct {
	// Now is the clock by which holds age; nil is time.Now.
	Now func() time.Time
	// Local is the zone in which floating times and whole days are meant; nil is UTC.
	Local *time.Location
	// HoldLife and ConfirmWithin replace the constants of these names where they are not zero.
	HoldLife, ConfirmWithin time.Duration
	// Index is of how many objects the directory store remembers where they lie and when they take place
	// (about 500 bytes each); 0 is 200,000. A single calendar with more is still served, and read anew each time.
	Index int
	// Objects is how many parsed objects the directory store keeps at hand (about 10 kB each); 0 is 4,096.
	Objects int
}

// withDefaults fills what was left out.
func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Local == nil {
		o.Local = time.UTC
	}
	if o.HoldLife == 0 {
		o.HoldLife = HoldLife
	}
	if o.ConfirmWithin == 0 {
		o.ConfirmWithin = ConfirmWithin
	}
	if o.Index == 0 {
		o.Index = 200_000
	}
	if o.Objects == 0 {
		o.Objects = 4_096
	}
	return o
}

// now is the time on the wall: a monotonic reading would stand still while the machine sleeps, and a hold must not.
func (o Options) now() time.Time { return o.Now().Round(0) }
