package filter

import (
	"errors"
	"testing"
)

// TestPlannedAround: a step whose calendar apart cannot be stored is asked again, knowing which; it is not left out. Once
// some of its effects have happened its errors count whatever on_error says; those of steps that did nothing do not.
func TestPlannedAround(t *testing.T) {
	full := &EffectError{Index: 1, Committed: true, Err: errors.New("over quota")}
	for _, tt := range []struct {
		name             string
		onError          OnError
		apart            bool
		brokenThen       bool // the step itself fails when it is asked again
		refused          bool
		plans, unwritten int
	}{
		{"pass", Pass, true, false, false, 2, 1},
		{"pass, and no calendar apart", Pass, false, false, true, 1, 0},
		{"defer", Defer, true, false, true, 1, 0},
		{"pass, and then nothing can be read", Pass, true, true, true, 2, 1},
	} {
		w := &listener{answers: []error{full}}
		plans, unwritten := 0, 0
		p := &Pipeline{World: w, Steps: []Step{
			step("answers", tt.onError, func(tx *Tx) (Plan, error) {
				plans++
				unwritten = len(tx.Unwritable)
				if plans > 1 && tt.brokenThen {
					return Plan{}, errors.New("imap down")
				}
				effects := []Effect{PutEvent{Calendar: "ann", UID: "u", Apart: tt.apart}}
				if tx.Unwritable["jane"] == nil {
					effects = append(effects, PutEvent{Calendar: "jane", UID: "u", Apart: tt.apart})
				}
				return Plan{Effects: effects}, nil
			}),
			step("adds words", Pass, func(*Tx) (Plan, error) { return Plan{}, errors.New("never works") }),
		}}
		o := p.Run(t.Context(), tx(t, room, jane))
		if (o.Refuse != nil) != tt.refused || plans != tt.plans || unwritten != tt.unwritten {
			t.Errorf("%s: refused %v, planned %d times, in the end without %d calendars; %s", tt.name, o.Refuse, plans, unwritten, o.Why())
		}
	}
}
