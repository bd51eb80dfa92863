package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"usher/itip/calendar"
	"usher/itip/imapcal"
	"usher/ldapdir"
	"usher/milter/config"
)

// maxProbed bounds how many calendars are told to be of no use; then something else is wrong.
const maxProbed = 50

// openCalendars opens the calendars where the configuration says they lie; nil: none are configured.
func openCalendars(c *config.Config, zone *time.Location, log *slog.Logger) (calendar.Store, error) {
	options := calendar.Options{Local: zone}
	switch {
	case c.Calendars.InIMAP():
		store, err := imapcal.Open(c.Calendars.Config, imapcal.Options{Options: options, Notice: noticed(log)})
		if err != nil {
			return nil, c.Locate("calendars", err)
		}
		return store, nil
	case c.Calendars.Dir != "":
		store, err := calendar.OpenDir(c.Calendars.Dir, options)
		if err != nil {
			return nil, c.Locate("calendars.dir", err)
		}
		return store, nil
	}
	return nil, nil
}

// noticed logs what somebody should look at in a calendar.
func noticed(log *slog.Logger) func(imapcal.Event) {
	return func(e imapcal.Event) {
		log.Warn("calendar wants a look", "calendar", e.Calendar, "what", e.What, "messages", e.UIDs)
	}
}

// imap is the store if it is one over IMAP.
func (e *engine) imap() (*imapcal.Store, bool) {
	store, ok := e.calendars.(*imapcal.Store)
	return store, ok
}

// probeCalendars asks the IMAP server, and with walk for the calendar of every resource in the directory. Each that
// cannot be booked is an error of its own.
func (e *engine) probeCalendars(ctx context.Context, walk bool) error {
	store, ok := e.imap()
	if !ok {
		return nil
	}
	if err := store.Probe(ctx); err != nil {
		return fmt.Errorf("calendars: %w", err)
	}
	if !walk {
		return nil
	}
	var found []error
	err := e.directory.Walk(ctx, lintEntries, func(entry *ldapdir.Entry) error {
		if entry.Kind == ldapdir.Resource && entry.Calendar != "" {
			if err := store.ProbeCalendar(ctx, entry.Calendar); err != nil {
				found = append(found, fmt.Errorf("%s: %w", oneLine(entry.DN), err))
			}
		}
		if len(found) == maxProbed {
			return errors.New("that is enough")
		}
		return ctx.Err()
	})
	if err != nil {
		found = append(found, fmt.Errorf("not all calendars were asked for: %w", err))
	}
	return errors.Join(found...)
}
