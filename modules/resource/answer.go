package resource

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
	"usher/milter/imip"
)

// answer is the REPLY to the organizer: text first, the same facts as a calendar part last (S6047-14).
func (b *booking) answer(partstat, comment string) filter.Send {
	attendee := b.invited.Address
	reply := itip.Reply(b.incoming, attendee, partstat, b.tx.Time, comment)
	w := b.words()
	subject := fmt.Sprintf(w.subject[partstat], title(b.incoming))
	text := fmt.Sprintf(w.text[partstat], imip.Line(b.room.Name, maxName), title(b.incoming), b.span())
	if comment != "" {
		text += "\n\n" + comment
	}
	to := b.organizer.Address
	return filter.Send{
		ID: b.answerID(attendee, partstat),
		To: []filter.Recipient{{Address: to, Arg: to.String()}},
		Mail: imip.Compose(imip.Draft{
			From:    imip.Mailbox{Name: b.room.Name, Address: b.room.Mail()},
			To:      []imip.Mailbox{{Name: b.organizer.Name, Address: to}},
			Subject: subject, Text: text, Object: reply, Answers: b.tx.Message.Header,
		}),
	}
}

// answerID is the meaning of the answer: the same for every retry of the same request. A request about several
// instances is told from others that begin alike by the digest of all of them.
func (b *booking) answerID(attendee address.Address, partstat string) string {
	all := b.incoming.Scheduled()
	c, stamp := all[0], ""
	if at := c.Stamp(); !at.IsZero() {
		stamp = at.Format("20060102T150405Z")
	}
	id := fmt.Sprintf("reply/%s/%s/%d/%s/%s/%s", b.incoming.UID(), c.Text("RECURRENCE-ID"), c.Sequence(), stamp, attendee, partstat)
	if len(all) > 1 {
		digest, _, _ := strings.Cut(string(b.cause("")), ";")
		id += "/" + digest
	}
	return id
}

// explain names the bookings in the way; of private ones, and where the configuration wants it so, only the times.
func (b *booking) explain(clashes []calendar.Period) string {
	w := b.words()
	lines := []string{w.clash}
	for i, p := range clashes {
		if i == maxExplained {
			lines = append(lines, fmt.Sprintf(w.more, len(clashes)-i))
			break
		}
		line := "- " + b.times(p.From, p.To)
		if b.ExplainConflicts == "details" && (p.Class == "" || p.Class == "PUBLIC") {
			line += fmt.Sprintf(" (%s, %s)", p.Organizer, imip.Line(p.Summary, maxTitle))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// maxExplained bounds the clashes a decline lists.
const maxExplained = 10

// span is when the event is next, in the organizer's own zone; "" where that cannot be told.
func (b *booking) span() string {
	from := b.tx.Time
	if first, last, endless := b.incoming.Bounds(b.zone); !endless && last.Before(from) {
		from = first
	}
	is, err := b.incoming.Instances(from, from.Add(b.Horizon), b.zone)
	if err != nil || len(is) == 0 {
		return "?"
	}
	return b.times(is[0].Start, is[0].End)
}

// times writes a stretch of time on the clocks the organizer looks at: those of the event, or the resource's.
func (b *booking) times(from, to time.Time) string {
	start, _ := b.incoming.Scheduled()[0].Prop("DTSTART")
	zone, err := b.incoming.Zones(b.zone).Find(start.Param("TZID"))
	if err != nil {
		return b.words().times(from.In(b.zone), to.In(b.zone))
	}
	return b.words().times(zone.In(from), zone.In(to))
}

func (b *booking) words() words {
	language, _, _ := strings.Cut(strings.ToLower(b.language), "-")
	language, _, _ = strings.Cut(language, "_")
	if i := slices.IndexFunc(languages, func(w words) bool { return w.language == language }); i >= 0 {
		return languages[i]
	}
	return languages[0]
}
