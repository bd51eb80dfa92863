// Package calendar says what a calendar is: something that can be read, and a store that keeps objects such
// that two hosts that book one room at the same moment meet in it and only one of them wins.
//
// It knows objects, versions, busy time and claims on it, and keeps them in memory (Memory) or in folders of
// .ics files (Dir). It does not know whose a calendar is, who may book it or why, and speaks no protocol.
package calendar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/address"
	"usher/itip"
)

// ErrStale says that the calendar moved since it was read: this UID changed, or a claim is overbooked by
// somebody else. Whoever planned on what was read plans again.
var ErrStale = errors.New("calendar changed since it was read")

// ErrHeld is the ErrStale of somebody who has waited long enough for an earlier hold: its owner may have died, and
// whoever resumes it must not have to wait for those who wait.
var ErrHeld = fmt.Errorf("%w: an earlier hold is in the way", ErrStale)

// ErrUnreadable says that a calendar, or an object inside the window asked for, cannot be read.
// Nobody may take it for "free" (D-14).
var ErrUnreadable = errors.New("calendar unreadable")

// HoldLife is how long a hold is respected after its owner went silent; a retry within it resumes the hold.
const HoldLife = 15 * time.Minute

// ConfirmWithin is how long after taking a hold its owner may still confirm it. It is far below HoldLife, so
// that a slow owner gives up long before anybody else may remove its hold.
const ConfirmWithin = 60 * time.Second

// Version identifies one state of one object (or, from Busy, of a calendar); "" is "not there".
type Version string

// Status is how an object takes part in busy time.
type Status string

// The statuses of a Period (RFC 5545 3.8.1.11).
const (
	Confirmed Status = "CONFIRMED"
	Tentative Status = "TENTATIVE"
)

// Period is one stretch of busy time, half-open: an event that ends at ten does not clash with one that begins then.
type Period struct {
	From, To     time.Time
	UID          string
	RecurrenceID time.Time // start of the instance as the rule has it; zero for an object without recurrence
	Status       Status
	Class        string // PUBLIC, PRIVATE, CONFIDENTIAL
	Organizer    address.Address
	Summary      string
}

// Overlaps tells whether two half-open spans share time; empty spans clash with nothing.
func (p Period) Overlaps(from, to time.Time) bool {
	return p.From.Before(to) && from.Before(p.To) && p.From.Before(p.To) && from.Before(to)
}

// Folder is one calendar of a mailbox user.
type Folder struct {
	Name    string // the name under which Busy and Find know it
	Tasks   bool   // holds VTODO, else VEVENT
	Default bool
	Class   string // "", PRIVATE or CONFIDENTIAL: what kind of objects it is kept for
}

// Reader is all a module ever gets: it can look, never write.
type Reader interface {
	// Folders lists the calendars of one mailbox user.
	Folders(ctx context.Context, user string) ([]Folder, error)
	// Busy gives the opaque, not cancelled time that overlaps one of the spans, recurrence expanded, ordered by start.
	// Foreign holds are not busy time. An object that cannot be read and may lie there is ErrUnreadable.
	Busy(ctx context.Context, cal string, spans ...Span) ([]Period, Version, error)
	// Find gives the object with this UID, its overrides included; holds are not found.
	Find(ctx context.Context, cal, uid string) (*itip.Object, bool, Version, error)
	// Ended gives the UIDs of objects that touch no time from a moment on, busy or not, those that ended first first,
	// at most limit of them. A series that lives is never among them, nor is what cannot be placed in time.
	Ended(ctx context.Context, cal string, before time.Time, limit int) ([]string, error)
}

// Claim is bookable time that an object wants to have: these periods, with at most Parallel bookings at a
// time in them (1 unless the resource allows more). The object's own UID never counts against it.
type Claim struct {
	Periods  []Span
	Parallel int
}

// Span is a half-open stretch of time.
type Span struct{ From, To time.Time }

// Put is one object to be stored.
type Put struct {
	Calendar, UID string
	Object        *itip.Object
	Base          Version // of this UID when it was read; the store refuses with ErrStale if it changed
	Claim         *Claim  // nil for people's calendars: nothing is claimed
	// Key names the hold of this claim: the same on every retry of the same request, so that a retry finds
	// and resumes a hold that a crash left behind.
	Key string
}

// Store is a Reader that can also be written to. Only the package world holds one.
type Store interface {
	Reader
	// Put stores an object without claiming time: all at once or not at all, durable when it returns.
	Put(ctx context.Context, p Put) error
	// Hold stores an object with a claim as a hold and waits until no earlier overlapping hold is left.
	// ErrStale: the claim is overbooked by confirmed bookings, or the UID changed; nothing is left behind.
	// Until Confirm the hold is invisible to Busy and Find; the object it will replace stays.
	Hold(ctx context.Context, p Put) (Hold, error)
	// Delete removes an object; one that is not there any more is no error. ErrStale: it changed since Base.
	Delete(ctx context.Context, cal, uid string, base Version) error
}

// Hold is time claimed and not yet booked. Exactly one of Confirm and Withdraw ends it; a crash leaves it to
// a retry with the same Key or, after HoldLife, to anybody.
type Hold interface {
	// Confirm turns the hold into the booking and removes what it replaces. After ConfirmWithin, or if the
	// hold is gone, it is refused with ErrStale.
	Confirm(ctx context.Context) error
	// Withdraw removes the hold; the calendar is as it was before.
	Withdraw(ctx context.Context) error
}
