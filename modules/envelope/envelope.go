// Package envelope decides who may send as whom, and to whom: at MAIL FROM about the sender, at RCPT TO about each
// recipient, at the end of the header about what the mail says of its author. At the end of the message it sets
// the Sender field, and gives mail to moderated lists to their moderators.
//
// It knows the policy: grants, rules, limits, and what an outage of the directory means. It does not know how the
// directory is asked, where counters are kept or how a refusal travels: facts go in, a verdict with its proof
// comes out.
package envelope

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// Module is the definition for the pipeline's list.
var Module = filter.Define(filter.Definition{
	Name:    "envelope",
	Doc:     "decides who may send as whom, and to whom",
	OnError: filter.Defer,
}, defaults, build)

type module struct {
	*gatherer
}

func build(h filter.Host, c Config) (filter.Module, error) {
	var r reader
	p := r.policy(c)
	if h.Directory == nil {
		r.say("", "needs a directory, want a section such as directory: {ldif: /etc/usher/office.ldif}")
	}
	ts := r.tables(c)
	if len(r.mistakes) > 0 {
		return nil, r.mistakes
	}
	return assemble(p, h.Directory, h.Directory.Presets(), h.Directory.RecipientDelimiter(), ts, h), nil
}

// assemble makes a module of its parts; tests bring a directory of their own.
func assemble(p *policy, d Directory, presets []string, delimiter string, ts *tables, h filter.Host) *module {
	p.attrs = p.Attributes.over(presets...).lower()
	p.delimiter, p.tabled = delimiter, len(ts.all) > 0
	if h.Zone != nil {
		p.zone = h.Zone
	}
	return &module{&gatherer{policy: p, directory: d, ledger: h.Ledger, tables: ts}}
}

// tables opens the tables of Postfix.
func (r *reader) tables(c Config) *tables {
	ts := &tables{}
	for _, set := range []struct {
		key   string
		files []string
	}{{"login_maps", c.LoginMaps}, {"virtual_tables", c.VirtualTables}} {
		for i, file := range set.files {
			t, err := openTable(file)
			if err != nil {
				r.say(indexed(set.key, i), "%v", err)
				continue
			}
			ts.all = append(ts.all, t)
		}
	}
	return ts
}

// CheckSender decides at MAIL FROM.
func (m *module) CheckSender(ctx context.Context, env *filter.Envelope) (filter.Verdict, error) {
	return m.check(ctx, question{stage: filter.AtMail, env: env})
}

// CheckRecipient decides at RCPT TO.
func (m *module) CheckRecipient(ctx context.Context, env *filter.Envelope, rcpt filter.Recipient) (filter.Verdict, error) {
	return m.check(ctx, question{stage: filter.AtRcpt, env: env, rcpt: rcpt.Address})
}

// CheckHeader decides at the end of the header.
func (m *module) CheckHeader(ctx context.Context, env *filter.Envelope, h message.Header) (filter.Verdict, error) {
	return m.check(ctx, question{stage: filter.AtHeader, env: env, header: h})
}

// check makes a verdict of a decision. What could not be decided is an error, so that on_error is asked; a
// malformed policy is not: letting the mail pass would open what somebody meant to close.
func (m *module) check(ctx context.Context, q question) (filter.Verdict, error) {
	d, f := m.decide(ctx, q)
	v := filter.Verdict{Charges: d.charges, Why: m.policy.why(d), Proof: f.proof(q.env.Time), Would: q.env.Role == filter.Local}
	if d.reason == accepted {
		if v.Why = m.policy.right(f, q, d.pr); len(d.moderators) > 0 {
			v.Why = toModerators(d.moderators)
		}
		return v, nil
	}
	v.Refusal = m.policy.refusal(d, q.env)
	if d.reason == directoryUnavailable && !v.Would {
		v.Refusal, v.Charges = nil, nil
		return v, &filter.Failure{Refusal: m.policy.refusal(d, q.env), Err: cause(d)}
	}
	return v, nil
}

// cause is why there is no decision.
func cause(d decision) error {
	if d.cause == nil {
		return fmt.Errorf("%s: a refusal would rest on stale entries", d.reason)
	}
	return fmt.Errorf("%s: %w", d.reason, d.cause)
}

// right says by which right somebody may use the envelope sender.
func (p *policy) right(f *facts, q question, pr principal) string {
	if q.stage != filter.AtMail || q.env.From == "" || pr.anonymous() {
		return ""
	}
	c := p.grant(f, pr, q.env.From)
	if c.owner == nil {
		return "sends by " + c.kind.String()
	}
	return fmt.Sprintf("sends by %s of %s", c.kind, c.owner.DN)
}

// why is the sentence for the log. It names the reason, never what a text to strangers leaves out for good reason.
func (p *policy) why(d decision) string {
	switch {
	case d.reason == accepted:
		return ""
	case d.about != "":
		return fmt.Sprintf("%s: %s", d.reason, d.about)
	case d.reason == policyMalformed && d.cause != nil:
		return fmt.Sprintf("%s: %v", d.reason, d.cause)
	}
	return string(d.reason)
}

// toModerators is for explain; the sender is not told who they are.
func toModerators(moderators []address.Address) string {
	var names []string
	for _, a := range moderators {
		names = append(names, a.String())
	}
	return "goes to the moderators: " + strings.Join(names, ", ")
}

// Match wants, without its body, mail that goes to moderators, and mail of people who logged in, whose Sender field
// may have to be set. The usual mail, one author under his own primary address and no Sender field, needs nothing.
func (m *module) Match(env *filter.Envelope, h message.Header) filter.Interest {
	switch {
	case env.Role == filter.Local:
		return filter.Nothing
	case m.policy.RecipientChecks && slices.ContainsFunc(env.Rcpts, m.policy.mayWait):
		return filter.Header
	case env.User == "" || !m.policy.SenderChecks:
		return filter.Nothing
	}
	if len(fields(h, "Sender")) == 0 && env.Err == nil && isOwn(env.Principal, h) {
		return filter.Nothing
	}
	return filter.Header
}

// isOwn tells whether the one author is somebody under his primary address.
func isOwn(e *ldapdir.Entry, h message.Header) bool {
	boxes, ok := authors(h)
	return ok && e.Mail() != "" && len(boxes) == 1 && boxes[0] == e.Mail()
}

// Plan leaves one Sender field, or none, and gives what is moderated to the moderators.
func (m *module) Plan(ctx context.Context, tx *filter.Tx) (filter.Plan, error) {
	d, _ := m.decide(ctx, question{stage: atEnd, env: &tx.Envelope, header: tx.Message.Header})
	switch d.reason {
	case accepted:
		return filter.Plan{Edits: d.edits, Why: told(d.edits)}, nil
	case directoryUnavailable:
		return filter.Plan{}, &filter.Failure{Refusal: m.policy.refusal(d, &tx.Envelope), Err: cause(d)}
	}
	return filter.Plan{Refuse: m.policy.refusal(d, &tx.Envelope), Why: m.policy.why(d)}, nil
}

// told says what edits do.
func told(edits []filter.Edit) string {
	var moderated []string
	sender := ""
	for _, e := range edits {
		switch e := e.(type) {
		case filter.DropRcpt:
			moderated = append(moderated, e.Addr.String())
		case filter.SetHeader:
			sender = "sent by " + e.Value
		case filter.DelHeader:
			sender = cmp.Or(sender, "Sender field taken off")
		}
	}
	switch {
	case len(moderated) == 0:
		return sender
	case sender != "":
		sender = ", " + sender
	}
	return "to the moderators of " + strings.Join(moderated, ", ") + sender
}
