package invitation

import (
	"slices"
	"strings"
	"time"
)

// words are the texts of answers and notices in one language.
type words struct {
	language      string
	answerSubject map[string]string // by PARTSTAT; takes the title
	answer        map[string]string // takes the person, the title and the time
	automatic     string            // says that a policy has answered
	date, clock   string            // layouts of package time
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

// when is the time of the first instance ahead, on the clocks of the event.
func (v *visit) when(w words) string {
	from := v.tx.Time
	if first, last, endless := v.incoming.Bounds(v.zone); !endless && last.Before(from) {
		from = first
	}
	is, err := v.incoming.Instances(from, from.Add(v.Horizon), v.zone)
	if err != nil || len(is) == 0 {
		return "?"
	}
	start, _ := v.incoming.Scheduled()[0].Prop("DTSTART")
	if zone, err := v.incoming.Zones(v.zone).Find(start.Param("TZID")); err == nil {
		return w.times(zone.In(is[0].Start), zone.In(is[0].End))
	}
	return w.times(is[0].Start.In(v.zone), is[0].End.In(v.zone))
}

// times writes a stretch of time as a person reads it.
func (w words) times(from, to time.Time) string {
	zone, _ := from.Zone()
	if from.Format(w.date) == to.Format(w.date) {
		return from.Format(w.date+" "+w.clock) + "–" + to.Format(w.clock) + " " + zone
	}
	return from.Format(w.date+" "+w.clock) + " – " + to.Format(w.date+" "+w.clock) + " " + zone
}
