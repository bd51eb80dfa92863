package invitation

import "usher/itip"

var german = words{
	language: "de",
	answerSubject: map[string]string{
		itip.Accepted: "Zugesagt: %s", itip.Tentative: "Vorläufig zugesagt: %s", itip.Declined: "Abgelehnt: %s", itip.Delegated: "Delegiert: %s",
	},
	delegated:        "%s hat die Einladung zu „%s“, %s, an %s delegiert.",
	deputizedSubject: "An Sie delegiert: %s",
	deputized:        "%s hat die Einladung zu „%s“, %s, an Sie delegiert. Bitte teilen Sie %s mit, ob Sie teilnehmen.",
	answer: map[string]string{
		itip.Accepted:  "%s hat die Einladung zu „%s“, %s, angenommen.",
		itip.Tentative: "%s hat die Einladung zu „%s“, %s, unter Vorbehalt angenommen.",
		itip.Declined:  "%s hat die Einladung zu „%s“, %s, abgelehnt.",
	},
	automatic: "Diese Antwort wurde automatisch gegeben.",
	undated:   "ohne festen Zeitpunkt",

	updated:       "„%s“ wurde geändert",
	updatedBy:     "„%s“ wurde von %s geändert. Ihr Kalender ist auf dem neuen Stand.",
	cancelled:     "„%s“ wurde abgesagt",
	cancelledBy:   "„%s“ wurde von %s abgesagt. Ihr Kalender ist auf dem neuen Stand.",
	cancelledOne:  "Abgesagt: %s",
	cancelledAll:  "Die ganze Serie ist abgesagt. Der nächste Termin wäre gewesen: %s",
	cancelledFrom: "Die Serie endet. Abgesagt ab diesem Termin: %s",
	instance:      "Nur der Termin der Serie vom %s:",
	labels: map[string]string{
		"DTSTART": "Beginn", "DTEND": "Ende", "DUE": "Fällig", "SUMMARY": "Titel", "LOCATION": "Ort", "STATUS": "Status", "URL": "Link", "PRIORITY": "Priorität",
		"DESCRIPTION": "Beschreibung", "RRULE": "Wiederholung", "RDATE": "Zusätzliche Termine der Serie", "EXDATE": "Entfallene Termine der Serie", "CONFERENCE": "Konferenz", "CLASS": "Vertraulichkeit",
	},
	states: map[string]string{
		"CONFIRMED": "bestätigt", "TENTATIVE": "vorläufig", "CANCELLED": "abgesagt",
		"NEEDS-ACTION": "offen", "IN-PROCESS": "in Arbeit", "COMPLETED": "erledigt",
	},
	changed:   "geändert",
	invited:   "Neu eingeladen",
	uninvited: "Nicht mehr eingeladen",
	more:      "und %d weitere Änderungen",
	comment:   "Kommentar: %s",

	answered: "„%s“ wurde aktualisiert",
	standing: "Ihre Einladung zu „%s“, %s, wurde beantwortet.",
	standings: map[string]string{
		itip.Accepted: "Zugesagt:", itip.Tentative: "Vorläufig zugesagt:", itip.Declined: "Abgelehnt:", itip.Delegated: "Weitergegeben:",
		itip.Completed: "Erledigt:", itip.InProcess: "In Arbeit:", itip.NeedsAction: "Ausstehend:",
	},
	unnamed: "und %d weitere Eingeladene",
	noted:   "Die Antworten sind in Ihrem Kalender vermerkt.",

	date: "02.01.2006", clock: "15:04",
}
