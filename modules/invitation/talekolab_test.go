package invitation_test

import (
	"context"

	"usher/itip/calendar"
	"usher/itip/kolab"
)

// kolabStore keeps what is left of an object after it was written in Kolab's format.
type kolabStore struct{ *calendar.Memory }

func (k kolabStore) Put(ctx context.Context, p calendar.Put) error {
	mail, err := kolab.Write(&kolab.Message{Object: p.Object})
	if err != nil {
		return err
	}
	m, err := kolab.Read(mail)
	if err != nil {
		return err
	}
	p.Object = m.Object
	return k.Memory.Put(ctx, p)
}
