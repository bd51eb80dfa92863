package invitation_test

import (
	"maps"
	"time"

	"usher/itip"
)

// check compares all calendars with the tale.
func (s *tale) check() {
	for _, key := range append([]string{"john"}, guests...) {
		if key == "john" && s.gone {
			continue // he keeps what he likes
		}
		s.checkOne(key, s.held(key, uid))
	}
}

func (s *tale) checkOne(key string, o *itip.Object) {
	if o == nil {
		s.t.Errorf("%s has no copy", key)
		return
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	all, err := o.Instances(from, from.AddDate(1, 0, 0), berlin)
	if err != nil {
		s.t.Errorf("%s: %v", key, err)
		return
	}
	want := map[string]string{}
	for _, id := range s.instances() {
		want[s.at(id)] += s.wanted(id)
	}
	if s.gone {
		clear(want)
	}
	got := map[string]string{}
	for _, i := range all {
		if !i.Cancelled {
			got[i.Start.In(berlin).Format(clock)] += found(i.Component)
		}
	}
	if !maps.Equal(got, want) {
		s.t.Errorf("%s has\n%v\nwant\n%v\n%s", key, got, want, o.Encode())
	}
}

// wanted is how an instance should stand in every copy: how all have answered.
func (s *tale) wanted(id string) (text string) {
	standing := s.standing(id)
	for _, guest := range guests {
		text += guest + " " + standing[guest] + ";"
	}
	return text
}

// found is how it stands.
func found(c *itip.Component) (text string) {
	for _, u := range c.Attendees() {
		guest, _ := keyOf(u.Address.String())
		text += guest + " " + u.Partstat + ";"
	}
	return text
}
