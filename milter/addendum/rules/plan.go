package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/addendum"
	"usher/milter/condition"
	"usher/milter/filter"
	"usher/milter/message"
)

// maxBodies bounds how many different bodies one mail may become.
const maxBodies = 32

// block are the words of one rule that holds.
type block struct {
	rule  *rule
	words addendum.Words
}

// body is what some recipients get.
type body struct {
	rcpts  []filter.Recipient
	blocks []block
	mail   *message.Message // nil: as it came
	added  []string         // names of rules, in their order
	why    []string         // for the log: what was not added
}

// visit is one mail being planned for.
type visit struct {
	*Set
	ctx      context.Context
	tx       *filter.Tx
	facts    *condition.Facts
	author   *ldapdir.Entry
	calendar bool
	bodies   []*body
	notes    []string
	left     []string // why rules that might have held were not asked, or had nothing to say
	refuse   *filter.Refusal
	why      string
}

// Plan adds the words of every rule that holds, for each recipient those that are meant. Who gets the same shares a body.
func (s *Set) Plan(ctx context.Context, tx *filter.Tx) (filter.Plan, error) {
	v := &visit{Set: s, ctx: ctx, tx: tx, facts: condition.About(ctx, tx, s.directory), calendar: hasCalendar(tx.Message)}
	if s.asks {
		var err error
		if v.author, err = s.author(ctx, tx); err != nil {
			return filter.Plan{}, fmt.Errorf("who wrote it: %w", err)
		}
	}
	if s.personal && v.author == nil {
		return filter.Plan{Why: "left alone: the author is not in the directory"}, nil
	}
	if err := v.share(); err != nil {
		return filter.Plan{}, err
	}
	for _, b := range v.bodies {
		if err := v.write(b); err != nil || v.refuse != nil {
			return filter.Plan{Refuse: v.refuse, Why: v.why}, err
		}
	}
	return filter.Plan{Edits: v.edits(), Why: v.said(), Notes: v.notes}, nil
}

func hasCalendar(m *message.Message) (has bool) {
	m.Walk(func(p *message.Part) bool {
		has = has || p.MediaType() == "text/calendar" && !p.Embedded
		return !p.Embedded
	})
	return has
}

// share finds the bodies there are to be. Where no rule asks who gets the mail, there is one.
func (v *visit) share() error {
	if !slices.ContainsFunc(v.rules, func(r *rule) bool { return r.when.PerRecipient() || r.Language == OfRecipient && len(r.Languages) > 0 }) {
		blocks, err := v.blocks(v.facts, "")
		v.bodies = []*body{{rcpts: v.tx.Rcpts, blocks: blocks}}
		return err
	}
	for _, rcpt := range v.tx.Rcpts {
		language := ""
		if rcpt.Entry != nil {
			language = rcpt.Entry.Language
		}
		blocks, err := v.blocks(v.facts.For(rcpt), language)
		if err != nil {
			return err
		}
		if err := v.put(rcpt, blocks); err != nil {
			return err
		}
	}
	return nil
}

// put gives a recipient the body of those who get the same.
func (v *visit) put(rcpt filter.Recipient, blocks []block) error {
	for _, b := range v.bodies {
		if slices.Equal(b.blocks, blocks) {
			b.rcpts = append(b.rcpts, rcpt)
			return nil
		}
	}
	if len(v.bodies) == maxBodies {
		return fmt.Errorf("the rules want more than %d different bodies of one mail", maxBodies)
	}
	v.bodies = append(v.bodies, &body{rcpts: []filter.Recipient{rcpt}, blocks: blocks})
	return nil
}

// blocks are those that hold; facts may have a recipient in mind, whose language it is then.
func (v *visit) blocks(f *condition.Facts, theirs string) (all []block, err error) {
	for _, r := range v.rules {
		if why := v.shuts(r); why != "" {
			v.note("rule %s is not asked: %s", r.Name, why)
			v.left = append(v.left, why)
			continue
		}
		holds, err := r.when.Holds(v.ctx, f)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Name, err)
		}
		if !holds {
			v.note("rule %s does not hold%s", r.Name, about(r, f))
			continue
		}
		v.note("rule %s holds%s", r.Name, about(r, f))
		language := theirs
		if r.Language == OfSender && v.author != nil {
			language = v.author.Language
		}
		words, err := r.words(v.ctx, v.directory, v.author, language)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Name, err)
		}
		if words != (addendum.Words{}) {
			all = append(all, block{r, words})
		} else {
			v.note("rule %s has no words for the author: attributes are missing", r.Name)
			v.left = append(v.left, "attributes of the author are missing")
		}
		if r.Last {
			break
		}
	}
	return all, nil
}

