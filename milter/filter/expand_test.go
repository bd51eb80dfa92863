package filter

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
)

// booker wants to see who is behind groups, and drops rooms.
type booker struct {
	fake
	saw *[]string // what it was shown, a line for each time
	not bool      // the mail is none for those behind
}

func (b booker) Expands(*Tx) bool { return !b.not }

func (b booker) Plan(_ context.Context, tx *Tx) (p Plan, _ error) {
	var shown []string
	for _, r := range tx.Rcpts {
		word := r.Address.String()
		if len(r.Behind) > 0 {
			word += fmt.Sprint("<", addresses(r.Behind))
		}
		shown = append(shown, word)
		if strings.Contains(r.Address.Local(), "room") {
			p.Edits = append(p.Edits, DropRcpt{r.Address})
		}
	}
	if b.saw != nil {
		*b.saw = append(*b.saw, strings.ReplaceAll(strings.Join(shown, " "), "@example.org", ""))
	}
	return p, nil
}

func bookerStep(saw *[]string) Step {
	return Step{Name: "books", Setting: Setting{Module: booker{fake: fake{interest: Header}, saw: saw}, OnError: Defer}}
}

// crowded is a directory of groups: who is behind each, by local parts; with a domain it is nobody of ours.
func crowded(groups map[string]string) directory {
	d := directory{behind: map[address.Address][]*ldapdir.Entry{}, outside: map[address.Address][]address.Address{}, asked: map[address.Address]int{}}
	for g, members := range groups {
		for _, m := range strings.Fields(members) {
			a := address.Address(g + "@example.org")
			if strings.Contains(m, "@") {
				d.outside[a] = append(d.outside[a], address.Address(m))
			} else {
				d.behind[a] = append(d.behind[a], entryOf(m))
			}
		}
	}
	return d
}

// entryOf is who has an address and one that begins with x-.
func entryOf(local string) *ldapdir.Entry {
	e := &ldapdir.Entry{DN: "cn=" + local + ",dc=example,dc=org", Kind: ldapdir.Person,
		Addresses: []address.Address{address.Address(local + "@example.org"), address.Address("x-" + local + "@example.org")}}
	if strings.HasPrefix(local, "team") {
		e.Kind = ldapdir.Group
	}
	return e
}

// to is a mail for these local parts.
func to(t *testing.T, locals string) *Tx {
	t.Helper()
	in := tx(t)
	for _, l := range strings.Fields(locals) {
		in.Rcpts = append(in.Rcpts, Recipient{Address: address.Address(l + "@example.org"), Arg: l, Entry: entryOf(strings.TrimPrefix(l, "x-"))})
	}
	return in
}

func locals(rcpts []Recipient) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(addresses(rcpts)), "[]"), "@example.org", "")
}

var teams = map[string]string{
	"team1": "room1 ann bob out@elsewhere.example",
	"team2": "room1 ann cat",
	"team3": "room3",
	"team4": "ann dan",
	"team5": "",
	"team6": "room1 team6",
	"team7": "eve room7 eve",
}

// left are the recipients the mail server has in the end: those that stay, then those that were added.
func left(in *Tx, o Outcome) string {
	if o.Discard {
		return ""
	}
	stay := slices.DeleteFunc(slices.Clone(in.Rcpts), func(r Recipient) bool {
		return slices.ContainsFunc(o.Drop, func(d Recipient) bool { return d.Arg == r.Arg })
	})
	return locals(append(stay, o.Add...))
}

