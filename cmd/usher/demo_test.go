package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"usher/milter/miltertest"
)

// tellTo plays a story and gives what was printed.
func tellTo(scenes []scene) (string, error) {
	var out bytes.Buffer
	err := tell(stdio{out: &out}, scenes, slog.New(slog.DiscardHandler))
	return out.String(), err
}

func TestDemoIsTheSameEachTime(t *testing.T) {
	defer goleak.VerifyNone(t)
	today := time.Now()
	first, err := tellTo(story(today))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := tellTo(story(today)); err != nil || again != first {
		t.Errorf("the second time, %v:\n%s\nthe first time:\n%s", err, again, first)
	}
}

// TestDemoKnowsWhatShouldCome: a story that comes out otherwise than it should is told as such.
func TestDemoKnowsWhatShouldCome(t *testing.T) {
	for _, tt := range []struct {
		scene  int
		change func(*scene)
		wrong  string
	}{
		{0, func(s *scene) { s.left = s.rcpts }, "the mail goes to [], should go to [room@example.org jane.smith@example.org]"},
		{0, func(s *scene) { s.by = []string{"claire.martin@example.org"} }, "claire.martin@example.org has not answered"},
		{0, func(s *scene) { s.answer = "DECLINED" }, "the organizer was not answered DECLINED"},
		{0, func(s *scene) { s.answer = "" }, "an answer was sent, none should be"},
		{1, func(s *scene) { s.clash = "23:59" }, "the answer does not name what is in the way"},
		{2, func(s *scene) { s.same = true }, "the mail did not leave as it came"},
		{3, func(s *scene) { s.footer = true }, "the mail left without its footer"},
	} {
		scenes := story(time.Now())
		tt.change(&scenes[tt.scene])
		out, err := tellTo(scenes)
		if err == nil || err.Error() != "1 of the mails did not come out as they should" || !strings.Contains(out, "   WRONG: "+tt.wrong+"\n") {
			t.Errorf("%v\n%s\nwant WRONG: %s", err, out, tt.wrong)
		}
	}
}

func TestJudgeWantsTheMailTaken(t *testing.T) {
	d := miltertest.Delivery{Final: miltertest.Answer{SMTP: 451}}
	if wrong := (scene{}).judge(nil, d, nil); len(wrong) != 1 || !strings.HasPrefix(wrong[0], "the mail was answered ") {
		t.Errorf("judge = %q", wrong)
	}
}

// TestStoryIsAlwaysAhead: whatever day it is, the meetings are on a Monday more than a week away.
func TestStoryIsAlwaysAhead(t *testing.T) {
	for day := range 400 {
		today := time.Date(2026, 1, 1+day, 23, 59, 0, 0, time.UTC)
		got := mondayAfter(today)
		if ahead := got.Sub(today); got.Weekday() != time.Monday || ahead <= 7*24*time.Hour || ahead > 15*24*time.Hour {
			t.Errorf("mondayAfter(%s) = %s", today, got)
		}
	}
}
