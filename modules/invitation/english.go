package invitation

import "usher/itip"

var english = words{
	language: "en",
	answerSubject: map[string]string{
		itip.Accepted: "Accepted: %s", itip.Tentative: "Tentative: %s", itip.Declined: "Declined: %s",
	},
	answer: map[string]string{
		itip.Accepted:  "%s has accepted the invitation to \"%s\", %s.",
		itip.Tentative: "%s has accepted the invitation to \"%s\", %s, tentatively.",
		itip.Declined:  "%s has declined the invitation to \"%s\", %s.",
	},
	automatic: "This answer was given automatically.",
	date:      "2006-01-02", clock: "15:04",
}
