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

// answerRecords are all of them; of several for one attendee, the first.
func (c *Component) answerRecords() map[address.Address]answerRecord {
	all := map[address.Address]answerRecord{}
	for _, p := range c.All(answerProperty) {
		if r, who, ok := readAnswerRecord(p); ok && !all[who].known {
			all[who] = r
		}
	}
	return all
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
	c.setAnswerRecords(givenAnswer{a, r})
}

// givenAnswer is the record of somebody's answer.
type givenAnswer struct {
	by address.Address
	answerRecord
}

// setAnswerRecords writes records down in the place of those of the same attendees.
func (c *Component) setAnswerRecords(answers ...givenAnswer) {
	if len(answers) == 0 {
		return
	}
	anew := map[address.Address]bool{}
	for _, g := range answers {
		anew[g.by] = true
	}
	c.Props = slices.DeleteFunc(slices.Clone(c.Props), func(p Prop) bool {
		if p.Name != answerProperty {
			return false
		}
		_, who, ok := readAnswerRecord(p)
		return !ok || anew[who]
	})
	for _, g := range answers {
		stamp := "-"
		if !g.stamp.IsZero() {
			stamp = g.stamp.UTC().Format("20060102T150405Z")
		}
		c.Add(Prop{Name: answerProperty, Value: Escape(strconv.Itoa(g.sequence) + " " + stamp + " " + g.by.String())})
	}
}

// later tells whether a record is of a later answer than another.
func (r answerRecord) later(s answerRecord) bool {
	if !r.known || !s.known || r.sequence != s.sequence {
		return r.known && (!s.known || r.sequence > s.sequence)
	}
	return r.stamp.After(s.stamp)
}
