package invitation

import "usher/itip"

var german = words{
	language: "de",
	answerSubject: map[string]string{
		itip.Accepted: "Zugesagt: %s", itip.Tentative: "Vorläufig zugesagt: %s", itip.Declined: "Abgelehnt: %s",
	},
	answer: map[string]string{
		itip.Accepted:  "%s hat die Einladung zu „%s“, %s, angenommen.",
		itip.Tentative: "%s hat die Einladung zu „%s“, %s, unter Vorbehalt angenommen.",
		itip.Declined:  "%s hat die Einladung zu „%s“, %s, abgelehnt.",
	},
	automatic: "Diese Antwort wurde automatisch gegeben.",
	date:      "02.01.2006", clock: "15:04",
}