func about(r *rule, f *condition.Facts) string {
	if a, ok := f.Recipient(); ok && r.when.PerRecipient() {
		return " for " + a.String()
	}
	return ""
}

// shuts is that of the rule, with the body to look at.
func (v *visit) shuts(r *rule) string {
	if v.calendar && !r.Calendar {
		return "carries an invitation"
	}
	return r.shuts(&v.tx.Envelope, v.tx.Message.Header)
}

// maxNotes bounds what explain shows of one mail.
const maxNotes = 100

func (v *visit) note(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if len(v.notes) < maxNotes && !slices.Contains(v.notes, note) {
		v.notes = append(v.notes, note)
	}
}

// write adds the blocks of a body, one after the other. Those at the top are added from the last to the first, so that
// they stand in the order of the rules.
func (v *visit) write(b *body) error {
	mail, done := v.tx.Message, map[*rule]bool{}
	for _, one := range inOrder(b.blocks) {
		r, err := addendum.Add(mail, one.words, one.rule.options())
		if err != nil {
			return fmt.Errorf("rule %s: %w", one.rule.Name, err)
		}
		v.note("rule %s: %s", one.rule.Name, r.Why)
		if r.Mail != nil {
			mail, done[one.rule] = r.Mail, true
			continue
		}
		b.why = append(b.why, r.Why)
		if (r.Left == addendum.Signed || r.Left == addendum.Encrypted) && one.rule.Signed == RejectSigned {
			v.refuse, v.why = refusal(), fmt.Sprintf("rule %s takes no mail that is %s", one.rule.Name, r.Left)
			return nil
		}
	}
	if mail != v.tx.Message {
		b.mail = mail
	}
	for _, one := range b.blocks {
		if done[one.rule] {
			b.added = append(b.added, one.rule.Name)
		}
	}
	return nil
}

func refusal() *filter.Refusal {
	return &filter.Refusal{Code: 550, Enhanced: "5.7.1", Reason: "signed",
		Text: "Signed or encrypted mail cannot be given the notice that this mail has to carry; please send it without signature and encryption"}
}

func inOrder(blocks []block) []block {
	var rest, top []block
	for _, b := range blocks {
		if b.rule.Position == addendum.Top {
			top = append(top, b)
		} else {
			rest = append(rest, b)
		}
	}
	slices.Reverse(top)
	return append(rest, top...)
}

// edits are a branch for each body but one: that of those whose mail stays, else that of most.
func (v *visit) edits() (edits []filter.Edit) {
	kept := v.kept()
	for _, b := range v.bodies {
		if b != kept && b.mail != nil {
			edits = append(edits, filter.Split{Rcpts: addresses(b.rcpts), Edits: []filter.Edit{b.rewrite()}})
		}
	}
	if kept != nil && kept.mail != nil {
		edits = append(edits, kept.rewrite())
	}
	return edits
}

func (v *visit) kept() (kept *body) {
	for _, b := range v.bodies {
		if b.mail == nil {
			return b
		}
		if kept == nil || len(b.rcpts) > len(kept.rcpts) {
			kept = b
		}
	}
	return kept
}

func (b *body) rewrite() filter.Edit {
	return filter.Rewrite{Mail: b.mail, What: "add " + strings.Join(b.added, ", ")}
}

func addresses(rcpts []filter.Recipient) (all []address.Address) {
	for _, r := range rcpts {
		if !slices.Contains(all, r.Address) {
			all = append(all, r.Address)
		}
	}
	return all
}

// said is the one sentence for the log.
func (v *visit) said() string {
	var done []string
	for _, b := range v.bodies {
		if len(b.added) > 0 {
			text := strings.Join(b.added, ", ") + " added"
			if len(v.bodies) > 1 {
				text += fmt.Sprintf(" for %d of %d", len(b.rcpts), len(v.tx.Rcpts))
			}
			done = append(done, text)
		}
		v.left = append(v.left, b.why...)
	}
	switch {
	case len(done) > 0:
		return strings.Join(done, "; ")
	case len(v.left) > 0:
		slices.Sort(v.left)
		return "left alone: " + strings.Join(slices.Compact(v.left), "; ")
	}
	return "left alone: no rule holds"
}
