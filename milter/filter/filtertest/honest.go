package filtertest

import (
	"bytes"
	"context"
	"fmt"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/imip"
	"usher/milter/message"
	"usher/milter/world"
)

// witness reads every answer at the moment at which it goes out, and looks whether the calendars hold what it says.
type witness struct {
	calendars calendar.Store
	directory *ldapdir.Dir
	last      map[address.Address]word // what was said last about everybody
	lies      []string
}

// word is what an answer says about one person or resource.
type word struct {
	uid  string
	user itip.User
}

// hear is an Outbox's Deliver.
func (w *witness) hear(ctx context.Context, m world.Mail) error {
	mail, err := message.Read(bytes.NewReader(m.Data), maxMail)
	if err != nil {
		return err
	}
	for _, item := range imip.Read(mail, "VEVENT").Items {
		if item.Object.Method() != "REPLY" {
			continue
		}
		for _, user := range item.Object.Scheduled()[0].Attendees() {
			said := word{item.Object.UID(), user}
			if w.last == nil {
				w.last = map[address.Address]word{}
			}
			w.last[user.Address] = said
			if err := w.weigh(ctx, said); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastWords weighs once more what was said last, in the end.
func (w *witness) lastWords(ctx context.Context) error {
	for _, said := range w.last {
		if err := w.weigh(ctx, said); err != nil {
			return err
		}
	}
	return nil
}

// weigh looks at one word of an answer about a whole event: who has accepted, or is named as the one that was asked
// instead, has its time taken, and who has declined has not.
func (w *witness) weigh(ctx context.Context, said word) error {
	user := said.user
	whose, want := user.Address, user.Partstat != "DECLINED"
	if user.Partstat == "DELEGATED" {
		whose = user.DelegatedTo[0]
	}
	has, known, err := w.has(ctx, whose, said.uid)
	if err == nil && known && has != want {
		w.lies = append(w.lies, fmt.Sprintf("%s is told to be %s, and has its time taken: %v", user.Address, user.Partstat, has))
	}
	return err
}

// has tells whether an event takes time of somebody who has a calendar.
func (w *witness) has(ctx context.Context, whose address.Address, uid string) (has, known bool, err error) {
	e, ok, err := w.directory.Lookup(ctx, whose)
	if err != nil || !ok || e.Calendar == "" {
		return false, false, err
	}
	o, ok, _, err := w.calendars.Find(ctx, e.Calendar, uid)
	if err != nil || !ok {
		return false, true, err
	}
	c := o.Scheduled()[0]
	return !c.Cancelled() && !c.Transparent(), true, nil
}
