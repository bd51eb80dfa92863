package invitation

import "usher/itip"

var french = words{
	language: "fr",
	answerSubject: map[string]string{
		itip.Accepted: "Accepté : %s", itip.Tentative: "Accepté provisoirement : %s", itip.Declined: "Refusé : %s", itip.Delegated: "Délégué : %s",
	},
	delegated:        "%s a délégué l'invitation à « %s », %s, à %s.",
	deputizedSubject: "Invitation qui vous est déléguée : %s",
	deputized:        "%s vous a délégué l'invitation à « %s », %s. Veuillez indiquer à %s, qui organise, si vous y participerez.",
	answer: map[string]string{
		itip.Accepted:  "%s a accepté l'invitation à « %s », %s.",
		itip.Tentative: "%s a accepté provisoirement l'invitation à « %s », %s.",
		itip.Declined:  "%s a refusé l'invitation à « %s », %s.",
	},
	automatic: "Cette réponse a été donnée automatiquement.",
	undated:   "sans date fixe",

	updated:       "« %s » a été modifié",
	updatedBy:     "« %s » a été modifié par %s. Votre agenda a été mis à jour.",
	cancelled:     "« %s » a été annulé",
	cancelledBy:   "« %s » a été annulé par %s. Votre agenda a été mis à jour.",
	cancelledOne:  "Annulé : %s",
	cancelledAll:  "Toute la série est annulée. La prochaine date aurait été : %s",
	cancelledFrom: "La série prend fin. Annulé à partir de cette date : %s",
	instance:      "De la série, seulement la date du %s :",
	labels: map[string]string{
		"DTSTART": "Début", "DTEND": "Fin", "DUE": "Échéance", "SUMMARY": "Titre", "LOCATION": "Lieu", "STATUS": "État", "URL": "Lien", "PRIORITY": "Priorité",
		"DESCRIPTION": "Description", "RRULE": "Répétition", "RDATE": "Dates ajoutées à la série", "EXDATE": "Dates retirées de la série", "CONFERENCE": "Conférence", "CLASS": "Confidentialité",
	},
	states: map[string]string{
		"CONFIRMED": "confirmé", "TENTATIVE": "provisoire", "CANCELLED": "annulé",
		"NEEDS-ACTION": "à traiter", "IN-PROCESS": "en cours", "COMPLETED": "terminé",
	},
	changed:   "modifié",
	invited:   "Nouveaux invités",
	uninvited: "Ne sont plus invités",
	more:      "et %d autres modifications",
	comment:   "Commentaire : %s",

	answered: "« %s » a été mis à jour",
	standing: "Votre invitation à « %s », %s, a reçu des réponses.",
	standings: map[string]string{
		itip.Accepted: "Accepté :", itip.Tentative: "Accepté provisoirement :", itip.Declined: "Refusé :", itip.Delegated: "Délégué :",
		itip.Completed: "Terminé :", itip.InProcess: "En cours :", itip.NeedsAction: "En attente :",
	},
	unnamed: "et %d autres invités",
	noted:   "Les réponses sont notées dans votre agenda.",

	date: "02/01/2006", clock: "15:04",
}
