package itip_test

import (
	"errors"

	"usher/address"
	"usher/itip"
)

// errIgnored is a message that changes nothing, whatever it says.
var errIgnored = errors.New("ignored")

// apply is what a stored object becomes by a message, as the modules apply it for one of the addresses me (none:
// whoever the object is of). stored may be nil. An error says why nothing changes.
func apply(stored, message *itip.Object, me ...address.Address) (*itip.Object, error) {
	o, err := stored, errIgnored
	switch method := message.Method(); {
	case !itip.Supported(method, message.Kind()):
	case method == "REQUEST" && !listed(message, me): // D-08
		err = itip.ErrNotListed
	case method == "REQUEST":
		o, err = itip.Merge(stored, message, me...)
	case stored == nil: // S5546-65: a CANCEL of what is not known is held, not stored
	case method == "ADD":
		o, err = itip.Add(stored, message, me...)
	case method == "CANCEL":
		o, err = itip.Struck(stored, message, me...)
	case method == "REPLY":
		o, _, err = itip.Answered(stored, message, nil)
	}
	if err != nil {
		return stored, err
	}
	return o, nil
}

func listed(message *itip.Object, me []address.Address) bool {
	for _, c := range message.Scheduled() {
		if _, ok := c.Attendee(me...); ok {
			return true
		}
	}
	return len(me) == 0
}