func TestGroupsAreOpenedForThoseBehindThem(t *testing.T) {
	tests := []struct{ name, rcpts, shown, left string }{
		{"one is handled", "team1 joe", "room1<[team1] ann<[team1] bob<[team1] out@elsewhere.example<[team1] joe", "joe ann bob out@elsewhere.example"},
		{"nobody is", "team4 joe", "ann<[team4] dan<[team4] joe", "team4 joe"},
		{"nobody is left", "team3", "room3<[team3]", ""},
		{"no members are known", "team5 room1", "team5 room1", "team5"},
		{"members are named, too", "ann team1 room1", "ann<[team1] bob<[team1] out@elsewhere.example<[team1] room1<[team1]", "ann bob out@elsewhere.example"},
		{"by another address", "team1 x-ann", "room1<[team1] bob<[team1] out@elsewhere.example<[team1] x-ann<[team1]", "x-ann bob out@elsewhere.example"},
		{"the handled one, too", "x-room1 team1", "x-room1<[team1] ann<[team1] bob<[team1] out@elsewhere.example<[team1]", "ann bob out@elsewhere.example"},
		{"two groups with one room", "team1 team2", "room1<[team1 team2] ann<[team1 team2] bob<[team1] out@elsewhere.example<[team1] cat<[team2]", "ann bob out@elsewhere.example cat"},
		{"the other group stays", "team1 team4", "room1<[team1] ann<[team1 team4] bob<[team1] out@elsewhere.example<[team1] dan<[team4]", "team4 bob out@elsewhere.example"},
		{"the group twice", "team1 team1", "room1<[team1] ann<[team1] bob<[team1] out@elsewhere.example<[team1]", "ann bob out@elsewhere.example"},
		{"behind itself", "team6", "team6", "team6"},
		{"a member twice", "team7", "eve<[team7] room7<[team7]", "eve"},
	}
	for _, tt := range tests {
		var saw []string
		in := to(t, tt.rcpts)
		o := (&Pipeline{Directory: crowded(teams), Steps: []Step{bookerStep(&saw)}}).Run(t.Context(), in)
		if shown, left := strings.Join(saw, " | "), left(in, o); shown != tt.shown || left != tt.left || o.Discard != (tt.left == "") {
			t.Errorf("%s: shown %s, left %q, discard %v; want %s and %q", tt.name, shown, left, o.Discard, tt.shown, tt.left)
		}
	}
}

// TestGroupsStayClosed: where nobody wants to look behind them, or may, they are recipients as others are.
func TestGroupsStayClosed(t *testing.T) {
	tests := map[string]func(*Pipeline, *Tx){
		"a step that is about the envelope": func(p *Pipeline, _ *Tx) { p.Steps[0].Module = p.Steps[0].Module.(booker).fake },
		"a mail that is none for them": func(p *Pipeline, _ *Tx) {
			b := p.Steps[0].Module.(booker)
			b.not = true
			p.Steps[0].Module = b
		},
		"a mail that Match does not want": func(p *Pipeline, _ *Tx) {
			b := p.Steps[0].Module.(booker)
			b.interest = Nothing
			p.Steps[0].Module = b
		},
		"our own mail":    func(p *Pipeline, in *Tx) { in.Role, p.Steps[0].Own = Own, true },
		"unknown for now": func(_ *Pipeline, in *Tx) { in.Rcpts[0].Err = errors.New("down") },
	}
	for name, change := range tests {
		in, d := to(t, "team1 joe"), crowded(teams)
		p := &Pipeline{Directory: d, Steps: []Step{bookerStep(new([]string))}}
		b := p.Steps[0].Module.(booker)
		b.plan = planning(Plan{})
		p.Steps[0].Module = b
		change(p, in)
		o := p.Run(t.Context(), in)
		if left := left(in, o); left != "team1 joe" || o.Refuse != nil || len(d.asked) > 0 {
			t.Errorf("%s: left %q, refused %v, asked %v", name, left, o.Refuse, d.asked)
		}
	}
}

