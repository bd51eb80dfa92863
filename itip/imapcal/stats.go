package imapcal

import "sync/atomic"

// Stats is what a store has done since it was opened.
type Stats struct {
	Connections int64 // open now
	Dials       int64
	Commands    int64 // batches of commands that were waited for together
	Errors      int64 // connections lost, logins that failed
	Looks       int64 // at a calendar
	Lists       int64 // of all messages of a folder
	Fetched     int64 // messages
	Cold        int64 // calendars read from nothing
	Holds       int64 // appended
	Resumed     int64 // holds that took the place of an earlier attempt's
	Reaped      int64 // holds of others that were given up
	Duplicates  int64 // messages met with the UID of another that counts
	Unreadable  int64 // messages met that cannot be read
}

type counters struct {
	open, dials, commands, errors, looks, lists, fetched, cold, holds, resumed, reaped, duplicates, unreadable atomic.Int64
}

// Stats gives the figures.
func (s *Store) Stats() Stats {
	c := &s.stats
	return Stats{
		Connections: c.open.Load(), Dials: c.dials.Load(), Commands: c.commands.Load(), Errors: c.errors.Load(),
		Looks: c.looks.Load(), Lists: c.lists.Load(), Fetched: c.fetched.Load(), Cold: c.cold.Load(), Holds: c.holds.Load(), Resumed: c.resumed.Load(),
		Reaped: c.reaped.Load(), Duplicates: c.duplicates.Load(), Unreadable: c.unreadable.Load(),
	}
}
