package main

import (
	"bytes"
	"strings"
	"text/template"
	"time"

	"usher/examples/office"
	"usher/milter/miltertest"
)

// scene is one mail of the demo's story and what must come of it.
type scene struct {
	says  string // what happens, for the reader
	login string
	rcpts []string
	file  string
	mail  letter

	left   []string // recipients who still get the mail
	answer string   // PARTSTAT the organizer is sent; "" none
	clash  string   // what the answer must name
	same   bool     // the mail must leave byte for byte
	footer bool     // the mail must leave with the footer
}

// letter fills a mail's template.
type letter struct {
	Name, From, Organizer, Title, UID, Method string
	Sequence                                  int
	Day                                       time.Time
	Hour, Hours                               int
}

// Start and End are local times in the zone the template names.
func (l letter) Start() string { return l.at(l.Hour) }

// End is the end of the event.
func (l letter) End() string { return l.at(l.Hour + l.Hours) }

func (l letter) at(hour int) string {
	return l.Day.Add(time.Duration(hour) * time.Hour).Format("20060102T150405")
}

// Stamp is the DTSTAMP: later for every sequence.
func (l letter) Stamp() string {
	return l.Day.AddDate(0, 0, -7).Add(time.Duration(l.Sequence) * time.Minute).Format("20060102T150405Z")
}

// Date is the mail's.
func (l letter) Date() string { return l.Day.AddDate(0, 0, -7).Format(time.RFC1123Z) }

func (l letter) render(file string) ([]byte, error) {
	t, err := template.ParseFS(office.Files, "mails/"+file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, l); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("\n"), []byte("\r\n")), nil
}

// story is a morning in the office on the Monday after next.
func story(today time.Time) []scene {
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	for day = day.AddDate(0, 0, 8); day.Weekday() != time.Monday; {
		day = day.AddDate(0, 0, 1)
	}
	john := letter{Name: "John Doe", From: "john.doe@example.org", Organizer: "john.doe@example.org",
		Title: "Budget", UID: "demo-budget", Method: "REQUEST", Day: day, Hour: 10, Hours: 1}
	claire := letter{Name: "Claire Martin", From: "claire.martin@example.org", Organizer: "claire.martin@example.org",
		Title: "Recrutement", UID: "demo-recrutement", Method: "REQUEST", Day: day, Hour: 10, Hours: 2}
	forged := letter{Name: "John Doe", From: "claire.martin@example.org", Organizer: "john.doe@example.org",
		Title: "Budget", UID: "demo-budget", Method: "CANCEL", Sequence: 1, Day: day, Hour: 10, Hours: 1}
	lunch := letter{Name: "John Doe", From: "john.doe@example.org", Title: "Lunch", UID: "demo-lunch", Day: day}
	cancelled, again := john, claire
	cancelled.Method, cancelled.Sequence = "CANCEL", 1
	again.Sequence = 1
	both := []string{"room@example.org", "jane.smith@example.org"}
	jane := []string{"jane.smith@example.org"}
	return []scene{
		{says: "John invites Jane and the Blue Room, which is free.", login: "doe", rcpts: both, file: "invite.eml",
			mail: john, left: jane, answer: "ACCEPTED", same: true},
		{says: "Claire wants the room at the same hour.", login: "martin", rcpts: both, file: "invite.eml",
			mail: claire, left: jane, answer: "DECLINED", clash: "10:00", same: true},
		{says: "John writes to Jane about lunch.", login: "doe", rcpts: jane, file: "plain.eml", mail: lunch, left: jane, footer: true},
		{says: "Claire, logged in as herself, cancels John's meeting in his name.", login: "martin",
			rcpts: both, file: "invite.eml", mail: forged, left: both, same: true},
		{says: "John cancels it himself.", login: "doe", rcpts: both, file: "invite.eml", mail: cancelled, left: jane, same: true},
		{says: "Claire tries again: the room is free now.", login: "martin", rcpts: both, file: "invite.eml",
			mail: again, left: jane, answer: "ACCEPTED", same: true},
	}
}

// judge says what did not come out as it should; nothing: all did.
func (s scene) judge(raw []byte, d miltertest.Delivery, answers []string) (wrong []string) {
	if !d.Accepted() {
		wrong = append(wrong, "the mail was answered "+d.Final.String())
	}
	var left []string
	for _, r := range d.Rcpts {
		left = append(left, r.Addr)
	}
	if got, want := strings.Join(left, " "), strings.Join(s.left, " "); got != want {
		wrong = append(wrong, "the mail goes to ["+got+"], should go to ["+want+"]")
	}
	if s.same && !bytes.Equal(d.Raw(), raw) {
		wrong = append(wrong, "the mail did not leave as it came")
	}
	if s.footer && !bytes.Contains(d.Raw(), []byte("Example Office")) {
		wrong = append(wrong, "the mail left without its footer")
	}
	all := strings.Join(answers, "\n")
	switch {
	case s.answer == "" && len(answers) > 0:
		wrong = append(wrong, "an answer was sent, none should be")
	case s.answer != "" && !strings.Contains(all, "PARTSTAT="+s.answer):
		wrong = append(wrong, "the organizer was not answered "+s.answer)
	case !strings.Contains(all, s.clash):
		wrong = append(wrong, "the answer does not name what is in the way")
	}
	return wrong
}
