package invitation

import "usher/itip"

var french = words{
	language: "fr",
	answerSubject: map[string]string{
		itip.Accepted: "Accepté : %s", itip.Tentative: "Accepté provisoirement : %s", itip.Declined: "Refusé : %s",
	},
	answer: map[string]string{
		itip.Accepted:  "%s a accepté l'invitation à « %s », %s.",
		itip.Tentative: "%s a accepté provisoirement l'invitation à « %s », %s.",
		itip.Declined:  "%s a refusé l'invitation à « %s », %s.",
	},
	automatic: "Cette réponse a été donnée automatiquement.",
	date:      "02/01/2006", clock: "15:04",
}
