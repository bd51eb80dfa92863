package invitation

import "usher/itip"

var english = words{
	language: "en",
	answerSubject: map[string]string{
		itip.Accepted: "Accepted: %s", itip.Tentative: "Tentative: %s", itip.Declined: "Declined: %s", itip.Delegated: "Delegated: %s",
	},
	delegated:        "%s has delegated the invitation to \"%s\", %s, to %s.",
	deputizedSubject: "Delegated to you: %s",
	deputized:        "%s has delegated the invitation to \"%s\", %s, to you. Please tell the organizer, %s, whether you will take part.",
	answer: map[string]string{
		itip.Accepted:  "%s has accepted the invitation to \"%s\", %s.",
		itip.Tentative: "%s has accepted the invitation to \"%s\", %s, tentatively.",
		itip.Declined:  "%s has declined the invitation to \"%s\", %s.",
	},
	automatic: "This answer was given automatically.",
	undated:   "at no fixed time",

	updated:       "\"%s\" has been updated",
	updatedBy:     "\"%s\" has been updated by %s. Your calendar has been changed accordingly.",
	cancelled:     "\"%s\" has been cancelled",
	cancelledBy:   "\"%s\" has been cancelled by %s. Your calendar has been changed accordingly.",
	cancelledOne:  "Cancelled: %s",
	cancelledAll:  "The whole series is cancelled. It would have taken place next: %s",
	cancelledFrom: "The series ends. Cancelled from this time on: %s",
	instance:      "Of the series, only %s:",
	labels: map[string]string{
		"DTSTART": "Start", "DTEND": "End", "DUE": "Due", "SUMMARY": "Title", "LOCATION": "Place", "STATUS": "Status", "URL": "Link", "PRIORITY": "Priority",
		"DESCRIPTION": "Description", "RRULE": "Recurrence", "RDATE": "Added dates of the series", "EXDATE": "Removed dates of the series", "CONFERENCE": "Conference", "CLASS": "Privacy",
	},
	states: map[string]string{
		"CONFIRMED": "confirmed", "TENTATIVE": "tentative", "CANCELLED": "cancelled",
		"NEEDS-ACTION": "needs action", "IN-PROCESS": "in process", "COMPLETED": "completed",
	},
	changed:   "changed",
	invited:   "Now invited",
	uninvited: "No longer invited",
	more:      "and %d more changes",
	comment:   "Comment: %s",

	answered: "\"%s\" has been updated",
	standing: "Your invitation to \"%s\", %s, has been answered.",
	standings: map[string]string{
		itip.Accepted: "Accepted:", itip.Tentative: "Tentative:", itip.Declined: "Declined:", itip.Delegated: "Delegated:",
		itip.Completed: "Completed:", itip.InProcess: "In process:", itip.NeedsAction: "Pending:",
	},
	unnamed: "and %d more attendees",
	noted:   "The answers are noted in your calendar.",

	date: "2006-01-02", clock: "15:04",
}
