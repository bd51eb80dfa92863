package filter

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/address"
)

// delivered counts who gets the mail how often: those left on the envelope, those added, and those of branches.
func delivered(tx *Tx, o Outcome) map[address.Address]int {
	got := map[address.Address]int{}
	if !o.Discard {
		dropped := map[address.Address]bool{}
		for _, r := range o.Drop {
			dropped[r.Address] = true
		}
		for _, r := range tx.Rcpts {
			if !dropped[r.Address] {
				got[r.Address]++
			}
		}
		for _, r := range o.Add {
			got[r.Address]++
		}
	}
	for _, e := range o.Effects {
		for _, r := range e.(Send).To {
			got[r.Address]++
		}
	}
	return got
}

// TestEverybodyGetsTheMailOnce: whatever steps split, drop and add, for all or for some, each recipient who was not
// dropped gets the mail exactly once, and nobody else does who was not added.
func TestEverybodyGetsTheMailOnce(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	pool := make([]address.Address, 8)
	for i := range pool {
		pool[i] = address.Address(fmt.Sprintf("u%d@%s.example", i, []string{"a", "b", "c"}[i%3]))
	}
	some := func() (as []address.Address) {
		for _, a := range pool {
			if r.Intn(3) == 0 {
				as = append(as, a)
			}
		}
		return as
	}
	for n := range 3000 {
		dropped, added := map[address.Address]bool{}, map[address.Address]bool{}
		var edits func(depth int) []Edit
		edits = func(depth int) (es []Edit) {
			for range r.Intn(4) {
				a := pool[r.Intn(len(pool))]
				switch k := r.Intn(8); {
				case k == 0:
					dropped[a], es = true, append(es, DropRcpt{a})
				case k == 1:
					added[a], es = true, append(es, AddRcpt{Addr: a, Args: []string{"NOTIFY=NEVER"}})
				case k < 5 && depth < 3:
					es = append(es, Split{some(), edits(depth + 1)})
				default:
					es = append(es, AddHeader{Name: "X-Mark", Value: fmt.Sprint(r.Int())})
				}
			}
			return es
		}
		setting := func() Setting {
			if r.Intn(4) == 0 {
				return Setting{}
			}
			return Setting{OnError: Defer, Module: fake{Header, planning(Plan{Edits: edits(0)})}}
		}
		p := &Pipeline{World: &listener{}}
		for i := range 1 + r.Intn(3) {
			p.Steps = append(p.Steps, Step{Name: fmt.Sprint(i), PerRecipient: true, Setting: setting(),
				Variants: []Variant{{Domain: "b.example", Setting: setting()}, {Domain: "c.example", Setting: setting()}}})
		}
		in := tx(t, append(some(), pool[0])...)
		out := p.Run(t.Context(), in)
		if out.Refuse != nil {
			t.Fatalf("mail %d: %s", n, out.Why())
		}
		got := delivered(in, out)
		for _, rcpt := range in.Rcpts {
			if got[rcpt.Address] == 0 && !dropped[rcpt.Address] {
				t.Errorf("mail %d: %s does not get it", n, rcpt.Address)
			}
		}
		asked := addresses(in.Rcpts)
		for a, times := range got {
			want := max(1, count(asked, a))
			if times > want {
				t.Errorf("mail %d: %s gets it %d times", n, a, times)
			}
			if !slices.Contains(asked, a) && !added[a] {
				t.Errorf("mail %d: %s gets it and is not meant", n, a)
			}
		}
	}
}

func count(as []address.Address, a address.Address) (n int) {
	for _, b := range as {
		if a == b {
			n++
		}
	}
	return n
}