func TestGroupsThatCannotBeOpened(t *testing.T) {
	tests := []struct {
		name    string
		err     error
		onError OnError
		code    int
		left    string
		why     string
	}{
		{"too many", fmt.Errorf("expand: %w", ldapdir.ErrTooMany), Defer, 0, "team1", "books: team1@example.org stays closed: expand: too many entries"},
		{"malformed", ldapdir.ErrMalformed, Defer, 0, "team1", "books: team1@example.org stays closed: the directory holds a malformed value"},
		{"outage", ldapdir.ErrUnavailable, Defer, 451, "", "books: who is behind team1@example.org: directory unavailable"},
		{"outage, and pass", ldapdir.ErrUnavailable, Pass, 0, "team1 room2", "books: who is behind team1@example.org: directory unavailable"},
	}
	for _, tt := range tests {
		d := crowded(teams)
		d.err = tt.err
		p := &Pipeline{Directory: d, Steps: []Step{bookerStep(nil)}}
		p.Steps[0].OnError = tt.onError
		in := to(t, "team1 room2")
		o := p.Run(t.Context(), in)
		switch {
		case tt.code != 0 && (o.Refuse == nil || o.Refuse.Code != tt.code), tt.code == 0 && o.Refuse != nil:
			t.Errorf("%s: refused %v; want %d", tt.name, o.Refuse, tt.code)
		case tt.code == 0 && left(in, o) != tt.left:
			t.Errorf("%s: left %q; want %q", tt.name, left(in, o), tt.left)
		case o.Why() != tt.why:
			t.Errorf("%s: why %q; want %q", tt.name, o.Why(), tt.why)
		}
	}
}

// TestClosedGroupIsToldOnce, however many settings count.
func TestClosedGroupIsToldOnce(t *testing.T) {
	d, s := crowded(teams), bookerStep(nil)
	d.err = ldapdir.ErrTooMany
	s.PerRecipient, s.Variants = true, []Variant{{Domain: "example.net", Setting: bookerStep(nil).Setting}}
	in := to(t, "team1")
	in.Rcpts = append(in.Rcpts, Recipient{Address: "ann@example.net", Arg: "ann"})
	if o := (&Pipeline{Directory: d, Steps: []Step{s}}).Run(t.Context(), in); strings.Count(o.Why(), "stays closed") != 1 || len(o.Reasons) != 2 {
		t.Errorf("why %q", o.Why())
	}
}

// TestAllBehindGroupsAreBounded: the groups of one mail together.
func TestAllBehindGroupsAreBounded(t *testing.T) {
	d := crowded(map[string]string{"team1": "room1", "team2": "room2"})
	for i := range maxBehind - 1 {
		d.outside["team1@example.org"] = append(d.outside["team1@example.org"], address.Address(fmt.Sprintf("u%d@elsewhere.example", i)))
	}
	in := to(t, "team1 team2")
	o := (&Pipeline{Directory: d, Steps: []Step{bookerStep(nil)}}).Run(t.Context(), in)
	if len(o.Drop) != 1 || o.Drop[0].Address != "team1@example.org" || len(o.Add) != maxBehind-1 || !strings.Contains(o.Why(), "team2@example.org stays closed: more than") {
		t.Errorf("%d dropped, %d added, why %q", len(o.Drop), len(o.Add), o.Why())
	}
}

// TestSlowDirectory: looking behind a group takes no longer than the step may.
func TestSlowDirectory(t *testing.T) {
	p := &Pipeline{Directory: slow{crowded(teams)}, Steps: []Step{bookerStep(nil)}}
	p.Steps[0].Timeout = time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if o := p.Run(ctx, to(t, "team1")); o.Refuse == nil || o.Refuse.Code != 451 || ctx.Err() != nil {
		t.Errorf("refused %v, %v", o.Refuse, ctx.Err())
	}
}

// slow never says who is behind a group.
type slow struct{ directory }

func (slow) Behind(ctx context.Context, _ address.Address) ([]*ldapdir.Entry, []address.Address, error) {
	<-ctx.Done()
	return nil, nil, ctx.Err()
}

