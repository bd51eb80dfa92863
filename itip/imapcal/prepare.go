package imapcal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip"
	"usher/itip/calendar"
)

// holding is something that is being written: a Hold, or a Put that claims nothing. What is below the line is used
// by whoever has the calendar's turn.
type holding struct {
	*Store
	plan    calendar.Put
	claim   calendar.Claim
	object  *itip.Object
	version calendar.Version // of the object as it will be read back
	plain   bool             // a Put

	owner  string    // of our last APPEND; "" before the first
	owners []string  // of all
	begun  time.Time // right before the last APPEND
	heir   imap.UID  // of the attempt whose place we ask for, until it is known whether we have it
	killed bool      // a Put has written the object meanwhile
	booked bool      // the booking stands; what it replaces may still be there
	done   bool      // and nothing is left to do
	doomed doomed    // what was to be removed and may not be
}

// prepare makes sure that what will be stored can be read back: what cannot would make the whole calendar unreadable.
func (s *Store) prepare(p calendar.Put, plain bool) (*holding, error) {
	if p.UID == "" || p.Object == nil {
		return nil, fmt.Errorf("store in %s: an object and its UID are needed", p.Calendar)
	}
	h := &holding{Store: s, plan: p, plain: plain, object: p.Object.Clone()}
	if p.Claim != nil && !plain {
		h.claim = *p.Claim
	}
	mail, err := s.config.Format.write(letter{object: h.object})
	if err == nil {
		h.version, err = s.readBack(mail, p.UID)
	}
	if err != nil {
		return nil, fmt.Errorf("store %q in %s: %w", p.UID, p.Calendar, err)
	}
	return h, nil
}

// readBack reads a mail as it will be read from the folder.
func (s *Store) readBack(mail []byte, uid string) (calendar.Version, error) {
	if len(mail) > s.config.MaxMessage {
		return "", errTooLarge
	}
	o, err := readMail(mail, readHeader(mail))
	if err != nil {
		return "", fmt.Errorf("it could not be read back: %w", err)
	}
	if o == nil || o.UID() != uid {
		return "", errors.New("it holds something else")
	}
	return calendar.VersionOf(o), nil
}

// mail makes the message of an attempt that asks for a place, 0 being its own. old is the mail that it replaces.
func (h *holding) mail(owner string, place imap.UID, old []byte) ([]byte, error) {
	mark := hold{owner: owner, key: h.plan.Key, base: h.plan.Base, plain: h.plain, place: place}
	mail, err := h.config.Format.write(letter{object: h.object, date: time.Now(), old: old, fields: []string{
		"Message-ID: " + messageID(h.plan, h.version, owner),
		fold(holdField, mark.field()),
		fold(claimField, claimText(h.claim)),
	}})
	if err != nil {
		return nil, err
	}
	version, err := h.readBack(mail, h.plan.UID)
	if err == nil && version != h.version {
		err = errors.New("it is read back differently each time")
	}
	return mail, err
}

var errNoKeywords = errors.New("the folder keeps no keywords: the account needs the right w there")

// append writes our message as a hold.
func (h *holding) append(x *section, place imap.UID) error {
	if !x.box.keeps(keyword) {
		return errNoKeywords
	}
	if err := h.post(x, place, keyword); err != nil {
		return err
	}
	h.stats.holds.Add(1)
	return h.check(x, time.Now())
}

// post writes our message. Whether it is there has to be looked up, whatever the error says.
func (h *holding) post(x *section, place imap.UID, flags ...imap.Flag) error {
	var old []byte
	if e := x.index.find(h.plan.UID); e != nil && h.config.Format == Kolab {
		var err error
		if old, err = x.raw(e); err != nil {
			return err
		}
	}
	owner := rand.Text()
	mail, err := h.mail(owner, place, old)
	if err != nil {
		return err
	}
	h.owner, h.owners, h.heir = owner, append(h.owners, owner), place
	h.living.add(owner, h)
	h.begun, x.wrote = time.Now(), true
	if err := x.conn.append(x.ctx, h.config.Timeout, x.mailbox, mail, flags...); err != nil {
		x.conn.close() // the library does not get over a refused literal
		return fmt.Errorf("append: %w", err)
	}
	return nil
}

var errNotThere = errors.New("what was appended is not there")

// check makes sure that what we have appended is there, and is a hold.
func (h *holding) check(x *section, answered time.Time) error {
	if err := x.refresh(); err != nil {
		return err
	}
	own := h.own(x)
	if own == nil {
		return errNotThere
	}
	if !own.pending {
		return errors.Join(errors.New("the folder did not keep the keyword of a hold: the account needs the right w there"), h.remove(x, own))
	}
	x.index.clock = clock{own.hold.received, answered}
	return nil
}

// own is the message of our last APPEND, or nil.
func (h *holding) own(x *section) *entry {
	if h.owner == "" {
		return nil
	}
	for _, e := range x.index.holds {
		if e.hold.owner == h.owner {
			return e
		}
	}
	for _, e := range x.index.objects[h.plan.UID] {
		if e.hold != nil && e.hold.owner == h.owner {
			return e
		}
	}
	return nil
}

// living are the holds of this process that are neither confirmed nor withdrawn.
type living struct {
	mu   sync.Mutex
	them map[string]*holding
}

func (l *living) add(owner string, h *holding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.them == nil {
		l.them = map[string]*holding{}
	}
	l.them[owner] = h
}

func (l *living) find(owner string) *holding {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.them[owner]
}

func (l *living) end(h *holding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, owner := range h.owners {
		delete(l.them, owner)
	}
}