func TestDroppedAndAddedAgain(t *testing.T) {
	tests := []struct {
		name      string
		edits     []Edit
		drop, add string
	}{
		{"with other arguments", []Edit{DropRcpt{jane}, AddRcpt{jane, []string{"NOTIFY=NEVER"}}}, "[jane@example.org]", "[jane@example.org]"},
		{"as it was", []Edit{DropRcpt{jane}, AddRcpt{Addr: jane}}, "[]", "[]"},
		{"added, and there already", []Edit{AddRcpt{jane, []string{"NOTIFY=NEVER"}}}, "[]", "[]"},
		{"added and dropped", []Edit{AddRcpt{Addr: joe}, DropRcpt{joe}}, "[]", "[]"},
	}
	for _, tt := range tests {
		o := (&Pipeline{Steps: []Step{step("x", Defer, planning(Plan{Edits: tt.edits}))}}).Run(t.Context(), tx(t, room, jane))
		if drop, add := fmt.Sprint(addresses(o.Drop)), fmt.Sprint(addresses(o.Add)); drop != tt.drop || add != tt.add || o.Discard {
			t.Errorf("%s: drop %s, add %s; want %s and %s", tt.name, drop, add, tt.drop, tt.add)
		}
	}
}

// TestRepeatedRecipientIsDroppedAsOftenAsItWasNamed: the mail server knows each of them by its own argument.
func TestRepeatedRecipientIsDroppedAsOftenAsItWasNamed(t *testing.T) {
	in := tx(t, room, jane, room)
	in.Rcpts[2].Arg = "Room@Example.org"
	o := (&Pipeline{Steps: []Step{step("x", Defer, planning(Plan{Edits: []Edit{DropRcpt{room}}}))}}).Run(t.Context(), in)
	if len(o.Drop) != 2 || o.Drop[0].Arg == o.Drop[1].Arg {
		t.Errorf("drop %+v; want both arguments", o.Drop)
	}
}

// TestAddedForSomeFollowsTheirBranch: what is planned for some recipients stays together and in its order.
func TestAddedForSomeFollowsTheirBranch(t *testing.T) {
	edits := []Edit{AddHeader{Name: "X-All", Value: "1"}, DropRcpt{"group@b.example"}, AddRcpt{Addr: "member@b.example"},
		Split{Rcpts: []address.Address{"x@b.example"}, Edits: []Edit{AddHeader{Name: "X-Inner", Value: "1"}}}, AddHeader{Name: "X-Rest", Value: "1"}}
	w := &listener{}
	p := &Pipeline{World: w, Steps: []Step{{Name: "some", PerRecipient: true, Variants: []Variant{{Domain: "b.example",
		Setting: Setting{OnError: Defer, Module: fake{Header, planning(Plan{Edits: edits})}}}}}}}
	o := p.Run(t.Context(), tx(t, jane, joe, "group@b.example", "x@b.example"))
	if o.Message != nil {
		t.Errorf("the others' mail changed: %v", o.Message.Header)
	}
	got := map[string]string{}
	for _, e := range o.Effects {
		s := e.(Send)
		var marks []string
		for _, f := range s.Mail.Header {
			if strings.HasPrefix(f.Name, "X-") {
				marks = append(marks, f.Name)
			}
		}
		got[fmt.Sprint(addresses(s.To))] = strings.Join(marks, " ")
	}
	want := map[string]string{"[member@b.example]": "X-All X-Rest", "[x@b.example]": "X-All X-Inner"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("branches %v; want %v", got, want)
	}
}

func TestWhyIsBounded(t *testing.T) {
	var o Outcome
	for range 1000 {
		o.Reasons = append(o.Reasons, Reason{Step: "resource", Plan: Plan{Why: strings.Repeat("ä", 1000)}})
	}
	if why := o.Why(); len(why) > maxWhy+2*maxSaid || !strings.HasSuffix(why, "…") || strings.ContainsRune(why, '\uFFFD') {
		t.Errorf("why is %d bytes: %.100s", len(why), why)
	}
}

// TestMailNotForUsCostsNothing: most mail is not for us, and its recipients are not even copied.
func TestMailNotForUsCostsNothing(t *testing.T) {
	p := bystanders()
	p.Steps[0].Variants = []Variant{{Domain: "school.example"}}
	env := &Envelope{Role: Inbound, Rcpts: tx(t, room, jane, joe).Rcpts}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { p.Header(ctx, env, notForUs) }); n > 0 {
		t.Errorf("%v allocations for a mail that is not for us", n)
	}
}
