package invitation

import (
	"slices"
	"strings"
	"time"

	"usher/itip"
)

// words are the texts of answers and notices in one language.
type words struct {
	language      string
	answerSubject map[string]string // by PARTSTAT; takes the title
	answer        map[string]string // takes the person, the title and the time
	automatic     string            // says that a policy has answered
	undated       string            // instead of a time

	delegated        string // takes the person, the title, the time and the deputy
	deputizedSubject string // of what the deputy gets; takes the title
	deputized        string // takes the person, the title, the time and the organizer

	updated       string            // subject of a notice; takes the title
	updatedBy     string            // takes the title and the organizer
	cancelled     string            // subject of a notice; takes the title
	cancelledBy   string            // takes the title and the organizer
	cancelledOne  string            // takes when it was
	cancelledAll  string            // takes when its next instance would be
	cancelledFrom string            // takes the first instance that does not take place
	instance      string            // takes the original start; stands above what changed of it
	labels        map[string]string // of properties
	states        map[string]string // by STATUS
	changed       string            // instead of values too long to name
	invited       string            // stands before addresses
	uninvited     string
	more          string // takes how much more there is
	comment       string // takes what somebody says

	answered  string            // subject of a summary; takes the title
	standing  string            // takes the title and the time; stands above who has answered how
	standings map[string]string // by PARTSTAT
	unnamed   string            // takes how many attendees more there are
	noted     string            // ends a summary

	date, clock string // layouts of package time
}

// languages are what mails are written in; the first is for everybody else.
var languages = []words{english, german, french}

// wordsOf are those of a language such as de or de-AT.
func wordsOf(language string) words {
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	language, _, _ = strings.Cut(language, "_")
	if i := slices.IndexFunc(languages, func(w words) bool { return w.language == language }); i >= 0 {
		return languages[i]
	}
	return languages[0]
}

// when is the time of the first instance ahead, else of the last, on the clocks of the event.
func (v *visit) when(w words, o *itip.Object) string {
	i, ok, err := o.Next(v.tx.Time, v.zone)
	if err == nil && !ok {
		i, ok, err = o.Last(v.zone)
	}
	if err != nil || !ok {
		return w.undated
	}
	return v.span(w, o, i)
}

// span writes when an instance is, on the clocks of the event.
func (v *visit) span(w words, o *itip.Object, i itip.Instance) string {
	if i.AllDay {
		return w.days(i.Start.In(v.zone), i.End.In(v.zone).AddDate(0, 0, -1))
	}
	start, _ := i.Component.Prop("DTSTART")
	if zone, err := o.Zones(v.zone).Find(start.Param("TZID")); err == nil {
		return w.times(zone.In(i.Start), zone.In(i.End))
	}
	return w.times(i.Start.In(v.zone), i.End.In(v.zone))
}

// days writes whole days, the last included.
func (w words) days(first, last time.Time) string {
	if !last.After(first) {
		return first.Format(w.date)
	}
	return first.Format(w.date) + " – " + last.Format(w.date)
}

// times writes a stretch of time as a person reads it.
func (w words) times(from, to time.Time) string {
	if !to.After(from) {
		return w.moment(from)
	}
	zone, _ := from.Zone()
	if from.Format(w.date) == to.Format(w.date) {
		return from.Format(w.date+" "+w.clock) + "–" + to.Format(w.clock) + " " + zone
	}
	return from.Format(w.date+" "+w.clock) + " – " + to.Format(w.date+" "+w.clock) + " " + zone
}

// moment writes one point in time.
func (w words) moment(t time.Time) string {
	zone, _ := t.Zone()
	return t.Format(w.date+" "+w.clock) + " " + zone
}
