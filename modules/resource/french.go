package resource

var french = words{
	language:    "fr",
	subject:     map[string]string{accepted: "Accepté : %s", declined: "Refusé : %s", partly: "Accepté en partie : %s"},
	text:        map[string]string{accepted: "%s est réservé pour « %s », %s.", declined: "%s n'a pas pu être réservé pour « %s », %s.", partly: "%s est réservé pour « %s », %s, mais pas pour toute la série."},
	clash:       "Déjà réservé :",
	partly:      "Non réservé, car déjà pris :",
	deafSubject: "Non remis à une ressource : %s",
	deaf:        "Votre message n'a pas été remis à %s. Une ressource ne lit que des invitations à des événements ; envoyez-en une depuis votre agenda. Les autres destinataires ont reçu votre message.",
	contact:     "Pour toute question : %s.",
	more:        "et %d de plus",
	cut:         "La série dure plus longtemps qu'il n'est possible de réserver à l'avance. Elle est réservée jusqu'au %s.",
	because: map[string]string{
		ruleTimes:         "Les horaires de cet événement sont incompréhensibles ou trop nombreux.",
		ruleAhead:         "Aucune partie de cet événement ne se situe dans la période réservable.",
		"booking_window":  "Il n'est pas possible de réserver si longtemps à l'avance.",
		"max_duration":    "Il n'est pas possible de réserver pour si longtemps.",
		"min_duration":    "Il n'est pas possible de réserver pour si peu de temps.",
		"allow_recurring": "Il n'est pas possible de réserver pour une série.",
		"max_conflicts":   "Trop de dates de la série sont déjà prises.",
		"work_hours_only": "La réservation n'est possible que pendant les heures de travail.",
		"capacity":        "Il n'y a pas assez de place pour tous les invités.",
		"book_in_policy":  "Vous n'êtes pas parmi les personnes qui peuvent réserver.",
		"policy":          "La réservation n'est pas possible.",
	},
	date: "02/01/2006", clock: "15:04",
}
