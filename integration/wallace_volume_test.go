package integration

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/kolab"
)

const many = 5000

// measure runs the entries about reading calendars. Times are printed, and only what was decided counts.
func measure(t *testing.T, h *house, e wallaceEntry) {
	room := h.fixture.resource("room1")
	switch e.ID {
	case "PERF-001-save":
		now := time.Now().In(london(t)).Truncate(time.Minute)
		h.ask(room, now, now.Add(2*time.Hour), "ACCEPTED")
		if n := len(h.stored(room)); n != 1 {
			h.differ("%d objects are stored, want the one", n)
		}
	case "PERF-002-read-conflict":
		h.empty(room.calendar())
		start, _ := h.moved("2014-04-01T12:00")
		h.fill(room, 1, func(int) (from, to time.Time, title string) { return start, start.Add(2 * time.Hour), "a" })
		l := h.ask(room, start.Add(time.Hour), start.Add(150*time.Minute), "DECLINED")
		if l != nil && !strings.Contains(l.text, start.Format("2006-01-02 15:04")) {
			h.differ("the answer does not name what is in the way: %q", l.text)
		}
		h.ask(room, start.Add(2*time.Hour), start.Add(3*time.Hour), "ACCEPTED") // it only touches
	case "PERF-003-read-5000":
		h.readMany(room)
	default:
		t.Fatalf("no check of %s", e.ID)
	}
}

// readMany fills the calendar with short titles at random times within three weeks of tomorrow morning, asks for that
// morning, which is taken many times over, and for one that nothing reaches.
func (h *house) readMany(room wallaceResource) {
	h.t.Helper()
	h.empty(room.calendar())
	random := rand.New(rand.NewPCG(5, 3))
	tomorrow := time.Now().In(london(h.t)).AddDate(0, 0, 1)
	ten := time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 10, 0, 0, 0, time.UTC)
	began := time.Now()
	h.fill(room, many, func(int) (from, to time.Time, title string) {
		from = ten.Add(time.Duration(random.IntN(6401)-3200) * 10 * time.Minute)
		return from, from.Add(time.Duration(3+random.IntN(70)) * 10 * time.Minute), strings.Repeat("x", 6+random.IntN(13))
	})
	filled := time.Since(began)
	began = time.Now()
	h.ask(room, ten, ten.Add(90*time.Minute), "DECLINED")
	first := time.Since(began)
	began = time.Now()
	later := ten.AddDate(0, 0, 60)
	h.ask(room, later, later.Add(90*time.Minute), "ACCEPTED")
	second := time.Since(began)
	if n := len(h.imap.Messages("", room.calendar())); n != many+1 {
		h.differ("%d messages are in the calendar, want %d", n, many+1)
	}
	fmt.Printf("%d objects: filled in %v; first answer after %v, the next after %v\n", many,
		filled.Round(time.Millisecond), first.Round(time.Millisecond), second.Round(time.Millisecond))
}

// ask sends an invitation from and to these times of London's clocks, and gives the answer.
func (h *house) ask(room wallaceResource, from, to time.Time, partstat string) *letter {
	h.t.Helper()
	event := lines{"UID:" + h.uid(""), "DTSTAMP:20140213T125414Z", "SUMMARY:test", `ORGANIZER;CN="Doe, John":mailto:john.doe@example.org`}
	event.add("DTSTART;TZID=Europe/London:%s\nDTEND;TZID=Europe/London:%s", from.Format(stamp), to.Format(stamp))
	event.add("ATTENDEE;ROLE=REQ-PARTICIPANT;CUTYPE=RESOURCE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:%s", room.Mail)
	data := []byte(strings.ReplaceAll(fmt.Sprintf(invitationMail, room.Mail, "REQUEST", strings.Join(event, "\n")), "\n", "\r\n"))
	h.last = sent{to: room, uid: valueOf(data, "UID"), summary: "test"}
	came := h.deliver("john.doe@example.org", room.Mail, data)
	h.expectMail(mailWant{Status: partstat})
	for _, l := range came {
		if l.found {
			return l
		}
	}
	return nil
}

// fill writes objects into a calendar, many with one command (RFC 3502): one by one it takes half a minute.
func (h *house) fill(room wallaceResource, n int, at func(int) (from, to time.Time, title string)) {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.imap.Addr)
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewScanner(conn)
	command := func(format string, args ...any) {
		h.t.Helper()
		if _, err := fmt.Fprintf(conn, "a "+format+"\r\n", args...); err != nil {
			h.t.Fatal(err)
		}
		for answers.Scan() && !strings.HasPrefix(answers.Text(), "a ") {
		}
		if !strings.HasPrefix(answers.Text(), "a OK") {
			h.t.Fatalf("%.20s is answered %q, %v", format, answers.Text(), answers.Err())
		}
	}
	command("LOGIN %s %s", h.imap.Admin, h.imap.AdminPassword)
	for done := 0; done < n; {
		var mails strings.Builder
		for range min(n-done, 250) {
			mail := h.kolabMail(at(done))
			fmt.Fprintf(&mails, " {%d+}\r\n%s", len(mail), mail)
			done++
		}
		command("APPEND %q%s", room.calendar(), mails.String())
	}
}

func (h *house) kolabMail(from, to time.Time, title string) []byte {
	h.t.Helper()
	text := strings.Join([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:" + h.uid(""), "DTSTAMP:20140213T125414Z",
		"DTSTART;TZID=Europe/London:" + from.Format(stamp), "DTEND;TZID=Europe/London:" + to.Format(stamp), "SUMMARY:" + title,
		"ORGANIZER:mailto:john.doe@example.org", "END:VEVENT", "END:VCALENDAR", ""}, "\r\n")
	objects, err := itip.Parse([]byte(text))
	if err != nil {
		h.t.Fatal(err)
	}
	mail, err := kolab.Write(&kolab.Message{Object: objects[0]})
	if err != nil {
		h.t.Fatal(err)
	}
	return mail
}

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
