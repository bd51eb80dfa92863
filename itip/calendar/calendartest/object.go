package calendartest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// day is when everything happens: a Monday.
var day = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// At is a time of the suite's day, or of a later one: "09:30", "7 09:30" is a week later. It panics on others.
func At(s string) time.Time {
	var days, hours, minutes int
	if n, _ := fmt.Sscanf(s, "%d %d:%d", &days, &hours, &minutes); n == 3 {
		return day.AddDate(0, 0, days).Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
	}
	if n, _ := fmt.Sscanf(s, "%d:%d", &hours, &minutes); n != 2 {
		panic("no time: " + s)
	}
	return day.Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
}

// clock writes a time as At reads it.
func clock(t time.Time) string {
	days := int(math.Floor(t.Sub(day).Hours() / 24))
	if days == 0 {
		return t.UTC().Format("15:04")
	}
	return fmt.Sprintf("%d %s", days, t.UTC().Format("15:04"))
}

// Event is an object with one event from one time to another, as At reads them, and further lines.
func Event(uid, from, to string, lines ...string) *itip.Object {
	return Object(Component(uid, from, to, lines...))
}

// Component is the text of a VEVENT.
func Component(uid, from, to string, lines ...string) string {
	own := []string{"BEGIN:VEVENT", "UID:" + itip.Escape(uid), "DTSTAMP:20260101T000000Z", "DTSTART:" + utc(from), "DTEND:" + utc(to)}
	if !strings.Contains(strings.Join(lines, "\n"), "SUMMARY") {
		own = append(own, "SUMMARY:about "+itip.Escape(uid))
	}
	return strings.Join(append(append(own, lines...), "END:VEVENT"), "\r\n") + "\r\n"
}

// utc writes a time as iCalendar does.
func utc(s string) string { return At(s).Format("20060102T150405Z") }

// Object parses the components of one object. It panics on bad ones, which only a bad test makes.
func Object(components ...string) *itip.Object {
	objects, err := itip.Parse([]byte(Text(components...)))
	if err != nil || len(objects) != 1 {
		panic(fmt.Sprintf("not one object: %v", err))
	}
	return objects[0]
}

// Text is a VCALENDAR with these components.
func Text(components ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//test//EN\r\n" +
		strings.Join(components, "") + "END:VCALENDAR\r\n"
}

// Between is the span from one time to another, as At reads them.
func Between(from, to string) calendar.Span { return calendar.Span{From: At(from), To: At(to)} }
