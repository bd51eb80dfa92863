package calendartest

import (
	"fmt"
	"slices"
)

// busyTimes is what a store says about time.
var busyTimes = []test{
	{"periods are half open", func(r *room) {
		r.put(Event("a", "09:00", "10:00"))
		r.busy("08:00", "09:00")
		r.busy("10:00", "11:00")
		r.busy("08:00", "09:01", "09:00-10:00 a")
		r.busy("09:59", "11:00", "09:00-10:00 a")
		r.busy("09:20", "09:30", "09:00-10:00 a")
	}},
	{"periods come in order", func(r *room) {
		r.put(Event("c", "12:00", "13:00"))
		r.put(Event("b", "09:00", "10:00"))
		r.put(Event("d", "09:00", "09:30"))
		r.put(Event("a", "09:00", "10:00"))
		r.booked("09:00-09:30 d", "09:00-10:00 a", "09:00-10:00 b", "12:00-13:00 c")
	}},
	{"what is transparent, cancelled, a task or without length takes no time", func(r *room) {
		r.put(Event("transparent", "09:00", "10:00", "TRANSP:TRANSPARENT"))
		r.put(Event("cancelled", "09:00", "10:00", "STATUS:CANCELLED"))
		r.put(Event("instant", "09:30", "09:30"))
		r.put(Object("BEGIN:VTODO\r\nUID:task\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" + utc("09:00") + "\r\nDUE:" +
			utc("10:00") + "\r\nEND:VTODO\r\n"))
		r.booked()
	}},
	{"a period says who, what and how sure", func(r *room) {
		r.put(Event("a", "09:00", "10:00", "SUMMARY:Talk\\, long", "CLASS:confidential", "ORGANIZER:MAILTO:Jane@Example.org"))
		r.put(Event("b", "10:00", "11:00", "SUMMARY:Maybe", "STATUS:TENTATIVE", "CLASS:X-SECRET"))
		r.periods(
			"09:00-10:00 a CONFIRMED CONFIDENTIAL jane@example.org Talk, long -",
			"10:00-11:00 b TENTATIVE PRIVATE  Maybe -")
	}},
	{"a series takes all its time and no more", func(r *room) {
		r.put(Event("a", "09:00", "10:00", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE:"+utc("1 09:00")+","+utc("2 09:00"), "RDATE:"+utc("1 15:00")))
		r.busy("00:00", "30 00:00", "09:00-10:00 a", "1 15:00-1 16:00 a", "3 09:00-3 10:00 a", "4 09:00-4 10:00 a")
		r.busy("3 00:00", "4 00:00", "3 09:00-3 10:00 a")
		r.busy("5 00:00", "400 00:00")
	}},
	{"an endless series never ends", func(r *room) {
		r.put(Event("a", "09:00", "10:00", "RRULE:FREQ=WEEKLY"))
		r.busy("7000 00:00", "7007 00:00", "7000 09:00-7000 10:00 a")
		r.busy("-7 00:00", "00:00")
	}},
	{"an override counts in the place of its instance", func(r *room) {
		r.put(Object(
			Component("a", "09:00", "10:00", "RRULE:FREQ=DAILY;COUNT=5", "SUMMARY:series", "CLASS:PRIVATE", "ORGANIZER:mailto:jane@example.org"),
			Component("a", "1 11:00", "1 12:00", "RECURRENCE-ID:"+utc("1 09:00"), "SUMMARY:moved", "STATUS:TENTATIVE", "CLASS:PUBLIC", "ORGANIZER:mailto:john@example.org"),
			Component("a", "2 09:00", "2 10:00", "RECURRENCE-ID:"+utc("2 09:00"), "SUMMARY:cancelled", "STATUS:CANCELLED"),
			Component("a", "3 09:00", "3 10:00", "RECURRENCE-ID:"+utc("3 09:00"), "SUMMARY:free", "TRANSP:TRANSPARENT"),
			Component("a", "40 09:00", "40 10:00", "RECURRENCE-ID:"+utc("4 09:00"), "SUMMARY:far")))
		r.periods(
			"09:00-10:00 a CONFIRMED PRIVATE jane@example.org series 09:00",
			"1 11:00-1 12:00 a TENTATIVE PUBLIC john@example.org moved 1 09:00",
			"40 09:00-40 10:00 a CONFIRMED PRIVATE jane@example.org far 4 09:00")
		r.busy("40 00:00", "41 00:00", "40 09:00-40 10:00 a")
	}},
	{"a whole day is busy", func(r *room) {
		r.put(Object("BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260303\r\nEND:VEVENT\r\n"))
		r.busy("1 12:00", "1 13:00", "1 00:00-2 00:00 a")
		r.busy("00:00", "24:00")
		r.busy("2 00:00", "3 00:00")
	}},
	{"a time zone is kept through the year", func(r *room) {
		r.put(Object(zone, "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Here:20260302T090000\r\n"+
			"DTEND;TZID=Here:20260302T100000\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"))
		r.busy("00:00", "1 00:00", "08:00-09:00 a")
		r.busy("28 00:00", "29 00:00", "28 07:00-28 08:00 a")
	}},
	{"a hold is not seen", func(r *room) {
		r.put(Event("a", "09:00", "10:00", "SUMMARY:old"))
		_, _, base := r.find("a")
		p := r.claim("a", "11:00", "12:00", 1)
		p.Base = base
		moved, fresh := r.hold(p), r.hold(r.claim("b", "14:00", "15:00", 1))
		for _, r := range []*room{r, r.elsewhere()} {
			r.booked("09:00-10:00 a")
			if _, ok, _ := r.find("b"); ok || r.summary("a") != "old" {
				r.Fatal("a hold was found")
			}
		}
		r.must(moved.Confirm(r.ctx))
		r.must(fresh.Confirm(r.ctx))
		r.elsewhere().booked("11:00-12:00 a", "14:00-15:00 b")
	}},
}

// periods wants exactly these periods of the weeks to come, all that is known of them.
func (r *room) periods(want ...string) {
	r.Helper()
	ps, _, err := r.store.Busy(r.ctx, r.cal, Between("00:00", "60 00:00"))
	r.must(err)
	var got []string
	for _, p := range ps {
		instance := "-"
		if !p.RecurrenceID.IsZero() {
			instance = clock(p.RecurrenceID)
		}
		got = append(got, fmt.Sprintf("%s-%s %s %s %s %s %s %s", clock(p.From), clock(p.To), p.UID, p.Status, p.Class,
			p.Organizer, p.Summary, instance))
	}
	if !slices.Equal(got, want) {
		r.Fatalf("periods\n%q; want\n%q", got, want)
	}
}

// zone is an hour ahead of UTC, two in summer (from the last Sunday in March).
const zone = "BEGIN:VTIMEZONE\r\nTZID:Here\r\n" +
	"BEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n" +
	"BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n" +
	"END:VTIMEZONE\r\n"
