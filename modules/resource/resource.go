// Package resource books rooms, cars and beamers that are invited by mail: accepted when free, declined when
// not, moved by updates and freed by cancellations.
//
// It knows the policy of booking. It does not know where calendars lie, how answers travel or who else is in
// the pipeline: it reads, and describes what should happen.
package resource

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/evidence"
	"usher/milter/filter"
	"usher/milter/imip"
	"usher/milter/message"
)

// Module is the definition for the pipeline's list.
var Module = filter.Define(filter.Definition{
	Name:         "resource",
	Doc:          "books rooms, cars and beamers that are invited",
	OnError:      filter.Defer,
	PerRecipient: true,
}, defaults, build)

// module is the working form of Config.
type module struct {
	Config
	directory  directory
	calendars  calendar.Reader
	signer     *filter.Signer // of questions to owners; nil: they cannot be asked
	evidence   evidence.Judge // on whose word a mail comes
	zone       *time.Location
	given      map[address.Address]layer // rules of single resources and collections
	attributes map[string][]string       // of the directory, by the key of the rule they hold
}

func build(host filter.Host, c Config) (filter.Module, error) {
	wrong := c.Check()
	if host.Calendars == nil {
		wrong = append(wrong, filter.Mistake{Text: "needs calendars, want a section such as calendars: {dir: /var/lib/usher/calendars}"})
	}
	if host.Directory == nil {
		wrong = append(wrong, filter.Mistake{Text: "needs a directory, want a section such as directory: {ldif: /etc/usher/office.ldif}"})
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	m := &module{Config: c, directory: host.Directory, calendars: host.Calendars, signer: host.Signer, evidence: evidence.New(host, c.Organizers == "any"), zone: cmp.Or(host.Zone, time.UTC)}
	m.given, _ = c.given()
	m.attributes = attributesOver(c.Attributes, host.Directory.Presets()...)
	return m, nil
}

// Match wants all mail for a resource, and mail that may hold an invitation for somebody the directory could not
// name or for a group, which a resource may stand behind.
func (m *module) Match(env *filter.Envelope, _ message.Header) (i filter.Interest) {
	for _, r := range env.Rcpts {
		switch {
		case r.Err != nil, r.Opens():
			i |= filter.Calendar
		case r.Entry != nil && isResource(r.Entry):
			i |= filter.Calendar | filter.Header
		}
	}
	return i
}

// isRoom tells whether a recipient can be booked: a resource with a calendar, or a collection of such.
func isRoom(r filter.Recipient) bool {
	return r.Entry != nil && (r.Entry.Kind == ldapdir.Collection || r.Entry.Kind == ldapdir.Resource && r.Entry.Calendar != "")
}

// Plan decides for each resource on its own; people and everything else stay untouched.
func (m *module) Plan(ctx context.Context, tx *filter.Tx) (filter.Plan, error) {
	mail := imip.Read(tx.Message, itip.Event)
	if len(mail.Repairs) > 0 && tx.Log != nil {
		tx.Log.Debug("calendar parts repaired", "repairs", mail.Repairs)
	}
	switch {
	case mail.Silent() && mail.Why == "":
		return m.notInvited(tx, mail), nil
	case mail.Silent():
		return filter.Plan{Why: mail.Why}, nil
	case len(mail.Odd) > 0 && tx.User == "":
		return filter.Plan{Why: "left alone: nobody logged in, and " + strings.Join(mail.Odd, ", ")}, nil
	}
	guests, err := guestsOf(tx.Rcpts)
	if err != nil {
		return filter.Plan{}, err
	}
	var plan filter.Plan
	var why []string
	for _, g := range guests {
		said, err := m.book(ctx, tx, mail, g, &plan)
		if err != nil {
			return filter.Plan{}, fmt.Errorf("%s: %w", g.room.Name, err)
		}
		why = append(why, said)
	}
	plan.Why = strings.Join(why, "; ")
	return plan, nil
}

// guest is a resource on the envelope with the addresses that brought it there.
type guest struct {
	room      *ldapdir.Entry
	addresses []address.Address
	lists     []address.Address // of groups it stands behind
}

func (g guest) isCollection() bool { return g.room.Kind == ldapdir.Collection }

// guestsOf are the resources among the recipients, each calendar once: the second address of a room is not a
// second invitation. Collections come last, as they choose among what is left.
func guestsOf(rcpts []filter.Recipient) ([]guest, error) {
	var all []guest
	place := map[string]int{}
	for _, r := range rcpts {
		if r.Err != nil {
			return nil, fmt.Errorf("who is %s: %w", r.Address, r.Err)
		}
		if !isRoom(r) {
			continue
		}
		key := r.Entry.Calendar
		if r.Entry.Kind == ldapdir.Collection {
			key = r.Entry.DN
		}
		i, known := place[key]
		if !known {
			i, place[key] = len(all), len(all)
			all = append(all, guest{room: r.Entry})
		}
		if all[i].room.DN == r.Entry.DN && !slices.Contains(all[i].addresses, r.Address) {
			all[i].addresses = append(all[i].addresses, r.Address)
			all[i].lists = append(all[i].lists, r.Lists()...)
		}
	}
	slices.SortStableFunc(all, func(a, b guest) int { return compareTrue(a.isCollection(), b.isCollection()) })
	return all, nil
}
