package resource

import (
	"slices"
	"strings"
	"time"
)

// words are the texts of answers in one language. subject takes the title; text takes resource, title and time.
type words struct {
	language       string
	subject        map[string]string
	text           map[string]string
	clash          string
	partly         string
	more           string
	deafSubject    string // takes the subject of the mail that no resource reads
	deaf           string // takes the addresses of resources
	contact        string // takes names and addresses
	counterSubject string // takes the title
	counter        string
	refreshSubject string
	refresh        string
	offer          string            // stands above other times
	cut            string            // takes the last time that is booked
	because        map[string]string // by the key of the rule
	date, clock    string            // layouts of package time
}

// languages are what answers are written in; the first is for everybody else.
var languages = []words{english, german, french}

func (b *booking) words() words { return wordsOf(b.language) }

// wordsOf are those of a language such as de or de-AT.
func wordsOf(language string) words {
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	language, _, _ = strings.Cut(language, "_")
	if i := slices.IndexFunc(languages, func(w words) bool { return w.language == language }); i >= 0 {
		return languages[i]
	}
	return languages[0]
}

// times writes a stretch of time as a person reads it.
func (w words) times(from, to time.Time) string {
	zone, _ := from.Zone()
	if from.Format(w.date) == to.Format(w.date) {
		return from.Format(w.date+" "+w.clock) + "–" + to.Format(w.clock) + " " + zone
	}
	return from.Format(w.date+" "+w.clock) + " – " + to.Format(w.date+" "+w.clock) + " " + zone
}