// TestPanicOfAnExpander is its error.
func TestPanicOfAnExpander(t *testing.T) {
	s := bookerStep(nil)
	s.Module = panics{s.Module.(booker)}
	if o := (&Pipeline{Directory: crowded(teams), Steps: []Step{s}}).Run(t.Context(), to(t, "team1")); o.Refuse == nil || o.Refuse.Code != 451 {
		t.Errorf("refused %v", o.Refuse)
	}
}

type panics struct{ booker }

func (panics) Expands(*Tx) bool { panic("oops") }

// TestForwardThatKeepsACopy has a mailbox of its own, which nobody else can fill.
func TestForwardThatKeepsACopy(t *testing.T) {
	in := to(t, "team1")
	in.Rcpts[0].Entry.Kind, in.Rcpts[0].Entry.Forwards = ldapdir.Forward, []address.Address{"room1@example.org", "x-team1@example.org"}
	o := (&Pipeline{Directory: crowded(teams), Steps: []Step{bookerStep(nil)}}).Run(t.Context(), in)
	if left(in, o) != "team1" || o.Why() != "books: team1@example.org stays closed: it keeps a copy for itself" {
		t.Errorf("left %q, why %q", left(in, o), o.Why())
	}
}

// TestGroupIsLookedBehindOnce, however often the mail is planned and whoever asks; what comes of it stands in the log.
func TestGroupIsLookedBehindOnce(t *testing.T) {
	d := crowded(teams)
	w := &listener{answers: []error{ErrStale}}
	var saw []string
	p := &Pipeline{Directory: d, World: w, Steps: []Step{bookerStep(&saw), bookerStep(&saw),
		step("sends", Defer, planning(Plan{Effects: []Effect{Send{ID: "x"}}, Why: "sent"}))}}
	o := p.Run(t.Context(), to(t, "team1 team4"))
	if o.Attempts != 2 || d.asked["team1@example.org"] != 1 || d.asked["team4@example.org"] != 1 {
		t.Errorf("%d attempts, asked %v", o.Attempts, d.asked)
	}
	// The second step knows of those on the envelope by now whom they stand behind.
	want := "bob<[team1] out@elsewhere.example<[team1] ann<[team4] dan<[team4]"
	if len(saw) != 4 || saw[1] != want || saw[3] != want {
		t.Errorf("the second step saw %q; want %q", saw, want)
	}
	if want := "books: team1@example.org opened for room1@example.org; sends: sent"; o.Why() != want {
		t.Errorf("why %q; want %q", o.Why(), want)
	}
}

// TestNamedMemberOfAnOpenedGroup: later steps still know that somebody on the envelope stands behind a group that left.
func TestNamedMemberOfAnOpenedGroup(t *testing.T) {
	var lists []address.Address
	p := &Pipeline{Directory: crowded(teams), Steps: []Step{bookerStep(nil), step("later", Defer, func(tx *Tx) (Plan, error) {
		lists = tx.Rcpts[0].Lists()
		return Plan{}, nil
	})}}
	p.Run(t.Context(), to(t, "ann team1"))
	if want := []address.Address{"team1@example.org", "team1@example.org", "x-team1@example.org"}; !slices.Equal(lists, want) {
		t.Errorf("lists %v; want %v", lists, want)
	}
}

// TestOpenedGroupIsInTheLog, however much the module has to say.
func TestOpenedGroupIsInTheLog(t *testing.T) {
	s := bookerStep(nil)
	s.Module = chatters{s.Module.(booker)}
	o := (&Pipeline{Directory: crowded(teams), Steps: []Step{s}}).Run(t.Context(), to(t, "team1"))
	if why := o.Why(); !strings.HasSuffix(why, "…; team1@example.org opened for room1@example.org") {
		t.Errorf("why %q", why)
	}
}

type chatters struct{ booker }

func (c chatters) Plan(ctx context.Context, tx *Tx) (Plan, error) {
	p, err := c.booker.Plan(ctx, tx)
	p.Why = strings.Repeat("x", 2*maxSaid)
	return p, err
}

