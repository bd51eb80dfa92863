package filter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/message"
)

// fake is a module whose answers are functions.
type fake struct {
	interest Interest
	plan     func(tx *Tx) (Plan, error)
}

func (f fake) Match(*Envelope, message.Header) Interest { return f.interest }

func (f fake) Plan(_ context.Context, tx *Tx) (Plan, error) { return f.plan(tx) }

func step(name string, onError OnError, plan func(tx *Tx) (Plan, error)) Step {
	return Step{Name: name, Setting: Setting{Module: fake{Header, plan}, OnError: onError}}
}

func planning(p Plan) func(*Tx) (Plan, error) {
	return func(*Tx) (Plan, error) { return p, nil }
}

// listener is a world that keeps what it is told and answers by script.
type listener struct {
	mu       sync.Mutex
	answers  []error
	applied  [][]Effect
	reserved [][]string
}

func (w *listener) Apply(_ context.Context, es []Effect) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.applied = append(w.applied, es)
	if len(w.answers) == 0 {
		return nil
	}
	err := w.answers[0]
	w.answers = w.answers[1:]
	return err
}

func (w *listener) Reserve(ctx context.Context, calendars []string) (context.Context, func(), error) {
	w.reserved = append(w.reserved, calendars)
	return ctx, func() {}, nil
}

const mailText = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nhello\r\n"

