package resource

import "time"

// Rules say when a resource can be booked, by whom, and what its calendar and its answers tell. The words are the
// same in usher.yaml, in the directory and in what usher rooms prints; names in brackets are Exchange's.
type Rules struct {
	// Policy is what becomes of a request that could be booked.
	Policy policies `yaml:"policy"`

	// BookingWindow is how far ahead may be booked, from the time of the mail; 0: up to the horizon
	// [BookingWindowInDays].
	BookingWindow time.Duration `yaml:"booking_window"`
	// EnforceWindow declines a series that goes on behind the window; else it is booked up to there
	// [EnforceSchedulingHorizon].
	EnforceWindow bool `yaml:"enforce_window"`
	// MaxDuration and MinDuration bound each instance; 0: any [MaximumDurationInMinutes, MinimumDurationInMinutes].
	MaxDuration time.Duration `yaml:"max_duration"`
	MinDuration time.Duration `yaml:"min_duration"`

	AllowRecurring bool `yaml:"allow_recurring"` // [AllowRecurringMeetings]
	// AllowConflicts books whatever else is there, any number of times [AllowConflicts].
	AllowConflicts bool `yaml:"allow_conflicts"`
	// MaxConflicts and MaxConflictPercent are how many instances of a series may clash and be declined while the
	// others are booked; either is enough, 0 allows none [MaximumConflictInstances, ConflictPercentageAllowed].
	MaxConflicts       int `yaml:"max_conflicts"`
	MaxConflictPercent int `yaml:"max_conflict_percent"`
	// Parallel is how many bookings may share a time, 1 and more.
	Parallel int `yaml:"parallel"`
	// BufferBefore and BufferAfter are kept free around each booking.
	BufferBefore time.Duration `yaml:"buffer_before"`
	BufferAfter  time.Duration `yaml:"buffer_after"`

	WorkHoursOnly bool     `yaml:"work_hours_only"` // [ScheduleOnlyDuringWorkHours]
	WorkHours     hours    `yaml:"work_hours"`
	WorkDays      weekdays `yaml:"work_days"`
	// Zone is where the resource is: its working hours and whole days; "": that of the calendars.
	Zone string `yaml:"zone"`

	Capacity        int  `yaml:"capacity"`         // people; 0: not known
	EnforceCapacity bool `yaml:"enforce_capacity"` // more attendees than that are declined [EnforceCapacity]

	// BookInPolicy are those whose requests within the rules are booked; RequestInPolicy those who may ask an owner for
	// them instead, and RequestOutOfPolicy those who may ask for what is against the rules [of the same names].
	BookInPolicy       []who `yaml:"book_in_policy"`
	RequestInPolicy    []who `yaml:"request_in_policy"`
	RequestOutOfPolicy []who `yaml:"request_out_of_policy"`
	// Owner are those who are asked and told: addresses, or names (DN); of groups, their members.
	Owner []string `yaml:"owner"`

	// What of a request is not kept in the resource's calendar [DeleteSubject, AddOrganizerToSubject, DeleteComments,
	// DeleteAttachments, RemovePrivateProperty].
	TrimSubject           bool `yaml:"trim_subject"`
	AddOrganizerToSubject bool `yaml:"add_organizer_to_subject"`
	TrimComments          bool `yaml:"trim_comments"`
	TrimAttachments       bool `yaml:"trim_attachments"`
	TrimPrivate           bool `yaml:"trim_private"`
	// Pending is how time shows that waits for an owner: tentative, or free [TentativePendingApproval].
	Pending string `yaml:"pending" config:"oneof=tentative|free"`
	// KeepCancelled keeps cancelled events in the calendar, as such [not RemoveCanceledMeetings].
	KeepCancelled bool `yaml:"keep_cancelled"`
	// ExpireDays after its end a booking is removed; 0: never.
	ExpireDays int `yaml:"expire_days"`

	// Strategy is how a collection chooses among the members that can take a request: the first by name, one drawn by
	// the UID, the one with the fewest booked hours or (round_robin) the fewest bookings in the two weeks before and
	// after, or the smallest that is large enough.
	Strategy string `yaml:"strategy" config:"oneof=first|random|least_used|smallest_fit|round_robin"`
	// Alternatives is how many other times or members a decline offers, 0 to 3.
	Alternatives int `yaml:"alternatives"`
	// ExplainConflicts says what a decline tells of the booking in the way: "times", or "details" (organizer and
	// title too, never those of private bookings).
	ExplainConflicts string `yaml:"explain_conflicts" config:"oneof=times|details"`
	// Answer is a text that every answer ends with [AdditionalResponse].
	Answer string `yaml:"answer"`

	// Location and Features are told to people.
	Location string   `yaml:"location"`
	Features []string `yaml:"features"`
}

// defaultRules are those of a resource nothing is said about: accepted when free.
var defaultRules = Rules{
	Policy:           policies{{does: accept}},
	EnforceWindow:    true,
	AllowRecurring:   true,
	Parallel:         1,
	WorkHours:        hours{8 * time.Hour, 17 * time.Hour},
	WorkDays:         days(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
	BookInPolicy:     []who{everybody},
	Pending:          "tentative",
	Strategy:         "first",
	ExplainConflicts: "times",
}
