package kolab

import "strings"

// place is where an element stands: Kolab's schema takes elements in this order only.
type place struct {
	name string // of the element
	many bool   // one element for each line; otherwise there is at most one for all of them
	date bool   // a DATE or DATE-TIME, or several
}

var eventOrder = []place{
	{name: "uid"}, {name: "created", date: true}, {name: "dtstamp", date: true}, {name: "sequence"}, {name: "class"},
	{name: "categories"}, {name: "dtstart", date: true}, {name: "dtend", date: true}, {name: "duration"},
	{name: "transp"}, {name: "rrule"}, {name: "rdate", date: true}, {name: "exdate", date: true},
	{name: "recurrence-id", date: true}, {name: "summary"}, {name: "description"}, {name: "comment"},
	{name: "priority"}, {name: "status"}, {name: "location"}, {name: "organizer"}, {name: "url"},
	{name: "attendee", many: true}, {name: "attach", many: true},
}

var taskOrder = []place{
	{name: "uid"}, {name: "created", date: true}, {name: "dtstamp", date: true}, {name: "sequence"}, {name: "class"},
	{name: "categories"}, {name: "related-to", many: true}, {name: "dtstart", date: true}, {name: "due", date: true},
	{name: "rrule"}, {name: "rdate", date: true}, {name: "exdate", date: true}, {name: "recurrence-id", date: true},
	{name: "summary"}, {name: "description"}, {name: "comment"}, {name: "priority"}, {name: "status"},
	{name: "percent-complete"}, {name: "location"}, {name: "organizer"}, {name: "url"},
	{name: "attendee", many: true}, {name: "attach", many: true},
}

var alarmOrder = []place{
	{name: "action"}, {name: "summary"}, {name: "description"}, {name: "attendee", many: true}, {name: "attach"},
	{name: "trigger"}, {name: "duration"}, {name: "repeat"},
}

// recurOrder is the order of the elements of a rule.
var recurOrder = []string{"freq", "until", "count", "interval", "bysecond", "byminute", "byhour", "byday", "byyearday",
	"bymonthday", "byweekno", "bymonth", "bysetpos", "wkst"}

// single are the properties of which a component has one at most, so that what was kept of one gives way to one
// that a client has added.
var single = words("UID CREATED DTSTAMP SEQUENCE CLASS DTSTART DTEND DUE DURATION TRANSP RECURRENCE-ID SUMMARY " +
	"DESCRIPTION PRIORITY STATUS PERCENT-COMPLETE LOCATION ORGANIZER URL")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