func tx(t *testing.T, rcpts ...address.Address) *Tx {
	t.Helper()
	m, err := message.Read(strings.NewReader(mailText), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	tx := &Tx{Envelope: Envelope{Role: Submission, Listener: "submission", From: "a@example.org", Time: time.Unix(0, 0)}, Message: m}
	for _, r := range rcpts {
		tx.Rcpts = append(tx.Rcpts, Recipient{Address: r, Arg: string(r)})
	}
	return tx
}

const room, jane, joe = address.Address("room@example.org"), address.Address("jane@example.org"), address.Address("joe@example.org")

func TestLaterStepsSeeTheEditsOfEarlierOnes(t *testing.T) {
	var saw string
	p := &Pipeline{Steps: []Step{
		step("first", Defer, planning(Plan{Edits: []Edit{AddHeader{Name: "X-First", Value: "1"}, DropRcpt{room}, ChangeFrom{"c@example.org"}}})),
		step("second", Defer, func(tx *Tx) (Plan, error) {
			saw = fmt.Sprintf("%s %s %v", tx.Message.Header.Get("X-First"), tx.From, addresses(tx.Rcpts))
			return Plan{}, nil
		}),
	}}
	o := p.Run(t.Context(), tx(t, room, jane))
	if want := "1 c@example.org [jane@example.org]"; saw != want {
		t.Errorf("second step saw %q; want %q", saw, want)
	}
	if o.Refuse != nil || len(o.Drop) != 1 || o.Drop[0].Address != room || o.From == nil || *o.From != "c@example.org" {
		t.Errorf("outcome = %+v", o)
	}
}

func TestLastRecipientDroppedIsDiscarded(t *testing.T) {
	p := &Pipeline{Steps: []Step{step("room", Defer, planning(Plan{Edits: []Edit{DropRcpt{room}}}))}}
	if o := p.Run(t.Context(), tx(t, room)); !o.Discard || o.Refuse != nil {
		t.Errorf("outcome = %+v; want discard", o)
	}
}

func TestFirstRefusalEndsItAndNothingHappens(t *testing.T) {
	w := &listener{}
	p := &Pipeline{World: w, Steps: []Step{
		step("acts", Defer, planning(Plan{Effects: []Effect{Send{ID: "x"}}})),
		step("refuses", Defer, planning(Plan{Refuse: &Refusal{Code: 550, Enhanced: "5.7.1", Text: "no"}})),
		step("never", Defer, func(*Tx) (Plan, error) { t.Error("asked after a refusal"); return Plan{}, nil }),
	}}
	o := p.Run(t.Context(), tx(t, jane))
	if o.Refuse == nil || o.Refuse.Code != 550 || len(w.applied) != 0 {
		t.Errorf("outcome = %+v, applied %v; want 550 and nothing applied", o, w.applied)
	}
}

func TestErrorsFollowOnError(t *testing.T) {
	broken := func(*Tx) (Plan, error) { return Plan{}, errors.New("calendar gone") }
	panics := func(*Tx) (Plan, error) { panic("oops") }
	tests := []struct {
		name    string
		onError OnError
		plan    func(*Tx) (Plan, error)
		code    int
	}{
		{"error defers", Defer, broken, 451},
		{"error passes", Pass, broken, 0},
		{"panic defers", Defer, panics, 451},
		{"panic passes", Pass, panics, 0},
	}
	for _, tt := range tests {
		p := &Pipeline{World: &listener{}, Steps: []Step{step("broken", tt.onError, tt.plan),
			step("works", Defer, planning(Plan{Edits: []Edit{AddHeader{Name: "X-Works", Value: "yes"}}}))}}
		o := p.Run(t.Context(), tx(t, jane))
		switch {
		case tt.code != 0 && (o.Refuse == nil || o.Refuse.Code != tt.code):
			t.Errorf("%s: refuse = %v; want %d", tt.name, o.Refuse, tt.code)
		case tt.code == 0 && (o.Refuse != nil || o.Message == nil || !o.Message.Header.Has("X-Works")):
			t.Errorf("%s: outcome = %+v; want the other step's work", tt.name, o)
		}
		if o.Why() == "" {
			t.Errorf("%s: nothing said", tt.name)
		}
	}
}

func TestFailedEffectOfAPassingStepLeavesItOut(t *testing.T) {
	put := Plan{Edits: []Edit{DropRcpt{room}}, Effects: []Effect{PutEvent{Calendar: "blue", UID: "u"}}}
	tests := []struct {
		name      string
		onError   OnError
		committed bool
		refused   bool
	}{
		{"pass", Pass, false, false},
		{"pass, half done", Pass, true, true},
		{"defer", Defer, false, true},
	}
	for _, tt := range tests {
		w := &listener{answers: []error{&EffectError{Index: 1, Committed: tt.committed, Err: errors.New("imap down")}}}
		p := &Pipeline{World: w, Steps: []Step{
			step("sends", Defer, planning(Plan{Effects: []Effect{Send{ID: "x"}}})),
			step("puts", tt.onError, planning(put)),
		}}
		o := p.Run(t.Context(), tx(t, room, jane))
		if (o.Refuse != nil) != tt.refused {
			t.Errorf("%s: refuse = %v; want refused %v", tt.name, o.Refuse, tt.refused)
		}
		if !tt.refused && (len(o.Drop) != 0 || len(w.applied) != 2 || len(w.applied[1]) != 1) {
			t.Errorf("%s: drop %v, applied %v; want the whole step left out", tt.name, o.Drop, w.applied)
		}
	}
}

func TestStaleIsPlannedAgainInTurn(t *testing.T) {
	w := &listener{answers: []error{fmt.Errorf("blue: %w", ErrStale), fmt.Errorf("blue: %w", ErrStale)}}
	planned := 0
	p := &Pipeline{World: w, Steps: []Step{step("books", Defer, func(*Tx) (Plan, error) {
		planned++
		return Plan{Effects: []Effect{PutEvent{Calendar: "blue", UID: "u"}}, Rests: []string{"red", "blue"}}, nil
	})}}
	o := p.Run(t.Context(), tx(t, room))
	if o.Refuse != nil || planned != 3 || o.Attempts != 3 {
		t.Errorf("refuse %v after %d plans, %d attempts; want success at the third", o.Refuse, planned, o.Attempts)
	}
	if len(w.reserved) != 1 || !slices.Equal(w.reserved[0], []string{"blue", "red"}) {
		t.Errorf("reserved %v; want one turn at blue and at red", w.reserved)
	}
}

func TestStaleForEverIsDeferred(t *testing.T) {
	w := &listener{}
	for range 2 * maxAttempts {
		w.answers = append(w.answers, ErrStale)
	}
	p := &Pipeline{World: w, Steps: []Step{step("books", Defer, planning(Plan{Effects: []Effect{PutEvent{Calendar: "blue"}}}))}}
	o := p.Run(t.Context(), tx(t, room))
	if o.Refuse == nil || o.Refuse.Code != 451 || len(w.applied) != maxAttempts {
		t.Errorf("refuse %v after %d attempts; want 451 after %d", o.Refuse, len(w.applied), maxAttempts)
	}
	if why := o.Why(); !strings.Contains(why, ErrStale.Error()) {
		t.Errorf("why %q; want it to name what was in the way", why)
	}
}

func TestAuditChangesNothing(t *testing.T) {
	all := Plan{Refuse: &Refusal{Code: 550, Text: "no"}, Why: "is bad"}
	acts := Plan{Edits: []Edit{DropRcpt{room}}, Effects: []Effect{Send{ID: "x"}}, Why: "acts"}
	for _, whole := range []bool{true, false} {
		w := &listener{}
		p := &Pipeline{World: w, Audit: whole, Steps: []Step{step("refuses", Defer, planning(all)), step("acts", Defer, planning(acts)),
			step("breaks", Defer, func(*Tx) (Plan, error) { return Plan{}, errors.New("down") })}}
		for i := range p.Steps {
			p.Steps[i].Audit = !whole
		}
		o := p.Run(t.Context(), tx(t, room))
		if o.Refuse != nil || o.Discard || len(o.Drop) > 0 || len(w.applied) > 0 {
			t.Errorf("audit of the whole %v: outcome = %+v, applied %v; want nothing", whole, o, w.applied)
		}
		if want := "refuses: would: is bad; acts: would: acts; breaks: would: down"; o.Why() != want {
			t.Errorf("why = %q; want %q", o.Why(), want)
		}
	}
}

func TestSplitGivesABranchThatRunsTheRemainingSteps(t *testing.T) {
	w := &listener{}
	p := &Pipeline{World: w, Steps: []Step{
		step("split", Defer, planning(Plan{Edits: []Edit{Split{Rcpts: []address.Address{room}, Edits: []Edit{AddHeader{Name: "X-Inside", Value: "no footer"}}}}})),
		step("later", Defer, func(tx *Tx) (Plan, error) {
			return Plan{Edits: []Edit{AddHeader{Name: "X-For", Value: fmt.Sprint(len(tx.Rcpts))}}}, nil
		}),
	}}
	in := tx(t, room, jane, joe)
	in.Rcpts[0].Args = []string{"NOTIFY=NEVER"}
	o := p.Run(t.Context(), in)
	if len(o.Drop) != 1 || o.Drop[0].Address != room || o.Message.Header.Get("X-For") != "2" || o.Message.Header.Has("X-Inside") {
		t.Errorf("kept: drop %v, header %v", o.Drop, o.Message.Header)
	}
	if len(w.applied) != 1 || len(w.applied[0]) != 1 {
		t.Fatalf("applied %v; want one Send", w.applied)
	}
	send := w.applied[0][0].(Send)
	if !send.Branch || send.From != "a@example.org" || len(send.To) != 1 || !slices.Equal(send.To[0].Args, []string{"NOTIFY=NEVER"}) {
		t.Errorf("branch = %+v; want the envelope kept", send)
	}
	if h := send.Mail.Header; h.Get("X-Inside") != "no footer" || h.Get("X-For") != "1" {
		t.Errorf("branch header = %v", h)
	}
	again := p.Run(t.Context(), in)
	if again.Effects[0].Key() != send.Key() {
		t.Errorf("the branch of a retry has key %s; want %s", again.Effects[0].Key(), send.Key())
	}
}

func TestUnchangedMailIsTheSame(t *testing.T) {
	p := &Pipeline{Steps: []Step{step("nothing", Defer, planning(Plan{}))}}
	if o := p.Run(t.Context(), tx(t, jane)); o.Message != nil || o.Refuse != nil || o.Discard || o.Drop != nil {
		t.Errorf("outcome = %+v; want the zero outcome", o)
	}
}

func TestEditsThatCannotBeMadeFollowOnError(t *testing.T) {
	bad := planning(Plan{Edits: []Edit{AddHeader{Name: "X-Half", Value: "1"}, ReplacePart{Path: message.Path{7}}}})
	p := &Pipeline{Steps: []Step{step("bad", Pass, bad)}}
	if o := p.Run(t.Context(), tx(t, jane)); o.Refuse != nil || o.Message != nil {
		t.Errorf("pass: outcome = %+v; want nothing done by halves", o)
	}
	p.Steps[0].OnError = Defer
	if o := p.Run(t.Context(), tx(t, jane)); o.Refuse == nil || o.Refuse.Code != 451 {
		t.Errorf("defer: outcome = %+v; want 451", o)
	}
}

// TestRewrite: the steps behind see the mail that a step put in its place, and so does the host.
func TestRewrite(t *testing.T) {
	in := tx(t, jane)
	other := in.Message.WithBody(message.Bytes("another body\r\n"))
	var seen *message.Message
	look := fake{Whole, func(tx *Tx) (Plan, error) { seen = tx.Message; return Plan{}, nil }}
	p := &Pipeline{Steps: []Step{
		step("writes", Defer, planning(Plan{Edits: []Edit{Rewrite{Mail: other}}})),
		{Name: "looks", Setting: Setting{Module: look, OnError: Defer}},
	}}
	if o := p.Run(t.Context(), in); o.Message != other || seen != other {
		t.Errorf("the host gets %p and the next step %p; want both %p", o.Message, seen, other)
	}
}

func TestTimeoutOfAModule(t *testing.T) {
	slow := Step{Name: "slow", Setting: Setting{Module: waiter{}, OnError: Pass, Timeout: time.Millisecond}}
	p := &Pipeline{Steps: []Step{slow}}
	o := p.Run(t.Context(), tx(t, jane))
	if o.Refuse != nil || len(o.Reasons) != 1 || !errors.Is(o.Reasons[0].Err, context.DeadlineExceeded) {
		t.Errorf("outcome = %+v; want the module left out for its deadline", o)
	}
}

type waiter struct{}

func (waiter) Match(*Envelope, message.Header) Interest { return Header }

func (waiter) Plan(ctx context.Context, _ *Tx) (Plan, error) {
	<-ctx.Done()
	return Plan{}, ctx.Err()
}

func TestSettingsPerListenerAndDomain(t *testing.T) {
	mark := func(v string) Setting {
		return Setting{OnError: Defer, Module: fake{Header, planning(Plan{Edits: []Edit{AddHeader{Name: "X-Mark", Value: v}}})}}
	}
	s := Step{Name: "mark", Setting: mark("base"), Variants: []Variant{
		{Domain: "school.example", Setting: mark("school")},
		{Listener: "mx", Setting: mark("mx")},
		{Listener: "mx", Domain: "off.example", Setting: Setting{}},
	}}
	tests := []struct {
		name         string
		role         Role
		listener     string
		from, rcpt   address.Address
		perRecipient bool
		want         string
	}{
		{"base", Submission, "submission", "a@example.org", "b@school.example", false, "base"},
		{"the sender's domain when our people send", Submission, "submission", "a@school.example", "b@example.org", false, "school"},
		{"the recipient's domain for mail from outside", Inbound, "in", "a@school.example", "b@example.org", false, "base"},
		{"the recipient's domain for mail from outside", Inbound, "in", "a@outside.example", "b@school.example", false, "school"},
		{"listener, later wins", Inbound, "mx", "a@outside.example", "b@school.example", false, "mx"},
		{"listener and domain: off", Inbound, "mx", "a@outside.example", "b@off.example", false, ""},
		{"per recipient", Submission, "submission", "a@example.org", "b@school.example", true, "school"},
		{"role own runs only modules made for it", Own, "own", "a@example.org", "b@example.org", false, ""},
	}
	for _, tt := range tests {
		s.PerRecipient = tt.perRecipient
		in := tx(t, tt.rcpt)
		in.Role, in.Listener, in.From = tt.role, tt.listener, tt.from
		o := (&Pipeline{Steps: []Step{s}}).Run(t.Context(), in)
		got := ""
		if o.Message != nil {
			got = o.Message.Header.Get("X-Mark")
		}
		if got != tt.want {
			t.Errorf("%s: mark %q; want %q", tt.name, got, tt.want)
		}
	}
}

func TestRecipientsOfDifferentSettingsGetTheirOwnBranch(t *testing.T) {
	mark := func(v string) Setting {
		return Setting{OnError: Defer, Module: fake{Header, planning(Plan{Edits: []Edit{AddHeader{Name: "X-Mark", Value: v}}})}}
	}
	s := Step{Name: "mark", PerRecipient: true, Setting: mark("base"), Variants: []Variant{{Domain: "school.example", Setting: mark("school")}}}
	w := &listener{}
	o := (&Pipeline{World: w, Steps: []Step{s}}).Run(t.Context(), tx(t, jane, joe, "x@school.example"))
	if o.Message == nil || o.Message.Header.Get("X-Mark") != "base" || len(o.Drop) != 1 {
		t.Fatalf("outcome = %+v", o)
	}
	if send := o.Effects[0].(Send); send.Mail.Header.Get("X-Mark") != "school" || send.To[0].Address != "x@school.example" {
		t.Errorf("branch = %+v", send)
	}
}

// directory knows what it was given; err is an outage.
type directory struct {
	entries map[string]*ldapdir.Entry
	behind  map[address.Address][]*ldapdir.Entry
	outside map[address.Address][]address.Address
	asked   map[address.Address]int // how often who is behind it
	err     error
}

func (d directory) Lookup(_ context.Context, a address.Address) (*ldapdir.Entry, bool, error) {
	e, ok := d.entries[string(a)]
	return e, ok, d.err
}

func (d directory) Login(_ context.Context, user string) (*ldapdir.Entry, bool, error) {
	e, ok := d.entries[user]
	return e, ok, d.err
}

func (d directory) Behind(_ context.Context, a address.Address) ([]*ldapdir.Entry, []address.Address, error) {
	d.asked[a]++
	return d.behind[a], d.outside[a], d.err
}

// checker refuses what its functions refuse.
type checker struct {
	fake
	sender func(*Envelope) (Verdict, error)
	rcpt   func(Recipient) (Verdict, error)
	header func(message.Header) (Verdict, error)
}

func (c checker) CheckSender(_ context.Context, env *Envelope) (Verdict, error) { return c.sender(env) }

func (c checker) CheckRecipient(_ context.Context, _ *Envelope, r Recipient) (Verdict, error) {
	return c.rcpt(r)
}

func (c checker) CheckHeader(_ context.Context, _ *Envelope, h message.Header) (Verdict, error) {
	return c.header(h)
}

func TestCheckersBeforeTheBody(t *testing.T) {
	no := &Refusal{Code: 553, Enhanced: "5.7.1", Text: "no"}
	doe := &ldapdir.Entry{DN: "uid=doe"}
	var charged []Charge
	m := checker{
		sender: func(env *Envelope) (Verdict, error) {
			if env.Principal != doe || env.Sender != doe || env.Size != 1000 || !env.SMTPUTF8 {
				t.Errorf("envelope = %+v; want it resolved", env)
			}
			return Verdict{}, nil
		},
		rcpt: func(r Recipient) (Verdict, error) {
			if r.Address == room {
				return Verdict{Refusal: no, Charges: []Charge{{Account: "doe", Counter: "refused", Amount: 1}}}, nil
			}
			return Verdict{}, nil
		},
		header: func(h message.Header) (Verdict, error) {
			if h.Has("X-Bad") {
				return Verdict{Refusal: no}, nil
			}
			return Verdict{}, nil
		},
	}
	p := &Pipeline{Directory: directory{entries: map[string]*ldapdir.Entry{"doe": doe, "a@example.org": doe}},
		Steps: []Step{{Name: "check", Setting: Setting{Module: m, OnError: Defer}}}, Charge: func(_ context.Context, cs []Charge) { charged = append(charged, cs...) }}
	env := &Envelope{Role: Submission, User: "doe", From: "a@example.org", FromArgs: []string{"SIZE=1000", "smtputf8"}}
	if r := p.Mail(t.Context(), env); r != nil {
		t.Errorf("Mail = %v", r)
	}
	if r := p.Rcpt(t.Context(), env, Recipient{Address: room}); r != no {
		t.Errorf("Rcpt(room) = %v; want the refusal", r)
	}
	if r := p.Rcpt(t.Context(), env, Recipient{Address: jane}); r != nil || len(env.Rcpts) != 1 {
		t.Errorf("Rcpt(jane) = %v, rcpts %v; want jane alone", r, env.Rcpts)
	}
	if i, r := p.Header(t.Context(), env, message.Header{{Name: "X-Bad"}}); r != no || i != Nothing {
		t.Errorf("Header = %v, %v; want the refusal", i, r)
	}
	if len(charged) != 1 {
		t.Errorf("charged %v; want the one refusal", charged)
	}
	p.Audit = true
	if r := p.Rcpt(t.Context(), env, Recipient{Address: room}); r != nil || len(charged) != 1 {
		t.Errorf("audit: Rcpt = %v, charged %v; want neither", r, charged)
	}
}

func TestACheckerThatCannotAskFollowsOnError(t *testing.T) {
	down := func(*Envelope) (Verdict, error) { return Verdict{}, errors.New("ldap down") }
	for onError, want := range map[OnError]bool{Defer: true, Pass: false} {
		p := &Pipeline{Steps: []Step{{Name: "check", Setting: Setting{Module: checker{sender: down}, OnError: onError}}}}
		if r := p.Mail(t.Context(), &Envelope{}); (r != nil) != want || r != nil && r.Code != 451 {
			t.Errorf("%s: Mail = %v; want refused %v", onError, r, want)
		}
	}
}

func TestADirectoryOutageIsNotAnUnknownRecipient(t *testing.T) {
	p := &Pipeline{Directory: directory{err: errors.New("ldap down")}}
	env := &Envelope{From: "a@example.org"}
	p.Mail(t.Context(), env)
	p.Rcpt(t.Context(), env, Recipient{Address: jane})
	if env.Err == nil || env.Rcpts[0].Err == nil {
		t.Errorf("envelope = %+v; want the errors kept", env)
	}
}

func TestCalendarInterestNeedsAContentTypeThatCanHoldOne(t *testing.T) {
	p := &Pipeline{Steps: []Step{{Name: "room", Setting: Setting{Module: fake{interest: Calendar}}}}}
	env := &Envelope{Rcpts: []Recipient{{Address: room}}}
	for ct, want := range map[string]Interest{"text/plain": Nothing, "": Nothing, "Multipart/Mixed; boundary=x": Calendar, "text/calendar": Calendar} {
		if got, _ := p.Header(t.Context(), env, message.Header{{Name: "Content-Type", Raw: " " + ct}}); got != want {
			t.Errorf("Header(%q) = %v; want %v", ct, got, want)
		}
	}
}

// refused is a submission service's word.
type refused struct{ code int }

func (r refused) Error() string     { return fmt.Sprint(r.code) }
func (r refused) Final() bool       { return r.code == 550 }
func (r refused) Refusal() *Refusal { return &Refusal{Code: r.code, Text: "unknown"} }

func TestABranchRefusedForGoodIsToldToItsSender(t *testing.T) {
	branch := Plan{Edits: []Edit{Split{Rcpts: []address.Address{room}, Edits: []Edit{AddHeader{Name: "X-A", Value: "1"}}}}}
	answer := Plan{Effects: []Effect{Send{ID: "reply"}}}
	tests := []struct {
		name string
		plan Plan
		code int
		want int
	}{
		{"for good", branch, 550, 550},
		{"for now", branch, 450, 451},
		{"a mistake in the set-up", branch, 530, 451},
		{"an answer of ours", answer, 550, 451},
	}
	for _, tt := range tests {
		w := &listener{answers: []error{&EffectError{Index: 0, Err: refused{tt.code}}}}
		p := &Pipeline{World: w, Steps: []Step{step("x", Defer, planning(tt.plan))}}
		if o := p.Run(t.Context(), tx(t, room, jane)); o.Refuse == nil || o.Refuse.Code != tt.want {
			t.Errorf("%s: refuse = %v; want %d", tt.name, o.Refuse, tt.want)
		}
	}
}
