package main

import (
	"bytes"
	"slices"
	"strings"
	"time"

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
	by     []string // who answers, where it is not the room alone
	clash  string   // what the answer must name
	same   bool     // the mail must leave byte for byte
	footer bool     // the mail must leave with the footer
}

// story is a morning in the office on the Monday after next.
func story(today time.Time) []scene {
	john := letter{Name: "John Doe", From: "john.doe@example.org", Organizer: "john.doe@example.org",
		Title: "Budget", UID: "demo-budget", Method: "REQUEST", Day: mondayAfter(today), Hour: 10, Hours: 1}
	claire := letter{Name: "Claire Martin", From: "claire.martin@example.org", Organizer: "claire.martin@example.org",
		Title: "Recrutement", UID: "demo-recrutement", Method: "REQUEST", Day: john.Day, Hour: 10, Hours: 2}
	lunch := letter{Name: "John Doe", From: "john.doe@example.org", Title: "Lunch", UID: "demo-lunch", Day: john.Day}
	cancelled, forged, again := john, john, claire
	cancelled.Method, cancelled.Sequence = "CANCEL", 1
	forged.Method, forged.Sequence, forged.From = "CANCEL", 1, claire.From
	again.Sequence = 1
	both, jane := []string{"room@example.org", "jane.smith@example.org"}, []string{"jane.smith@example.org"}
	return []scene{
		{says: "John invites Jane, whose calendar may answer for her, and the Blue Room. Both are free.",
			login: "doe", rcpts: both, file: "invite.eml", mail: john, answer: "ACCEPTED", by: both, same: true},
		{says: "Claire wants both at the same hour. Jane decides herself where something is in the way.",
			login: "martin", rcpts: both, file: "invite.eml", mail: claire, left: jane, answer: "DECLINED", clash: "10:00", same: true},
		{says: "John writes to Jane about lunch.",
			login: "doe", rcpts: jane, file: "plain.eml", mail: lunch, left: jane, footer: true},
		{says: "Claire, logged in as herself, cancels John's meeting in his name.",
			login: "martin", rcpts: both, file: "invite.eml", mail: forged, left: both, same: true},
		{says: "John cancels it himself.",
			login: "doe", rcpts: both, file: "invite.eml", mail: cancelled, left: jane, same: true},
		{says: "Claire tries again: the room is free now.",
			login: "martin", rcpts: both, file: "invite.eml", mail: again, left: jane, answer: "ACCEPTED", same: true},
	}
}

// mondayAfter is the first Monday more than a week away.
func mondayAfter(today time.Time) time.Time {
	day := time.Date(today.Year(), today.Month(), today.Day()+8, 0, 0, 0, 0, time.UTC)
	for day.Weekday() != time.Monday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// judge says what did not come out as it should; nothing: all did.
func (sc scene) judge(raw []byte, d miltertest.Delivery, answers []string) (wrong []string) {
	must := func(ok bool, otherwise string) {
		if !ok {
			wrong = append(wrong, otherwise)
		}
	}
	got := left(d)
	must(d.Accepted(), "the mail was answered "+d.Final.String())
	must(slices.Equal(got, sc.left), "the mail goes to ["+strings.Join(got, " ")+"], should go to ["+strings.Join(sc.left, " ")+"]")
	must(!sc.same || bytes.Equal(d.Raw(), raw), "the mail did not leave as it came")
	must(!sc.footer || bytes.Contains(d.Raw(), []byte("Example Office")), "the mail left without its footer")
	if all := strings.Join(answers, "\n"); sc.answer == "" {
		must(len(answers) == 0, "an answer was sent, none should be")
	} else {
		must(strings.Contains(all, "PARTSTAT="+sc.answer), "the organizer was not answered "+sc.answer)
		must(strings.Contains(all, sc.clash), "the answer does not name what is in the way")
		for _, a := range sc.by {
			must(strings.Contains(all, "PARTSTAT="+sc.answer+":mailto:"+a), a+" has not answered")
		}
	}
	return wrong
}
