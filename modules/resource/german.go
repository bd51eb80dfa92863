package resource

var german = words{
	language:    "de",
	subject:     map[string]string{accepted: "Zugesagt: %s", declined: "Abgelehnt: %s", partly: "Teilweise zugesagt: %s"},
	text:        map[string]string{accepted: "%s ist gebucht für „%s“, %s.", declined: "%s konnte nicht gebucht werden für „%s“, %s.", partly: "%s ist gebucht für „%s“, %s, aber nicht für die ganze Serie."},
	clash:       "Bereits belegt:",
	partly:      "Nicht gebucht, weil bereits belegt:",
	deafSubject: "Nicht an eine Ressource zugestellt: %s",
	deaf:        "Ihre Nachricht wurde nicht zugestellt an %s. Eine Ressource liest nur Einladungen zu Terminen; senden Sie eine aus Ihrem Kalender. Die anderen Empfänger haben Ihre Nachricht bekommen.",
	contact:     "Fragen beantwortet %s.",
	more:        "und %d weitere",
	cut:         "Die Serie dauert länger, als im Voraus gebucht werden kann. Sie ist gebucht bis %s.",
	because: map[string]string{
		ruleTimes:         "Die Zeiten dieses Termins sind unverständlich oder zu viele.",
		ruleAhead:         "Kein Teil dieses Termins liegt in der Zeit, die gebucht werden kann.",
		"booking_window":  "So weit im Voraus kann nicht gebucht werden.",
		"max_duration":    "So lange kann nicht gebucht werden.",
		"min_duration":    "Für so kurze Zeit kann nicht gebucht werden.",
		"allow_recurring": "Serien können nicht gebucht werden.",
		"max_conflicts":   "Zu viele Termine der Serie sind bereits belegt.",
		"work_hours_only": "Gebucht werden kann nur während der Arbeitszeit.",
		"capacity":        "Der Platz reicht nicht für alle Eingeladenen.",
		"book_in_policy":  "Sie gehören nicht zu denen, die buchen können.",
		"policy":          "Buchungen sind nicht möglich.",
	},
	date: "02.01.2006", clock: "15:04",
}
