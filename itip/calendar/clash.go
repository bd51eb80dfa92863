package calendar

import (
	"cmp"
	"slices"
	"time"
)

// Overbooked gives the stretches of a claim in which it cannot be had: in which at least Parallel other
// bookings take time already. None: it can be had. A booking is a UID: instances of one series that overlap
// each other count once, and those of the claim's own uid never. Empty spans clash with nothing.
func Overbooked(claim Claim, uid string, busy []Period) []Span {
	wanted := claim.Spans()
	room := max(claim.Parallel, 1)
	var over []Span
	var since time.Time
	taken := 0
	for _, e := range edges(taking(busy, uid), wanted) {
		before := taken
		taken += e.step
		switch {
		case before < room && taken >= room:
			since = e.at
		case before >= room && taken < room:
			over = append(over, Span{since, e.at})
		}
	}
	return union(over)
}

// Spans are what a claim claims, in order and apart; none if that is nothing.
func (c Claim) Spans() []Span { return union(c.Periods) }

// taking gives what each booking takes, its own overlaps melted, without those of uid. Objects without a UID
// cannot be told apart, so that each of their periods is a booking.
func taking(busy []Period, uid string) [][]Span {
	byUID := map[string][]Span{}
	var all [][]Span
	for _, p := range busy {
		switch p.UID {
		case "":
			all = append(all, union([]Span{{p.From, p.To}}))
		case uid:
		default:
			byUID[p.UID] = append(byUID[p.UID], Span{p.From, p.To})
		}
	}
	for _, spans := range byUID {
		all = append(all, union(spans))
	}
	return all
}

// edge is a moment at which a booking begins (+1) or ends (-1).
type edge struct {
	at   time.Time
	step int
}

// edges cuts the bookings to the wanted spans and orders where they begin and end: half-open, so that at one
// moment the ends come first.
func edges(bookings [][]Span, wanted []Span) []edge {
	var es []edge
	for _, spans := range bookings {
		for _, s := range spans {
			i, _ := slices.BinarySearchFunc(wanted, s.From, func(w Span, t time.Time) int {
				return cmp.Or(w.To.Compare(t), -1) // the first one that ends after s begins
			})
			for ; i < len(wanted) && wanted[i].From.Before(s.To); i++ {
				es = append(es, edge{later(s.From, wanted[i].From), 1}, edge{earlier(s.To, wanted[i].To), -1})
			}
		}
	}
	slices.SortFunc(es, func(a, b edge) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.step, b.step)) })
	return es
}

// union orders spans and melts those that overlap or touch; empty ones go. What it is given stays as it is.
func union(spans []Span) []Span {
	if apart(spans) {
		return spans
	}
	spans = slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return !s.From.Before(s.To) })
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	melted := spans[:0]
	for _, s := range spans {
		if n := len(melted); n > 0 && !melted[n-1].To.Before(s.From) {
			melted[n-1].To = later(melted[n-1].To, s.To)
			continue
		}
		melted = append(melted, s)
	}
	return melted
}

// apart tells whether spans are in order, with time between them, and none is empty.
func apart(spans []Span) bool {
	for i, s := range spans {
		if !s.From.Before(s.To) || i > 0 && !spans[i-1].To.Before(s.From) {
			return false
		}
	}
	return true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
