package imip

import (
	"slices"
	"strings"

	"usher/itip"
)

// judge says what is to be thought of the letter as a whole.
func (r *reader) judge() {
	for _, i := range slices.Concat(r.Items, r.Others) {
		if i.Label != Labelled {
			r.odd("METHOD is not what the part is labelled with") // S6047-10, S6047-11
		}
	}
	r.more = slices.ContainsFunc(r.Others, func(o Item) bool { return !r.holds(o) })
	switch {
	case len(r.Items) == 0:
		r.Why = "left alone: nothing in it is a message about " + r.wanted()
	case len(r.Items) > 1:
		r.odd("several " + r.several() + " in one mail") // D-06
	}
}

// holds tells whether an object is a copy of an item, METHOD aside.
func (r *reader) holds(other Item) bool {
	return slices.ContainsFunc(r.Items, func(i Item) bool {
		return i.Object.UID() == other.Object.UID() && itip.SameContent(i.Object, other.Object)
	})
}

func (r *reader) odd(what string) {
	if !slices.Contains(r.Odd, what) {
		r.Odd = append(r.Odd, what)
	}
}

// nouns are one and several of a kind, in words.
var nouns = map[string][2]string{itip.Event: {"an event", "events"}, itip.Todo: {"a task", "tasks"}}

// wanted are the kinds that were asked for.
func (r *reader) wanted() string {
	var words []string
	for _, k := range r.kinds {
		if n, ok := nouns[k]; ok {
			words = append(words, n[0])
		}
	}
	if len(words) == 0 {
		return "anything"
	}
	return strings.Join(words, " or ")
}

// several is what the items are called together.
func (r *reader) several() string {
	kind := r.Items[0].Object.Kind()
	n, ok := nouns[kind]
	if !ok || slices.ContainsFunc(r.Items, func(i Item) bool { return i.Object.Kind() != kind }) {
		return "objects"
	}
	return n[1]
}
