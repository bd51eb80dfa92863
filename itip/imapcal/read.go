package imapcal

import (
	"errors"
	"mime"
	"slices"

	"usher/itip"
	"usher/itip/calendar"
)

// errGone says that a message went away while it was read. Whoever looks again sees what came instead.
var errGone = errors.New("it went away while it was read")

// busy gives the time that is taken. A message that cannot be read may take any.
func (x *section) busy(spans []calendar.Span) ([]calendar.Period, error) {
	return x.busyAmong(spans, func(*entry) bool { return true })
}

// busyAmong gives the time that some messages take, of those that count.
func (x *section) busyAmong(spans []calendar.Span, wanted func(*entry) bool) ([]calendar.Period, error) {
	if len(x.index.bad) > 0 {
		e := x.index.bad[0]
		return nil, x.unreadable(e, e.err)
	}
	touched := slices.DeleteFunc(x.index.overview.Touching(spans...), func(e *entry) bool { return !wanted(e) })
	objects, err := x.read(touched)
	if err != nil {
		return nil, err
	}
	var all []calendar.Period
	for i, o := range objects {
		if err := x.ctx.Err(); err != nil {
			return nil, err
		}
		ps, err := calendar.Periods(o, x.options.Local, spans...)
		if err != nil {
			return nil, x.unreadable(touched[i], err)
		}
		all = append(all, ps...)
	}
	calendar.SortPeriods(all)
	return all, nil
}

// read gives the objects of messages, in their order; they are shared and must not be changed.
func (x *section) read(es []*entry) ([]*itip.Object, error) {
	objects := make([]*itip.Object, len(es))
	var missing []*entry
	place := map[*entry]int{}
	for i, e := range es {
		if o, ok := x.objects.Get(x.key(e)); ok {
			objects[i] = o
			continue
		}
		missing = append(missing, e)
		place[e] = i
	}
	for chunk := range slices.Chunk(missing, batch) {
		err := x.conn.fetch(x.ctx, x.config.Timeout, uidsOf(chunk), x.config.MaxMessage+1, func(m message) {
			x.stats.fetched.Add(1)
			i := slices.IndexFunc(chunk, func(e *entry) bool { return e.uid == m.uid })
			o, err := x.open(m, readHeader(m.body))
			if i < 0 || err != nil || o == nil {
				return
			}
			objects[place[chunk[i]]] = o
			x.objects.Put(x.key(chunk[i]), o, 1)
		})
		if err != nil {
			return nil, err
		}
	}
	for _, e := range missing {
		if objects[place[e]] == nil {
			return nil, x.unreadable(e, errGone)
		}
	}
	return objects, nil
}

// mayHold is an error if an object with this UID may be in a message that cannot be read. Such a message's Subject is
// its object's UID, if whoever wrote it kept to the format (SX-01); one without a Subject may hold anything.
func (x *section) mayHold(uid string) error {
	for _, e := range x.index.bad {
		subject, err := new(mime.WordDecoder).DecodeHeader(e.subject)
		if err != nil || subject == "" || subject == uid {
			return x.unreadable(e, e.err)
		}
	}
	return nil
}
