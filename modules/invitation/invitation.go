// Package invitation keeps the calendars of people up to date: it answers invitations by their own policies, follows
// updates and cancellations, and writes the answers of others into the calendar of the organizer.
//
// It knows the policies of people. It does not know where calendars lie, how answers travel or who else is in the
// pipeline: it reads, and describes what should happen.
package invitation

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

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
	Name:         "invitation",
	Doc:          "answers invitations for people and keeps their calendars up to date",
	OnError:      filter.Pass,
	PerRecipient: true,
	Own:          true,
}, defaults, build)

// module is the working form of Config.
type module struct {
	Config
	directory directory
	calendars calendar.Reader
	judge     evidence.Judge
	zone      *time.Location
	policies  []policy // of people who have none of their own
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
	m := &module{Config: c, directory: host.Directory, calendars: host.Calendars, judge: evidence.New(host, c.Organizers == "any"), zone: cmp.Or(host.Zone, time.UTC)}
	m.policies, _ = parsePolicies(c.DefaultPolicy)
	return m, nil
}

// Match wants mail that may hold a calendar part, if it is for one of our people, for somebody the directory could not
// name, or for a group, which people stand behind.
func (m *module) Match(env *filter.Envelope, _ message.Header) filter.Interest {
	for _, r := range env.Rcpts {
		if r.Err != nil || r.Opens() || r.Entry != nil && r.Entry.Kind == ldapdir.Person {
			return filter.Calendar
		}
	}
	return filter.Nothing
}

// Plan decides for each person by his own policies; everybody else stays untouched.
func (m *module) Plan(ctx context.Context, tx *filter.Tx) (filter.Plan, error) {
	mail := imip.Read(tx.Message, itip.Event, itip.Todo)
	if len(mail.Repairs) > 0 && tx.Log != nil {
		tx.Log.Debug("calendar parts repaired", "repairs", mail.Repairs)
	}
	switch {
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
		said, err := m.attend(ctx, tx, mail, g, &plan)
		if err != nil {
			return filter.Plan{}, fmt.Errorf("%s: %w", g.entry.Name, err)
		}
		why = append(why, said)
	}
	plan.Why = strings.Join(why, "; ")
	return plan, nil
}

// attend decides every object of the mail for one person, who leaves the envelope when all that the mail says is taken
// care of.
func (m *module) attend(ctx context.Context, tx *filter.Tx, mail imip.Letter, g guest, plan *filter.Plan) (why string, err error) {
	handled := mail.Whole()
	var whys []string
	for _, i := range mail.Items {
		v := visit{module: m, tx: tx, person: g.entry, me: g.addresses(), lists: g.lists, came: i.Object, incoming: i.Object, planned: plan.Effects}
		d, err := v.decide(ctx)
		if err != nil {
			return "", err
		}
		handled = handled && d.handled
		plan.Effects = append(plan.Effects, d.effects...)
		for _, note := range v.notes {
			plan.Notes = append(plan.Notes, g.entry.Name+": "+note)
		}
		whys = append(whys, d.why)
	}
	if handled {
		for _, a := range g.reached {
			plan.Edits = append(plan.Edits, filter.DropRcpt{Addr: a})
		}
	}
	return g.entry.Name + ": " + strings.Join(whys, ", "), nil
}