// TestAuditOpensNothing, and says what would be opened.
func TestAuditOpensNothing(t *testing.T) {
	in := to(t, "team1")
	o := (&Pipeline{Audit: true, Directory: crowded(teams), Steps: []Step{bookerStep(nil)}}).Run(t.Context(), in)
	if left(in, o) != "team1" || o.Why() != "books: would: team1@example.org opened for room1@example.org" {
		t.Errorf("left %q, why %q", left(in, o), o.Why())
	}
}

// TestDomainOfThoseBehindAGroup: the group's domain says whether it is looked behind, everybody's own what he is asked.
func TestDomainOfThoseBehindAGroup(t *testing.T) {
	d := crowded(nil)
	d.behind["team1@example.org"] = []*ldapdir.Entry{entryOf("room1"), {DN: "cn=room2,dc=example,dc=net", Kind: ldapdir.Person, Addresses: []address.Address{"room2@example.net"}}}
	s := bookerStep(nil)
	s.PerRecipient, s.Variants = true, []Variant{{Domain: "example.net", Setting: bookerStep(nil).Setting}}
	if o := (&Pipeline{Directory: d, Steps: []Step{s}}).Run(t.Context(), to(t, "team1")); !o.Discard || o.Why() != "books: team1@example.org opened for room1@example.org" {
		t.Errorf("other settings for each: discard %v, why %q", o.Discard, o.Why())
	}
	for _, tt := range []struct {
		off, left string
	}{
		{off: "", left: ""},
		{off: "example.net", left: "room2@example.net"},
		{off: "example.org", left: "team1"},
	} {
		s := bookerStep(nil)
		s.PerRecipient, s.Variants = true, []Variant{{Domain: tt.off}}
		if tt.off == "" {
			s.Variants = nil
		}
		in := to(t, "team1")
		o := (&Pipeline{Directory: d, Steps: []Step{s}}).Run(t.Context(), in)
		if left := left(in, o); left != tt.left {
			t.Errorf("off for %q: left %q; want %q", tt.off, left, tt.left)
		}
	}
}

// TestFailedEffectForSomebodyBehindAGroup: his own domain's on_error counts.
func TestFailedEffectForSomebodyBehindAGroup(t *testing.T) {
	d := crowded(nil)
	d.behind["team1@example.org"] = []*ldapdir.Entry{{DN: "cn=room2,dc=example,dc=net", Kind: ldapdir.Person, Addresses: []address.Address{"room2@example.net"}}}
	for _, strict := range []string{"example.net", "example.com"} {
		s := bookerStep(nil)
		s.PerRecipient, s.OnError = true, Pass
		m := puts{s.Module.(booker)}
		s.Module, s.Variants = m, []Variant{{Domain: strict, Setting: Setting{Module: m, OnError: Defer}}}
		w := &listener{answers: []error{&EffectError{Err: errors.New("imap down")}}}
		in := to(t, "team1")
		o := (&Pipeline{Directory: d, World: w, Steps: []Step{s}}).Run(t.Context(), in)
		if want := strict == "example.net"; (o.Refuse != nil) != want || !want && left(in, o) != "team1" {
			t.Errorf("strict is %s: refused %v, left %q", strict, o.Refuse, left(in, o))
		}
	}
}

// puts is a booker that stores something.
type puts struct{ booker }

func (p puts) Plan(ctx context.Context, tx *Tx) (Plan, error) {
	plan, err := p.booker.Plan(ctx, tx)
	plan.Effects = []Effect{PutEvent{Calendar: "blue", UID: "u"}}
	return plan, err
}

