package resource

import (
	"slices"
	"testing"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
)

// TestNotesOfAnOwner: an owner who invites his own room is not told that he would be asked.
func TestNotesOfAnOwner(t *testing.T) {
	owner := &ldapdir.Entry{DN: "uid=smith", Kind: ldapdir.Person, Addresses: []address.Address{"smith@example.org"}}
	room := &facility{Entry: &ldapdir.Entry{Name: "Boardroom"}, owners: []*ldapdir.Entry{owner}}
	for _, tt := range []struct {
		organizer address.Address
		step      step
		want      string
	}{
		{"smith@example.org", stepAsk, "Boardroom: accept, as the organizer is an owner"},
		{"smith@example.org", stepStore, "Boardroom: accept, as the organizer is an owner"},
		{"smith@example.org", stepDecline, "Boardroom: decline, as the time is taken"},
		{"doe@example.org", stepAsk, "Boardroom: ask by policy:  (default)"},
	} {
		v := verdict{step: tt.step}
		if tt.step == stepDecline {
			v.rule = ruleBusy
		}
		b := &booking{room: room, organizer: itip.User{Address: tt.organizer}}
		if got := b.notes(v); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s, %s: %q, want %q", tt.organizer, tt.step, got, tt.want)
		}
	}
}
