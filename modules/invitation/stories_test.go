package invitation_test

import (
	"strings"
	"testing"
	"time"

	"usher/itip"
)

const (
	ten, eleven   = "20260309T100000Z", "20260309T110000Z"
	atNoon, atOne = "20260309T120000Z", "20260309T130000Z"
	weekly        = "RRULE:FREQ=WEEKLY;COUNT=6"
	thirdOnly     = "RECURRENCE-ID:20260323T100000Z"
	fifth         = "RECURRENCE-ID;RANGE=THISANDFUTURE:20260406T100000Z"
	statusGone    = "STATUS:CANCELLED"
	thirdAt       = "20260323T140000Z"
	thirdAtEnd    = "20260323T150000Z"
	thirdLater    = "20260323T160000Z"
	thirdLaterEnd = "20260323T170000Z"
)

// stories are those of RFC 5546 section 4.
func stories() []story {
	return []story{
		inviteAndReschedule(), rescheduleOne(), addOne(), cancelOneThenTheRest(jane, 1), cancelOneThenTheRest(mark, 0), cancelAll(), several(), delegation(itip.Accepted, itip.Delegated), delegation(itip.Declined, itip.NeedsAction), fromOutside(),
	}
}

func inviteAndReschedule() story {
	first, second := at("0", ten, eleven, people(john, jane)), at("1", atNoon, atOne, people(john, jane))
	latest := at("1", atNoon, atOne, people(john, jane), "LOCATION:Room 7")
	latest = strings.Replace(latest, "T110000Z", "T113000Z", 1)
	return story{
		name: "a meeting is rescheduled, then gets a room", before: map[string][]string{john: {calendarOf("", latest)}},
		mails: []letter{sent(john, jane, calendarOf("REQUEST", first)), sent(john, jane, calendarOf("REQUEST", second)), sent(john, jane, calendarOf("REQUEST", latest))},
		check: func(t *testing.T, o *office) {
			o.wantState(t, john, jane, itip.Accepted)
			o.wantState(t, jane, jane, itip.Accepted)
		},
	}
}

func rescheduleOne() story {
	series := at("0", ten, eleven, people(john, jane), weekly)
	moved, again := at("1", thirdAt, thirdAtEnd, people(john, jane), thirdOnly), at("2", thirdLater, thirdLaterEnd, people(john, jane), thirdOnly)
	return story{
		name: "one instance is moved twice", before: map[string][]string{john: {calendarOf("", series, again)}},
		mails: []letter{sent(john, jane, calendarOf("REQUEST", series)), sent(john, jane, calendarOf("REQUEST", moved)), sent(john, jane, calendarOf("REQUEST", again))},
		check: func(t *testing.T, o *office) {
			o.wantState(t, john, jane, itip.Accepted)
			o.wantState(t, jane, jane, itip.Accepted)
		},
	}
}

// cancelOneThenTheRest is for a person who keeps what is cancelled, and one who does not.
func cancelOneThenTheRest(who string, instances int) story {
	series := at("0", ten, eleven, people(john, who), weekly)
	single := at("1", "20260323T100000Z", "20260323T110000Z", people(john, who), thirdOnly, statusGone)
	rest := at("2", "20260406T100000Z", "20260406T110000Z", people(john, who), fifth, statusGone)
	return story{
		name:  "one instance is cancelled, then the series from another on, for " + who,
		mails: []letter{sent(john, who, calendarOf("REQUEST", series)), sent(john, who, calendarOf("CANCEL", single)), sent(john, who, calendarOf("CANCEL", rest))},
		check: func(t *testing.T, o *office) {
			if whole, n := o.cancelled(who); whole || n != instances {
				t.Errorf("the copy is cancelled: %v, and of instances %d; want %d", whole, n, instances)
			}
			all, err := o.objects()[who+" u1"].Instances(now, now.AddDate(1, 0, 0), time.UTC)
			if live := len(all) - instances; err != nil || live != 3 {
				t.Errorf("%d instances take place: %v; want three", live, err)
			}
		},
	}
}

