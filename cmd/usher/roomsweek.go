package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"usher/itip/calendar"
	"usher/milter/filter"
)

// week is what a room's calendar holds of seven days, from a Monday.
type week struct {
	filter.Facility
	monday time.Time
	busy   []calendar.Period
}

// showWeek reads the calendar of one room.
func showWeek(ctx context.Context, s stdio, e *engine, name, from string, asJSON bool) error {
	f, err := e.facility(ctx, name)
	if err != nil {
		return err
	}
	if f.Calendar == "" || e.calendars == nil {
		return failed(exitNoUser, fmt.Errorf("%s has no calendar", f.Name))
	}
	day, err := dayOf(from, f.Zone)
	if err != nil {
		return failed(exitUsage, err)
	}
	w := week{Facility: f, monday: day.AddDate(0, 0, -(int(day.Weekday())+6)%7)}
	if w.busy, _, err = e.calendars.Busy(ctx, f.Calendar, calendar.Span{From: w.monday, To: w.day(7)}); err != nil {
		return failed(exitTemporary, fmt.Errorf("read calendar %s: %w", f.Calendar, err))
	}
	if asJSON {
		return sayJSON(s, w.object())
	}
	return say(s, w.String())
}

// dayOf is the beginning of a day in a zone; "" is today.
func dayOf(date string, zone *time.Location) (time.Time, error) {
	if date == "" {
		y, m, d := time.Now().In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, zone), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return day, errors.New("-from wants a date such as 2026-03-09")
	}
	return day, nil
}

// day is the beginning of one of the days, 0 is Monday; days may have 23 or 25 hours.
func (w week) day(n int) time.Time { return w.monday.AddDate(0, 0, n) }

// String is the week for people: a paragraph for each day.
func (w week) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, week of %s (%s)\n", shown(w.Name), w.monday.Format(time.DateOnly), w.Zone)
	for n := range 7 {
		head, busy := w.day(n).Format("Mon 2006-01-02"), false
		for _, p := range w.busy {
			if p.Overlaps(w.day(n), w.day(n+1)) {
				fmt.Fprintf(&b, "%-14s  %s  %s\n", head, w.hours(p, n), what(p))
				head, busy = "", true
			}
		}
		if !busy {
			fmt.Fprintf(&b, "%-14s  free\n", head)
		}
	}
	return b.String()
}

// hours are a booking's on one day; what lies on other days is cut.
func (w week) hours(p calendar.Period, n int) string {
	from, to := "00:00", "24:00"
	if p.From.After(w.day(n)) {
		from = p.From.In(w.Zone).Format("15:04")
	}
	if p.To.Before(w.day(n + 1)) {
		to = p.To.In(w.Zone).Format("15:04")
	}
	return from + "-" + to
}

// what tells who has the room and for what, of a private booking only that.
func what(p calendar.Period) string {
	text := "private"
	if public(p) {
		text = strings.TrimSpace(shown(p.Summary) + " (" + shown(p.Organizer.String()) + ")")
	}
	if p.Status == calendar.Tentative {
		text += ", tentative"
	}
	return text
}

func public(p calendar.Period) bool { return p.Class == "" || strings.EqualFold(p.Class, "PUBLIC") }

// weekObject is the week for programs.
type weekObject struct {
	Room     string          `json:"room"` // its address
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`
	Zone     string          `json:"zone"`
	Bookings []bookingObject `json:"bookings"`
}

type bookingObject struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Status    string    `json:"status"`
	Private   bool      `json:"private"`
	UID       string    `json:"uid,omitempty"`
	Organizer string    `json:"organizer,omitempty"`
	Title     string    `json:"title,omitempty"`
}

func (w week) object() weekObject {
	o := weekObject{Room: w.Mail().String(), From: w.monday, To: w.day(7), Zone: w.Zone.String(), Bookings: []bookingObject{}}
	for _, p := range w.busy {
		b := bookingObject{From: p.From.In(w.Zone), To: p.To.In(w.Zone), Status: string(p.Status), Private: !public(p)}
		if !b.Private {
			b.UID, b.Organizer, b.Title = p.UID, p.Organizer.String(), p.Summary
		}
		o.Bookings = append(o.Bookings, b)
	}
	return o
}
