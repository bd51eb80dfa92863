package itip

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/address"
)

var (
	cid  = address.Must("cid@example.org")
	sent = at("2026-02-01T09:00")
)

const meeting = `
ORGANIZER:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org
ATTENDEE;PARTSTAT=TENTATIVE:mailto:cid@example.org
SUMMARY:Plan
DTSTART:20260302T090000Z
DTEND:20260302T100000Z
SEQUENCE:3
`

const fiveDays = meeting + "RRULE:FREQ=DAILY;COUNT=5\n"

// occurring is an override of the series for everybody.
func occurring(day string, more ...string) string {
	return "RECURRENCE-ID:202603" + day + "T090000Z\n" +
		edit(meeting, append([]string{"20260302T", "202603" + day + "T"}, more...)...)
}

// edit replaces pairs of texts; what is replaced has to be there.
func edit(s string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("nothing to replace: " + pairs[i])
		}
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

// announced writes messages in short: METHOD>recipient!, with ! if significant, and for each component its RECURRENCE-ID,
// SEQUENCE, STATUS, the recipient's or the sender's PARTSTAT and EXDATEs.
func announced(ms []Announcement) string {
	var out []string
	for _, m := range ms {
		s := m.Object.Method() + ">" + m.To.Local()
		if m.Significant {
			s += "!"
		}
		for _, c := range m.Object.Scheduled() {
			s += " " + shortly(c, m)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func shortly(c *Component, m Announcement) string {
	id, _ := c.Prop("RECURRENCE-ID")
	s := fmt.Sprintf("[%s#%d", strings.TrimSuffix(strings.TrimPrefix(id.Value, "202603"), "T090000Z"), c.Sequence())
	who := m.To
	if m.Object.Method() == "REPLY" {
		who = m.From
	}
	if u, ok := c.Attendee(who); ok && m.Object.Method() != "CANCEL" {
		s += " " + u.Partstat
	}
	for _, p := range c.All("EXDATE") {
		s += " -" + p.Value[6:8]
	}
	if c.Has("STATUS") {
		s += " " + c.Text("STATUS")
	}
	return s + "]"
}

// announceTests are changes, and what they tell.
var announceTests = []struct {
	name          string
	before, after string
	me            address.Address
	want          string
}{
	{"created", "", meeting, ann, "REQUEST>bob! [#3 ACCEPTED]; REQUEST>cid! [#3 TENTATIVE]"},
	{"nothing changed", meeting, meeting, ann, ""},
	{"only what others do not see", meeting, meeting + "X-MINE:1\nCOMMENT:to me\nBEGIN:VALARM\nEND:VALARM", ann, ""},
	{"an answer came in", meeting, edit(meeting, "TENTATIVE", "DECLINED"), ann, ""},
	{"new title", meeting, edit(meeting, "Plan", "Plans"), ann, "REQUEST>bob [#3 ACCEPTED]; REQUEST>cid [#3 TENTATIVE]"},
	{"moved", meeting, edit(meeting, "T100000Z", "T110000Z"), ann, "REQUEST>bob! [#4 NEEDS-ACTION]; REQUEST>cid! [#4 NEEDS-ACTION]"},
	{"moved by a client that counts", meeting, edit(meeting, "T100000Z", "T110000Z", "NCE:3", "NCE:7"), ann, "REQUEST>bob! [#7 NEEDS-ACTION]; REQUEST>cid! [#7 NEEDS-ACTION]"},
	{"a client that counts backwards", meeting, edit(meeting, "Plan", "Plans", "NCE:3", "NCE:1"), ann, "REQUEST>bob [#3 ACCEPTED]; REQUEST>cid [#3 TENTATIVE]"},
	{"another writing of the same times", fiveDays, edit(fiveDays, "FREQ=DAILY;COUNT=5", "COUNT=5;INTERVAL=1;FREQ=DAILY", "DTEND:20260302T100000Z", "DURATION:PT60M"), ann, ""},
	{"another order of lines", meeting, "SEQUENCE:3\nDTEND:20260302T100000Z\n" + edit(meeting, "SEQUENCE:3\n", "", "DTEND:20260302T100000Z\n", ""), ann, ""},
	{"another order of attendees, sent again on purpose", meeting,
		edit(meeting, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org\n", "", "NCE:3", "NCE:4") + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org", ann,
		"REQUEST>bob [#4 ACCEPTED]; REQUEST>cid [#4 TENTATIVE]"},
	{"another order of components", fiveDays + "\n---\n" + occurring("04") + "\n---\n" + occurring("05"),
		occurring("05") + "\n---\n" + fiveDays + "\n---\n" + occurring("04"), ann, ""},
	{"somebody added", meeting, meeting + "ATTENDEE:mailto:dan@example.org", ann,
		"REQUEST>bob [#3 ACCEPTED]; REQUEST>cid [#3 TENTATIVE]; REQUEST>dan! [#3 NEEDS-ACTION]"},
	{"somebody removed", meeting, edit(meeting, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org\n", ""), ann,
		"CANCEL>bob! [#4]; REQUEST>cid [#4 TENTATIVE]"},
	{"deleted", meeting, "", ann, "CANCEL>bob! [#4 CANCELLED]; CANCEL>cid! [#4 CANCELLED]"},
	{"deleted, cancelled before", meeting + "STATUS:CANCELLED", "", ann, ""},
	{"cancelled", meeting, meeting + "STATUS:CANCELLED", ann, "CANCEL>bob! [#4 CANCELLED]; CANCEL>cid! [#4 CANCELLED]"},
	{"cancelled, though an instance does not say so", fiveDays + "\n---\n" + occurring("04"), fiveDays + "STATUS:CANCELLED\n---\n" + occurring("04"), ann,
		"CANCEL>bob! [#4 CANCELLED]; CANCEL>cid! [#4 CANCELLED]"},
	{"takes place again", meeting + "STATUS:CANCELLED", meeting + "STATUS:CONFIRMED", ann, "REQUEST>bob! [#4 ACCEPTED CONFIRMED]; REQUEST>cid! [#4 TENTATIVE CONFIRMED]"},
	{"instance excluded", fiveDays, fiveDays + "EXDATE:20260304T090000Z", ann, "REQUEST>bob! [#4 ACCEPTED -04]; REQUEST>cid! [#4 TENTATIVE -04]"},
	{"series ends earlier", fiveDays, edit(fiveDays, "COUNT=5", "COUNT=4"), ann, "REQUEST>bob! [#4 ACCEPTED]; REQUEST>cid! [#4 TENTATIVE]"},
	{"series ends later", fiveDays, edit(fiveDays, "COUNT=5", "COUNT=6"), ann, "REQUEST>bob! [#4 NEEDS-ACTION]; REQUEST>cid! [#4 NEEDS-ACTION]"},
	{"exclusion taken back", fiveDays + "EXDATE:20260304T090000Z", fiveDays, ann, "REQUEST>bob! [#4 NEEDS-ACTION]; REQUEST>cid! [#4 NEEDS-ACTION]"},
	{"instance cancelled", fiveDays, fiveDays + "\n---\n" + occurring("04") + "STATUS:CANCELLED", ann, "CANCEL>bob! [04#4 CANCELLED]; CANCEL>cid! [04#4 CANCELLED]"},
	{"instance cancelled and the series renamed", fiveDays, edit(fiveDays, "Plan", "Plans") + "\n---\n" + occurring("04") + "STATUS:CANCELLED", ann,
		"REQUEST>bob! [#3 ACCEPTED -04]; REQUEST>cid! [#3 TENTATIVE -04]"},
	{"instance moved", fiveDays, fiveDays + "\n---\n" + occurring("04", "T100000Z", "T120000Z"), ann,
		"REQUEST>bob! [#3 ACCEPTED] [04#4 NEEDS-ACTION]; REQUEST>cid! [#3 TENTATIVE] [04#4 NEEDS-ACTION]"},
	{"instance renamed", fiveDays, fiveDays + "\n---\n" + occurring("04", "Plan", "Plans", "NCE:3", "NCE:0"), ann,
		"REQUEST>bob [#3 ACCEPTED] [04#3 ACCEPTED]; REQUEST>cid [#3 TENTATIVE] [04#3 TENTATIVE]"},
	{"not to this instance", fiveDays, fiveDays + "\n---\n" + occurring("04", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:cid@example.org\n", ""), ann,
		"REQUEST>bob [#3 ACCEPTED] [04#3 ACCEPTED]; REQUEST>cid! [#3 TENTATIVE -04]"},
	{"to this instance again", fiveDays + "\n---\n" + occurring("04", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:cid@example.org\n", ""), fiveDays + "\n---\n" + occurring("04"), ann,
		"REQUEST>bob [#3 ACCEPTED] [04#3 ACCEPTED]; REQUEST>cid! [#3 TENTATIVE] [04#3 TENTATIVE]"},
	{"the series instead of one instance", "RECURRENCE-ID:20260304T090000Z\n" + edit(meeting, "20260302T", "20260304T"), fiveDays, ann,
		"REQUEST>bob! [#3 NEEDS-ACTION]; REQUEST>cid! [#3 NEEDS-ACTION]"},
	{"only to this instance", fiveDays, fiveDays + "\n---\n" + occurring("04") + "ATTENDEE:mailto:dan@example.org", ann,
		"REQUEST>bob [#3 ACCEPTED] [04#3 ACCEPTED]; REQUEST>cid [#3 TENTATIVE] [04#3 TENTATIVE]; REQUEST>dan! [04#3 NEEDS-ACTION]"},
	{"no longer to the only instance", fiveDays + "\n---\n" + occurring("04") + "ATTENDEE:mailto:dan@example.org", fiveDays + "\n---\n" + occurring("04"), ann,
		"REQUEST>bob [#3 ACCEPTED] [04#4 ACCEPTED]; REQUEST>cid [#3 TENTATIVE] [04#4 TENTATIVE]; CANCEL>dan! [04#4]"},
	{"from the series to one instance", fiveDays, edit(fiveDays, "ATTENDEE;PARTSTAT=TENTATIVE:mailto:cid@example.org\n", "") + "\n---\n" + occurring("04"), ann,
		"REQUEST>bob [#4 ACCEPTED] [04#5 ACCEPTED]; CANCEL>cid! [#4]; REQUEST>cid! [04#5 TENTATIVE]"},
	{"agent taken over by the client", meeting, edit(meeting, "PARTSTAT=TENTATIVE", "SCHEDULE-AGENT=CLIENT"), ann, "REQUEST>bob [#4 ACCEPTED]; CANCEL>cid! [#4]"},
	{"agent given back", edit(meeting, "PARTSTAT=TENTATIVE", "SCHEDULE-AGENT=NONE"), edit(meeting, "PARTSTAT=TENTATIVE", "SCHEDULE-AGENT=SERVER"), ann, "REQUEST>cid! [#3 NEEDS-ACTION]"},
	{"forced", meeting, edit(meeting, "PARTSTAT=TENTATIVE", "SCHEDULE-FORCE-SEND=REQUEST"), ann, "REQUEST>cid! [#3 NEEDS-ACTION]"},
	{"asked for an answer", meeting, edit(meeting, "PARTSTAT=TENTATIVE", "RSVP=TRUE"), ann, "REQUEST>bob [#3 ACCEPTED]; REQUEST>cid [#3 NEEDS-ACTION]"},
	{"delegators who do not care", meeting, edit(meeting, "PARTSTAT=TENTATIVE", "PARTSTAT=DELEGATED;RSVP=FALSE", "Plan", "Plans"), ann, "REQUEST>bob [#3 ACCEPTED]"},
	{"delegators who take no part", meeting, edit(meeting, "PARTSTAT=TENTATIVE", "PARTSTAT=DELEGATED;RSVP=FALSE;ROLE=NON-PARTICIPANT", "Plan", "Plans"), ann,
		"REQUEST>bob [#3 ACCEPTED]; REQUEST>cid [#3 DELEGATED]"},
	{"not scheduled any more", meeting, "DTSTART:20260302T090000Z", ann, "CANCEL>bob! [#4 CANCELLED]; CANCEL>cid! [#4 CANCELLED]"},
	{"a stranger's", "", meeting, address.Must("eve@example.org"), ""},

	{"declined", meeting, edit(meeting, "TENTATIVE", "DECLINED"), cid, "REPLY>ann! [#3 DECLINED]"},
	{"own alarm", meeting, meeting + "BEGIN:VALARM\nEND:VALARM", cid, ""},
	{"copy deleted", meeting, "", cid, "REPLY>ann! [#3 DECLINED]"},
	{"declined copy deleted", edit(meeting, "TENTATIVE", "DECLINED"), "", cid, ""},
	{"cancelled copy deleted", meeting + "STATUS:CANCELLED", "", cid, ""},
	{"series deleted but for what was declined", fiveDays + "\n---\n" + occurring("04", "TENTATIVE", "DECLINED") + "\n---\n" + occurring("05"), "", cid,
		"REPLY>ann! [#3 DECLINED] [05#3 DECLINED]"},
	{"instance taken out", fiveDays, fiveDays + "EXDATE:20260304T090000Z", cid, "REPLY>ann! [04#3 DECLINED]"},
	{"an exclusion of nothing", fiveDays, fiveDays + "EXDATE:20260304T080000Z", cid, ""},
	{"a cancelled instance taken out", fiveDays + "\n---\n" + occurring("04") + "STATUS:CANCELLED", fiveDays + "EXDATE:20260304T090000Z", cid, ""},
	{"one instance answered", fiveDays, fiveDays + "\n---\n" + occurring("04", "TENTATIVE", "ACCEPTED"), cid, "REPLY>ann! [04#3 ACCEPTED]"},
	{"answer to an instance taken back", fiveDays + "\n---\n" + occurring("04", "TENTATIVE", "DECLINED"), fiveDays, cid, "REPLY>ann! [04#3 TENTATIVE]"},
	{"moved by the organizer, not answered yet", meeting, edit(meeting, "T100000Z", "T110000Z", "NCE:3", "NCE:4", "TENTATIVE", "NEEDS-ACTION"), cid, ""},
	{"moved by the organizer, answered as before", meeting, edit(meeting, "T100000Z", "T110000Z", "NCE:3", "NCE:4"), cid, "REPLY>ann! [#4 TENTATIVE]"},
	{"agent of the organizer's copy is the client", meeting, edit(meeting, "TENTATIVE", "DECLINED", "ORGANIZER:", "ORGANIZER;SCHEDULE-AGENT=CLIENT:"), cid, ""},
	{"delegated", meeting, edit(meeting, "PARTSTAT=TENTATIVE", `PARTSTAT=DELEGATED;DELEGATED-TO="mailto:dan@example.org"`) +
		`ATTENDEE;RSVP=TRUE;DELEGATED-FROM="mailto:cid@example.org":mailto:dan@example.org`, cid,
		"REPLY>ann! [#3 DELEGATED]; REQUEST>dan! [#3 NEEDS-ACTION]"},
	{"a delegate's answer",
		edit(meeting, "PARTSTAT=TENTATIVE", `DELEGATED-FROM="mailto:bob@example.org"`),
		edit(meeting, "PARTSTAT=TENTATIVE", `PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:bob@example.org"`), cid,
		"REPLY>ann! [#3 ACCEPTED]; REPLY>bob! [#3 ACCEPTED]"},
}

func TestAnnounce(t *testing.T) {
	for _, tt := range announceTests {
		before, after := maybe(t, tt.before), maybe(t, tt.after)
		was, is := encoded(before), encoded(after)
		ms, err := Announce(before, after, sent, tt.me)
		if got := announced(ms); err != nil || got != tt.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.name, got, err, tt.want)
		}
		if encoded(before) != was || encoded(after) != is {
			t.Errorf("%s: an argument was changed", tt.name)
		}
		for _, m := range ms {
			sendable(t, tt.name, m)
		}
	}
}

func maybe(t *testing.T, lines string) *Object {
	t.Helper()
	if lines == "" {
		return nil
	}
	return object(t, lines)
}

func encoded(o *Object) string {
	if o == nil {
		return ""
	}
	return string(o.Encode())
}

// sendable holds of every message: it is read again, has the time of its making, and nothing of its owner's.
func sendable(t *testing.T, name string, m Announcement) {
	t.Helper()
	if _, err := Parse(m.Object.Encode()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if strings.Contains(encoded(m.Object), "SCHEDULE-") || strings.Contains(encoded(m.Object), "VALARM") {
		t.Errorf("%s: sends\n%s", name, encoded(m.Object))
	}
	for _, c := range m.Object.Scheduled() {
		if !c.Stamp().Equal(sent) || !c.Has("ORGANIZER") || c.Text("UID") != "u1" {
			t.Errorf("%s: sends\n%s", name, encoded(m.Object))
		}
		if n := len(c.All("ATTENDEE")); m.Object.Method() == "CANCEL" && n != 1 {
			t.Errorf("%s: CANCEL lists %d", name, n)
		}
	}
}

// TestAnnounceRefuses: what is not one object has nothing to tell.
func TestAnnounceRefuses(t *testing.T) {
	two := object(t, meeting)
	two.Root.Parts = append(two.Root.Parts, object(t, occurring("04")).Root.Parts...)
	two.Scheduled()[1].SetText("UID", "u2")
	kinds := object(t, meeting)
	kinds.Root.Parts = append(kinds.Root.Parts, &Component{Name: Todo, Props: []Prop{{Name: "UID", Value: "u1"}}})
	tests := []struct {
		name          string
		before, after *Object
	}{
		{"two UIDs", nil, two},
		{"two kinds", nil, kinds},
		{"two organizers", nil, object(t, fiveDays+"\n---\n"+edit(occurring("04"), "ORGANIZER:mailto:ann", "ORGANIZER:mailto:bob"))},
		{"another organizer", object(t, meeting), object(t, edit(meeting, "ORGANIZER:mailto:ann", "ORGANIZER:mailto:bob"))},
		{"another UID", object(t, meeting), object(t, "UID:u2\n"+meeting)},
		{"an instance twice", nil, object(t, fiveDays+"\n---\n"+occurring("04")+"\n---\n"+occurring("04"))},
		{"a zone nobody knows", nil, object(t, edit(meeting, "DTSTART:20260302T090000Z", "DTSTART;TZID=Nowhere:20260302T090000"))},
	}
	for _, tt := range tests {
		if ms, err := Announce(tt.before, tt.after, sent, ann); err == nil || ms != nil {
			t.Errorf("%s: %s, %v; want an error", tt.name, announced(ms), err)
		}
	}
}

// TestAnnounceAliases: people have several addresses, and write them as they like.
func TestAnnounceAliases(t *testing.T) {
	before := object(t, edit(meeting, "mailto:ann@", "MAILTO:Ann@"))
	after := object(t, edit(meeting, "Plan", "Plans"))
	ms, err := Announce(before, after, sent, address.Must("a@example.net"), ann)
	if got := announced(ms); err != nil || got != "REQUEST>bob [#3 ACCEPTED]; REQUEST>cid [#3 TENTATIVE]" {
		t.Errorf("%s, %v", got, err)
	}
	if ms[0].From != ann {
		t.Errorf("from %s", ms[0].From)
	}
}

// TestAnnounceTask: how far a task is goes to its organizer.
func TestAnnounceTask(t *testing.T) {
	task := func(more string) *Object {
		return object(t, "BEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\nORGANIZER:mailto:ann@example.org\nSEQUENCE:1\n"+
			"ATTENDEE;PARTSTAT=IN-PROCESS:mailto:bob@example.org\n"+more+"\nEND:VTODO")
	}
	ms, err := Announce(task("PERCENT-COMPLETE:10"), task("PERCENT-COMPLETE:60\nSTATUS:IN-PROCESS"), sent, bob)
	if got := announced(ms); err != nil || got != "REPLY>ann! [#1 IN-PROCESS IN-PROCESS]" {
		t.Fatalf("%s, %v", got, err)
	}
	if p := ms[0].Object.Master().Text("PERCENT-COMPLETE"); p != "60" {
		t.Errorf("PERCENT-COMPLETE:%s", p)
	}
}

// TestAnnounceExcludedTimes: an instance that is taken out is told by its own start and end, in the form of the series.
func TestAnnounceExcludedTimes(t *testing.T) {
	zoned := edit(fiveDays, "DTSTART:20260302T090000Z", "DTSTART;TZID=Europe/Berlin:20260328T230000",
		"DTEND:20260302T100000Z", "DTEND;TZID=Europe/Berlin:20260329T010000")
	ms, err := Announce(object(t, zoned), object(t, zoned+"EXDATE;TZID=Europe/Berlin:20260330T230000"), sent, cid)
	if err != nil || len(ms) != 1 {
		t.Fatalf("%s, %v", announced(ms), err)
	}
	for _, want := range []string{"RECURRENCE-ID;TZID=Europe/Berlin:20260330T230000", "DTSTART;TZID=Europe/Berlin:20260330T230000",
		"DTEND;TZID=Europe/Berlin:20260331T010000", "BEGIN:VTIMEZONE"} {
		if !strings.Contains(encoded(ms[0].Object), want+"\r\n") {
			t.Errorf("no %s in\n%s", want, encoded(ms[0].Object))
		}
	}
}

// TestRevise: what is stored is what is told, and doing it twice is doing it once.
func TestRevise(t *testing.T) {
	before := object(t, meeting)
	after := object(t, edit(meeting, "T100000Z", "T110000Z", "PARTSTAT=TENTATIVE", "SCHEDULE-FORCE-SEND=REQUEST;PARTSTAT=TENTATIVE"))
	once, err := Revise(before, after, ann)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Revise(before, once, ann)
	if err != nil || !SameContent(once, twice) {
		t.Errorf("%v\n%s\n%s", err, encoded(once), encoded(twice))
	}
	var parts []string
	for _, u := range once.Master().Attendees() {
		parts = append(parts, u.Partstat)
	}
	if once.Master().Sequence() != 4 || !slices.Equal(parts, []string{Accepted, NeedsAction, NeedsAction}) || strings.Contains(encoded(once), "FORCE") {
		t.Errorf("%s", encoded(once))
	}
	if own, err := Revise(before, after, cid); err != nil || !SameContent(own, after) {
		t.Errorf("an attendee's copy is revised: %v\n%s", err, encoded(own))
	}
}

// FuzzAnnounce: whatever two versions are, there is an answer or an error.
func FuzzAnnounce(f *testing.F) {
	f.Add(text(meeting), text(fiveDays+"\n---\n"+occurring("04")))
	f.Add(text(fiveDays), text(fiveDays+"EXDATE:20260304T090000Z"))
	f.Fuzz(func(t *testing.T, a, b string) {
		before, errA := Parse([]byte(a))
		after, errB := Parse([]byte(b))
		if errA != nil || errB != nil || len(a)+len(b) > 4000 {
			return
		}
		for _, me := range []address.Address{ann, bob} {
			ms, err := Announce(before[0], after[0], sent, me)
			for _, m := range ms {
				if m.Object.Method() == "" || m.To == me || err != nil {
					t.Errorf("%s to %s, %v", m.Object.Method(), m.To, err)
				}
			}
		}
	})
}

// TestAnnounceMany: the largest meeting that is read takes no more than others.
func TestAnnounceMany(t *testing.T) {
	var b strings.Builder
	for i := range MaxAttendees - 3 {
		fmt.Fprintf(&b, "ATTENDEE:mailto:p%d@example.org\n", i)
	}
	lines := fiveDays + b.String()
	for _, day := range []string{"03", "04", "05"} {
		lines += "\n---\n" + occurring(day) + b.String()
	}
	before, after := object(t, lines), object(t, edit(lines, "Plan", "Plans"))
	ms, err := Announce(before, after, sent, ann)
	objects := map[*Object]bool{}
	for _, m := range ms {
		objects[m.Object] = true
	}
	if err != nil || len(ms) != MaxAttendees-1 || len(objects) != 1 {
		t.Errorf("%d messages of %d objects, %v", len(ms), len(objects), err)
	}
	if ms, err = Announce(after, nil, sent, ann); err != nil || len(ms) != MaxAttendees-1 {
		t.Errorf("%d messages, %v", len(ms), err)
	}
}
