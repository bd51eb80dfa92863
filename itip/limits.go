package itip

import "errors"

// What is read is bounded, so that no mail and no stored object can take more than its share.
const (
	MaxSize       = 1 << 20  // bytes of a calendar part, and of an object as Encode writes it
	MaxLine       = 64 << 10 // bytes of a content line, unfolded; attachments may fill the object
	MaxComponents = 5000     // of a calendar part, inner ones included
	MaxAttendees  = 1000     // of one component
	MaxDepth      = 10       // of components in components
	MaxObjects    = 200      // different UIDs of a calendar part
	MaxUID        = 1024     // bytes of a UID
	MaxInstances  = 5000     // of one object in one window
)

// maxRepairs bounds what is told about one part.
const maxRepairs = 100

// maxSteps bounds the work on the recurrence of one object: about 50 ms on a slow machine.
const maxSteps = 2_000_000

// The reasons why something is not read or not done.
var (
	ErrSyntax     = errors.New("not iCalendar")
	ErrTooLarge   = errors.New("calendar object too large")
	ErrTooMany    = errors.New("too many instances")
	ErrZone       = errors.New("unknown time zone")
	ErrOutdated   = errors.New("older than what is stored")
	ErrNoInstance = errors.New("no such instance")
	ErrNotListed  = errors.New("attendee is not listed")
	ErrOrganizer  = errors.New("no organizer that all components share")
	ErrTakeover   = errors.New("organizer is not the one this UID belongs to")
	ErrAnswerer   = errors.New("not the answer of one attendee")
	ErrDelegation = errors.New("delegated too often or in a circle")
)
