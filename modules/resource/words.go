package resource

import "time"

// words are the texts of answers in one language. subject takes the title; text takes resource, title and time.
type words struct {
	language     string
	subject      map[string]string
	text         map[string]string
	clash        string
	more         string
	unbookable   string
	nothingAhead string
	date, clock  string // layouts of package time
}

// languages are what answers are written in; the first is for everybody else.
var languages = []words{{
	language:     "en",
	subject:      map[string]string{accepted: "Accepted: %s", declined: "Declined: %s"},
	text:         map[string]string{accepted: "%s is booked for \"%s\", %s.", declined: "%s could not be booked for \"%s\", %s."},
	clash:        "It is already booked:",
	more:         "and %d more",
	unbookable:   "The times of this event cannot be understood or are too many.",
	nothingAhead: "No part of this event lies ahead within the time that can be booked.",
	date:         "2006-01-02", clock: "15:04",
}, {
	language:     "de",
	subject:      map[string]string{accepted: "Zugesagt: %s", declined: "Abgelehnt: %s"},
	text:         map[string]string{accepted: "%s ist gebucht für „%s“, %s.", declined: "%s konnte nicht gebucht werden für „%s“, %s."},
	clash:        "Bereits belegt:",
	more:         "und %d weitere",
	unbookable:   "Die Zeiten dieses Termins sind unverständlich oder zu viele.",
	nothingAhead: "Kein Teil dieses Termins liegt in der Zeit, die gebucht werden kann.",
	date:         "02.01.2006", clock: "15:04",
}, {
	language:     "fr",
	subject:      map[string]string{accepted: "Accepté : %s", declined: "Refusé : %s"},
	text:         map[string]string{accepted: "%s est réservé pour « %s », %s.", declined: "%s n'a pas pu être réservé pour « %s », %s."},
	clash:        "Déjà réservé :",
	more:         "et %d de plus",
	unbookable:   "Les horaires de cet événement sont incompréhensibles ou trop nombreux.",
	nothingAhead: "Aucune partie de cet événement ne se situe dans la période réservable.",
	date:         "02/01/2006", clock: "15:04",
}}

// times writes a stretch of time as a person reads it.
func (w words) times(from, to time.Time) string {
	zone, _ := from.Zone()
	if from.Format(w.date) == to.Format(w.date) {
		return from.Format(w.date+" "+w.clock) + "–" + to.Format(w.clock) + " " + zone
	}
	return from.Format(w.date+" "+w.clock) + " – " + to.Format(w.date+" "+w.clock) + " " + zone
}