func TestArgumentsOfAnOpenedGroup(t *testing.T) {
	for given, want := range map[string]string{
		"":                               "",
		"NOTIFY=SUCCESS,FAILURE,DELAY":   "NOTIFY=FAILURE,DELAY",
		"notify=success":                 "notify=NEVER",
		"NOTIFY=NEVER":                   "NOTIFY=NEVER",
		"ORCPT=rfc822;crew@example.test": "ORCPT=rfc822;crew@example.test",
		"NOTIFY=FAILURE ORCPT=rfc822;x":  "NOTIFY=FAILURE ORCPT=rfc822;x",
	} {
		in := to(t, "team1")
		in.Rcpts[0].Args = strings.Fields(given)
		o := (&Pipeline{Directory: crowded(teams), Steps: []Step{bookerStep(nil)}}).Run(t.Context(), in)
		for _, r := range o.Add {
			if got := strings.Join(r.Args, " "); got != want {
				t.Errorf("%q: %s is added with %q; want %q", given, r.Address, got, want)
			}
		}
		if len(o.Add) != 3 {
			t.Errorf("%q: added %v", given, o.Add)
		}
	}
}

// TestSplitOfSomebodyBehindAGroup: who is given a branch of his own leaves his groups for it.
func TestSplitOfSomebodyBehindAGroup(t *testing.T) {
	s := bookerStep(nil)
	s.Module = splits{s.Module.(booker)}
	in := to(t, "team4 joe")
	o := (&Pipeline{Directory: crowded(teams), World: &listener{}, Steps: []Step{s}}).Run(t.Context(), in)
	if got := delivered(in, o); len(o.Effects) != 1 || locals(o.Effects[0].(Send).To) != "ann" || left(in, o) != "joe dan" {
		t.Errorf("delivered to %v, effects %v, left %q", got, o.Effects, left(in, o))
	}
}

// splits is a booker that gives Ann another mail.
type splits struct{ booker }

func (splits) Plan(context.Context, *Tx) (Plan, error) {
	return Plan{Edits: []Edit{Split{Rcpts: []address.Address{"ann@example.org"}, Edits: []Edit{AddHeader{Name: "X-A", Value: "1"}}}}}, nil
}

// TestEverybodyBehindGroupsGetsTheMail: whatever groups hold each other's members and whoever is handled, everybody else
// gets the mail at least once, by himself or by a group, not oftener than before, and nobody who was handled does.
func TestEverybodyBehindGroupsGetsTheMail(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	pool := strings.Fields("room1 room2 ann bob cat dan o1@elsewhere.example o2@elsewhere.example")
	for n := range 3000 {
		groups := map[string]string{}
		for g := range 4 {
			for _, m := range pool {
				if r.Intn(3) == 0 {
					groups[fmt.Sprint("team", g)] += " " + m
				}
			}
		}
		rcpts := ""
		for _, m := range append([]string{"team0", "team1", "team2", "team3", "x-ann", "x-room1"}, pool[:4]...) {
			if r.Intn(3) == 0 {
				rcpts += " " + m
			}
		}
		in := to(t, rcpts)
		var saw []string
		o := (&Pipeline{Directory: crowded(groups), Steps: []Step{bookerStep(&saw)}}).Run(t.Context(), in)
		before, after := reached(groups, rcpts), reached(groups, left(in, o))
		for m, times := range before {
			switch is := strings.Contains(m, "room"); {
			case is && after[m] > 0:
				t.Errorf("mail %d for%s: %s was handled and gets it", n, rcpts, m)
			case !is && (after[m] < 1 || after[m] > times):
				t.Errorf("mail %d for%s, groups %v: %s gets it %d times, %d before", n, rcpts, groups, m, after[m], times)
			}
			delete(after, m)
		}
		if len(after) > 0 {
			t.Errorf("mail %d for%s: others get it: %v", n, rcpts, after)
		}
		if t.Failed() {
			return
		}
	}
}

// reached counts who gets a mail for these recipients how often.
func reached(groups map[string]string, rcpts string) map[string]int {
	got := map[string]int{}
	for _, r := range strings.Fields(rcpts) {
		if !strings.HasPrefix(r, "team") {
			got[strings.TrimPrefix(r, "x-")]++
		}
		for _, m := range strings.Fields(groups[r]) {
			got[m]++
		}
	}
	return got
}
