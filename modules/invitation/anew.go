package invitation

import "usher/itip"

// anew lets a message count whose SEQUENCE is too low, if it was clearly written later: the organizer has made the event
// anew, as some programs do, which begin to count again (D-05). He has to be one of ours, who has proven himself by more
// than what anybody can write.
func (v *visit) anew() {
	method := v.incoming.Method()
	if method == "REPLY" || !v.ours || v.stored == nil || !itip.Recreated(v.stored, v.incoming) {
		return
	}
	v.note("SEQUENCE is lower than in the calendar, and the message later: the event was made anew")
	switch method {
	case "REQUEST":
		v.stored = nil // what was there is replaced as a whole
	case "CANCEL":
		v.incoming = v.incoming.Clone()
		for _, c := range v.incoming.Scheduled() {
			if known := v.stored.Counterpart(v.incoming, c); known != nil {
				c.SetSequence(max(c.Sequence(), known.Sequence()))
			}
		}
	}
}
