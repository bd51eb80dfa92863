package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// roomsTime bounds looking through the directory and reading a calendar.
const roomsTime = 10 * time.Minute

// rooms tells what can be booked, under which rules and who says so; or shows the week of one room.
func rooms(s stdio, args []string) error {
	flags := newFlags("rooms", "ADDRESS...")
	file := flags.config()
	asJSON := flags.Bool("json", false, "for programs")
	all := flags.Bool("all", false, "show every rule, the defaults too")
	week := flags.String("week", "", "show a week of the `ROOM` with this address")
	from := flags.String("from", "", "a `DATE` of that week, as 2006-01-02 (default today)")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	if *week == "" && *from != "" || *week != "" && (flags.NArg() > 0 || *all) {
		return failed(exitUsage, errors.New("-week goes with -from and -json alone, and -from with -week\n"+flags.usage()))
	}
	e, err := open(*file, slog.New(slog.NewTextHandler(s.errout, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer e.close()
	ctx, cancel := context.WithTimeout(context.Background(), roomsTime)
	defer cancel()
	if *week != "" {
		return showWeek(ctx, s, e, *week, *from, *asJSON)
	}
	l := listing{engine: e, all: *all}
	if err := l.look(ctx, flags.Args()); err != nil {
		return err
	}
	return l.tell(s, *asJSON)
}

// listing is what can be booked.
type listing struct {
	*engine
	all        bool
	facilities []filter.Facility
}

// look finds what is asked for: by address, or everything there is.
func (l *listing) look(ctx context.Context, addresses []string) error {
	if !slices.ContainsFunc(l.steps, isBooker) {
		return failed(exitConfig, errors.New("no module is enabled that books anything, want modules: {resource: {enabled: true}}"))
	}
	for _, a := range addresses {
		f, err := l.facility(ctx, a)
		if err != nil {
			return err
		}
		l.facilities = append(l.facilities, f)
	}
	if len(addresses) > 0 {
		return nil
	}
	err := l.directory.Walk(ctx, lintEntries, func(e *ldapdir.Entry) error { return l.add(ctx, e) })
	if err != nil {
		return fmt.Errorf("the directory could not be looked through: %w", err)
	}
	slices.SortFunc(l.facilities, func(a, b filter.Facility) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.DN, b.DN)) })
	return nil
}

func isBooker(step filter.Step) bool {
	_, ok := step.Module.(filter.Booker)
	return ok || slices.ContainsFunc(step.Variants, func(v filter.Variant) bool { _, ok := v.Module.(filter.Booker); return ok })
}

func (l *listing) add(ctx context.Context, e *ldapdir.Entry) error {
	f, ok, err := l.asTreated(ctx, e)
	if ok {
		l.facilities = append(l.facilities, f)
	}
	return err
}

// asTreated is an entry as the module treats it that is set for its domain.
func (e *engine) asTreated(ctx context.Context, entry *ldapdir.Entry) (filter.Facility, bool, error) {
	b, ok := filter.BookerOf(e.steps, entry.Mail().Domain())
	if !ok {
		return filter.Facility{}, false, nil
	}
	return b.Facility(ctx, entry)
}

// facility is the one with an address.
func (e *engine) facility(ctx context.Context, name string) (filter.Facility, error) {
	a, err := address.Parse(name)
	if err != nil || a == "" {
		return filter.Facility{}, failed(exitUsage, fmt.Errorf("%q is not the address of a room", name))
	}
	entry, ok, err := e.directory.Lookup(ctx, a)
	if err != nil {
		return filter.Facility{}, failed(exitTemporary, err)
	}
	if !ok {
		return filter.Facility{}, failed(exitNoUser, fmt.Errorf("nobody and nothing has the address %s", a))
	}
	f, ok, err := e.asTreated(ctx, entry)
	if err != nil {
		return filter.Facility{}, failed(exitTemporary, err)
	}
	if !ok {
		return filter.Facility{}, failed(exitNoUser, fmt.Errorf("%s cannot be booked: it is a %s, or no module is enabled that books in its domain", a, entry.Kind))
	}
	return f, nil
}
