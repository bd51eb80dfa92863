package itip

import (
	"testing"

	"usher/address"
)

// TestAnnouncedArrives: an attendee who had what he may see of the old version, and takes what is announced, has what
// he may see of the new one. What is no longer for him is cancelled.
func TestAnnouncedArrives(t *testing.T) {
	for _, tt := range announceTests {
		before, after := maybe(t, tt.before), maybe(t, tt.after)
		ms, err := Announce(before, after, sent, tt.me)
		if tt.me != ann || err != nil {
			continue
		}
		for _, who := range []address.Address{bob, cid, "dan@example.org"} {
			copied, want := seen(t, before, who), seen(t, after, who)
			for _, m := range ms {
				if m.To == who {
					copied = receive(t, tt.name, copied, m)
				}
			}
			if tt.name == "exclusion taken back" {
				continue // Merge cannot know an EXDATE of the organizer's from one of the person's own, and keeps it
			}
			if got, want := taking(t, copied), taking(t, want); got != want {
				t.Errorf("%s: %s has %q, want %q", tt.name, who, got, want)
			}
		}
	}
}

// seen is what an attendee has of an object, nil if nothing.
func seen(t *testing.T, o *Object, who address.Address) *Object {
	t.Helper()
	v, err := newVersion(o)
	if err != nil {
		t.Fatal(err)
	}
	return v.view(who)
}

func receive(t *testing.T, name string, copied *Object, m Announcement) *Object {
	t.Helper()
	change := Merge
	if m.Object.Method() == "CANCEL" {
		change = Struck
	}
	now, err := change(copied, m.Object, m.To)
	if err != nil {
		t.Errorf("%s: %s to %s: %v", name, m.Object.Method(), m.To, err)
		return copied
	}
	return now
}

// taking writes the instances that take place in the days of the tests.
func taking(t *testing.T, o *Object) string {
	t.Helper()
	if o == nil {
		return ""
	}
	is, err := o.Instances(at("2026-03-01"), at("2026-03-20"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := ""
	for _, i := range is {
		if !i.Cancelled {
			s += i.Start.UTC().Format(" 02T15:04") + i.End.UTC().Format("-15:04")
		}
	}
	return s
}

// TestAnsweredArrives: the organizer who has the old version, and takes the REPLY, has the attendee's answers.
func TestAnsweredArrives(t *testing.T) {
	for _, tt := range announceTests {
		before, after := maybe(t, tt.before), maybe(t, tt.after)
		ms, err := Announce(before, after, sent, tt.me)
		if tt.me == ann || err != nil || len(ms) == 0 {
			continue
		}
		organizers := before
		if after != nil && TimeChanged(before, after, nil) && !after.Master().Has("EXDATE") {
			organizers = after // the organizer moved it
		}
		now, _, err := Answered(organizers, ms[0].Object, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for _, c := range ms[0].Object.Scheduled() {
			said, _ := c.Attendee(tt.me)
			is, ok := now.Counterpart(ms[0].Object, c).Attendee(tt.me)
			if !ok || is.Partstat != said.Partstat {
				t.Errorf("%s: the organizer has %s, want %s", tt.name, is.Partstat, said.Partstat)
			}
		}
	}
}
