package imapcal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/itip/calendar"
)

// section is one calendar while we have its turn and a connection that has it open.
type section struct {
	*Store
	ctx     context.Context
	name    string // of the calendar
	mailbox string
	conn    *conn
	box     box
	index   *index
	wrote   bool // something was sent that may have changed the folder
}

// look runs f on a calendar of which is known what is in it now. A connection that turns out to be lost before
// anything was written is replaced once.
func (s *Store) look(ctx context.Context, cal string, f func(*section) error) error {
	return s.visit(ctx, cal, false, f)
}

// visit is look, or, if what is known of the folder is enough, does without.
func (s *Store) visit(ctx context.Context, cal string, known bool, f func(*section) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("calendar %s: %w", cal, err)
	}
	leave, err := s.queues.Enter(ctx, cal)
	if err != nil {
		return fmt.Errorf("calendar %s: %w", cal, err)
	}
	defer leave()
	wrote, err := s.once(ctx, cal, known, f)
	for attempt := 0; goesOn(err, attempt) && !wrote && ctx.Err() == nil; attempt++ {
		wrote, err = s.once(ctx, cal, false, f)
	}
	if err != nil {
		return fmt.Errorf("calendar %s: %w", cal, err)
	}
	return nil
}

// once is one attempt.
func (s *Store) once(ctx context.Context, cal string, known bool, f func(*section) error) (wrote bool, err error) {
	login, mailbox, err := split(cal)
	if err != nil {
		return false, fmt.Errorf("%w: %w", calendar.ErrUnreadable, err)
	}
	c, err := s.connect(ctx, login)
	if err != nil {
		return false, err
	}
	defer s.release(c)
	x := &section{Store: s, ctx: ctx, name: cal, mailbox: mailbox, conn: c}
	if x.box, err = c.open(ctx, s.config.Timeout, mailbox); err != nil {
		if isAnswer(err) {
			err = fmt.Errorf("%w: open the folder: %w", calendar.ErrUnreadable, err)
		}
		return false, err
	}
	x.recall()
	defer x.remember()
	if !known || !x.index.looked {
		if err := x.refresh(); err != nil {
			return false, err
		}
	}
	for range attempts {
		if err = f(x); x.wrote || !errors.Is(err, errGone) {
			break
		}
		if lost := x.refresh(); lost != nil { // somebody changed it between our look and our reading
			return false, lost
		}
	}
	return x.wrote, err
}

// recall finds what is known of the folder.
func (x *section) recall() {
	known, ok := x.indexes.Take(x.name)
	if !ok || known.validity != x.box.validity {
		known = newIndex(x.box.validity)
		x.stats.cold.Add(1)
	}
	x.index = known
}

// remember keeps what is known for the next one.
func (x *section) remember() {
	x.indexes.Put(x.name, x.index, len(x.index.entries)+1)
}

// now is our own clock, which never jumps.
func (x *section) now() time.Time { return time.Now() }

// unreadable names the message, so that whoever keeps the calendars can mend it.
func (x *section) unreadable(e *entry, err error) error {
	return fmt.Errorf("message %d: %w: %w", e.uid, calendar.ErrUnreadable, err)
}
