package itip

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/address"
)

// answerProperty keeps, for each attendee who answered, what his last answer was like: SEQUENCE, DTSTAMP and
// address, with spaces between (S5546-09). It stands in the component of the instance that was answered, as a
// property and not as a parameter of ATTENDEE, because Kolab keeps unknown properties but no unknown parameters.
// Where it is lost, an old answer may be taken for a new one once, and nothing else happens.
const answerProperty = "X-USHER-ANSWER"

// answerRecord is one such line; the zero value is older than every answer.
type answerRecord struct {
	sequence int
	stamp    time.Time
	known    bool
}

func (c *Component) answerRecord(a address.Address) answerRecord {
	for _, p := range c.All(answerProperty) {
		if r, who, ok := readAnswerRecord(p); ok && who == a {
			return r
		}
	}
	return answerRecord{}
}

func readAnswerRecord(p Prop) (r answerRecord, who address.Address, ok bool) {
	fields := strings.SplitN(p.Text(), " ", 3)
	if len(fields) != 3 {
		return r, "", false
	}
	n, err := strconv.Atoi(fields[0])
	who, errAddress := address.Parse(fields[2])
	if err != nil || errAddress != nil || who == "" {
		return r, "", false
	}
	r = answerRecord{sequence: n, known: true}
	if w, err := parseWhen(fields[1], ""); err == nil {
		r.stamp = time.Unix(w.wall, 0).UTC()
	}
	return r, who, true
}

func recordOf(answer *Component) answerRecord {
	return answerRecord{answer.Sequence(), answer.Stamp(), true}
}

// after tells whether an answer is older than the one recorded. A DTSTAMP that is missing orders nothing; of two
// of one second the one that arrives last counts.
func (r answerRecord) after(answer *Component) bool {
	if !r.known || r.sequence != answer.Sequence() {
		return r.known && r.sequence > answer.Sequence()
	}
	return !answer.Stamp().IsZero() && r.stamp.After(answer.Stamp())
}

func (c *Component) setAnswerRecord(a address.Address, r answerRecord) {
	stamp := "-"
	if !r.stamp.IsZero() {
		stamp = r.stamp.UTC().Format("20060102T150405Z")
	}
	c.Props = slices.DeleteFunc(slices.Clone(c.Props), func(p Prop) bool {
		_, who, ok := readAnswerRecord(p)
		return p.Name == answerProperty && (!ok || who == a)
	})
	c.Add(Prop{Name: answerProperty, Value: Escape(strconv.Itoa(r.sequence) + " " + stamp + " " + a.String())})
}

// later tells whether a record is of a later answer than another.
func (r answerRecord) later(s answerRecord) bool {
	if !r.known || !s.known || r.sequence != s.sequence {
		return r.known && (!s.known || r.sequence > s.sequence)
	}
	return r.stamp.After(s.stamp)
}