func addOne() story {
	series := at("0", ten, eleven, people(john, jane), weekly)
	added := at("1", "20260310T100000Z", "20260310T110000Z", people(john, jane))
	gone := at("2", "20260310T100000Z", "20260310T110000Z", people(john, jane), "RECURRENCE-ID:20260310T100000Z", statusGone)
	return story{
		name:  "an instance is added, then cancelled",
		mails: []letter{sent(john, jane, calendarOf("REQUEST", series)), sent(john, jane, calendarOf("ADD", added)), sent(john, jane, calendarOf("CANCEL", gone))},
		check: func(t *testing.T, o *office) {
			o.wantState(t, jane, jane, itip.Accepted)
			if whole, n := o.cancelled(jane); whole || n != 1 {
				t.Errorf("jane's copy is cancelled: %v, and of instances %d; want one", whole, n)
			}
		},
	}
}

func cancelAll() story {
	first, second := at("0", ten, eleven, people(john, jane)), at("1", atNoon, atOne, people(john, jane))
	gone := at("2", atNoon, atOne, people(john, jane), statusGone)
	return story{
		name:  "a meeting is rescheduled, then cancelled",
		mails: []letter{sent(john, jane, calendarOf("REQUEST", first)), sent(john, jane, calendarOf("REQUEST", second)), sent(john, jane, calendarOf("CANCEL", gone))},
		check: func(t *testing.T, o *office) {
			if whole, _ := o.cancelled(jane); !whole {
				t.Error("jane's copy is not cancelled")
			}
		},
	}
}

func several() story {
	meeting := at("0", ten, eleven, people(john, jane, mark, bob))
	answer := calendarOf("REPLY", "SEQUENCE:0\nDTSTAMP:20260302T070000Z\nORGANIZER:mailto:"+john+"\nATTENDEE;PARTSTAT=DECLINED:mailto:"+bob)
	return story{
		name: "three are invited, one of them elsewhere", before: map[string][]string{john: {calendarOf("", meeting)}},
		mails: []letter{sent(john, jane, calendarOf("REQUEST", meeting)), sent(john, mark, calendarOf("REQUEST", meeting)), sent(bob, john, answer)},
		check: func(t *testing.T, o *office) {
			for _, cal := range []string{john, jane, mark} {
				o.wantState(t, cal, jane, itip.Accepted)
				o.wantState(t, cal, mark, itip.Tentative)
				o.wantState(t, cal, bob, itip.Declined)
			}
		},
	}
}

// delegation is to a deputy who answers so.
func delegation(answer, delegator string) story {
	meeting := at("0", ten, eleven, people(john, dora, jane))
	reply := calendarOf("REPLY", "SEQUENCE:0\nDTSTAMP:20260302T090000Z\nORGANIZER:mailto:"+john+"\nATTENDEE;CN=Jack;PARTSTAT="+answer+";DELEGATED-FROM=\"mailto:"+dora+"\":mailto:"+jack)
	return story{
		name: "an invitation is delegated, and " + answer, before: map[string][]string{john: {calendarOf("", meeting)}},
		mails: []letter{sent(john, dora, calendarOf("REQUEST", meeting)), sent(john, jane, calendarOf("REQUEST", meeting))},
		react: func(l letter) []letter {
			if l.to == jack && strings.Contains(l.text, "METHOD:REQUEST") {
				return []letter{sent(jack, john, reply)}
			}
			return nil
		},
		check: func(t *testing.T, o *office) {
			o.wantState(t, john, dora, delegator)
			o.wantState(t, dora, dora, itip.Delegated)
			for _, cal := range []string{john, dora} {
				o.wantState(t, cal, jack, answer)
			}
			o.wantState(t, john, jane, itip.Accepted)
		},
	}
}

func fromOutside() story {
	first, second := at("0", ten, eleven, people(bob, jane, mark)), at("1", atNoon, atOne, people(bob, jane, mark))
	s := story{name: "somebody from elsewhere invites, reschedules and takes one out"}
	for _, who := range []string{jane, mark} {
		s.mails = append(s.mails, sent(bob, who, calendarOf("REQUEST", first)), sent(bob, who, calendarOf("REQUEST", second)))
	}
	s.mails = append(s.mails, sent(bob, jane, calendarOf("CANCEL", at("2", atNoon, atOne, people(bob, jane)))))
	s.check = func(t *testing.T, o *office) {
		if whole, _ := o.cancelled(jane); !whole {
			t.Error("jane's copy is not cancelled")
		}
		o.wantState(t, mark, mark, itip.Tentative)
		answers := 0
		for _, l := range o.outside {
			if l.to == bob && strings.Contains(l.text, "METHOD:REPLY") {
				answers++
			}
		}
		if answers != 4 {
			t.Errorf("bob got %d answers, want one of each to each of two requests", answers)
		}
	}
	return s
}
