package resource

var english = words{
	language:    "en",
	subject:     map[string]string{accepted: "Accepted: %s", declined: "Declined: %s", partly: "Partly accepted: %s"},
	text:        map[string]string{accepted: "%s is booked for \"%s\", %s.", declined: "%s could not be booked for \"%s\", %s.", partly: "%s is booked for \"%s\", %s, but not for all of the series."},
	clash:       "It is already booked:",
	partly:      "It is not booked where it is taken already:",
	deafSubject: "Not delivered to a resource: %s",
	deaf:        "Your mail was not delivered to %s. A resource reads nothing but invitations to events; send one from your calendar. The other recipients have got your mail.",
	contact:     "Questions? Ask %s.",
	more:        "and %d more",
	cut:         "The series goes on for longer than can be booked ahead. It is booked up to %s.",
	because: map[string]string{
		ruleTimes:         "The times of this event cannot be understood or are too many.",
		ruleAhead:         "No part of this event lies ahead within the time that can be booked.",
		"booking_window":  "It cannot be booked that far ahead.",
		"max_duration":    "It cannot be booked for that long.",
		"min_duration":    "It cannot be booked for so short a time.",
		"allow_recurring": "It cannot be booked for a series of events.",
		"max_conflicts":   "It is taken for too many events of the series.",
		"work_hours_only": "It can be booked during working hours only.",
		"capacity":        "It has not enough room for all who are invited.",
		"book_in_policy":  "You are not among those who can book it.",
		"policy":          "It cannot be booked.",
	},
	date: "2006-01-02", clock: "15:04",
}
