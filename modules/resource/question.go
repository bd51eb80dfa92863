package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"usher/itip"
)

// question is what owners are asked about some instances of a booking, or about all of it. It is kept on these
// components: an answer counts while its question stands there unanswered, which makes references good for once.
type question struct {
	id    string // digest of the request that made us ask and of the times it wants
	state string // what became of it: waiting, withdrawn, or what was answered, ACCEPTED or DECLINED
	by    string // while waiting, the id of the question it took the place of; then, the digest of what ended it
}

// States of a question besides answers.
const (
	waiting   = "ASKED"     // nobody has answered
	withdrawn = "WITHDRAWN" // what it was about was cancelled
)

// questionProperty carries the question on stored components.
const questionProperty = "X-USHER-QUESTION"

// questionOn reads it; the zero question is none.
func questionOn(c *itip.Component) (q question) {
	fields := strings.SplitN(c.Text(questionProperty), ";", 3)
	if len(fields) == 3 {
		q = question{fields[0], fields[1], fields[2]}
	}
	return q
}

// mark keeps the question on a component.
func (q question) mark(c *itip.Component) {
	c.SetText(questionProperty, q.id+";"+q.state+";"+q.by)
}

// when are the properties a question is about: the owner's word is for these times and no others.
var when = []string{"RECURRENCE-ID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXRULE", "EXDATE"}

// questionID digests a request: the same for its repetition, another one for a later request about the same times.
func questionID(request *itip.Object, cause itip.Cause) string {
	digest, _, _ := strings.Cut(string(cause), ";")
	h := sha256.New()
	h.Write([]byte(digest))
	for _, c := range request.Scheduled() {
		for _, name := range when {
			for _, p := range c.All(name) {
				h.Write([]byte("\n" + p.String()))
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// about are the components with a question that take place.
func (q question) about(o *itip.Object) (cs []*itip.Component) {
	for _, c := range o.Scheduled() {
		if questionOn(c).id == q.id && !c.Cancelled() {
			cs = append(cs, c)
		}
	}
	return cs
}

// questionsOn are those of an object, each once.
func questionsOn(o *itip.Object) (qs []question) {
	seen := map[string]bool{}
	for _, c := range o.Scheduled() {
		if q := questionOn(c); q.id != "" && !seen[q.id] {
			seen[q.id] = true
			qs = append(qs, q)
		}
	}
	return qs
}

// part is the request that a question is about, made from what is stored: the resource and its organizer as they
// are there, of the components only those asked for.
func (q question) part(stored *itip.Object) *itip.Object {
	o := stored.Clone()
	var parts []*itip.Component
	for _, c := range o.Root.Parts {
		if c.Name == "VTIMEZONE" || questionOn(c).id == q.id && (!c.Cancelled() || q.state == withdrawn) {
			parts = append(parts, c)
		}
	}
	o.Root.Parts = parts
	o.SetMethod("REQUEST")
	return o
}
