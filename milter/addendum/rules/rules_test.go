package rules

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/addendum"
	"usher/milter/filter"
	"usher/milter/message"
)

// office is a directory of two people and a manager; down, it does not answer.
type office struct{ down bool }

var errDown = errors.New("down")

var people = map[string]*ldapdir.Entry{
	"jane@example.org": {DN: "uid=jane", Kind: ldapdir.Person, Name: "Jane", Language: "de",
		Addresses: []address.Address{"jane@example.org"}, Attrs: map[string][]string{"cn": {"Jane"}, "manager": {"uid=boss"}}},
	"joe@example.org": {DN: "uid=joe", Kind: ldapdir.Person, Name: "Joe", Addresses: []address.Address{"joe@example.org"}, Attrs: map[string][]string{"cn": {"Joe"}}},
	"uid=boss":        {DN: "uid=boss", Attrs: map[string][]string{"cn": {"Boss"}}},
}

func (d office) Lookup(_ context.Context, a address.Address) (*ldapdir.Entry, bool, error) {
	return d.find(a.String())
}

func (d office) ByDN(_ context.Context, dn string) (*ldapdir.Entry, bool, error) { return d.find(dn) }

func (d office) find(name string) (*ldapdir.Entry, bool, error) {
	if d.down {
		return nil, false, errDown
	}
	e, ok := people[name]
	return e, ok, nil
}

func (d office) Domain(_ context.Context, domain string) (ldapdir.Domain, bool, error) {
	if d.down {
		return ldapdir.Domain{}, false, errDown
	}
	return ldapdir.Domain{Name: domain}, domain == "example.org", nil
}

func (d office) Expand(context.Context, *ldapdir.Entry) ([]*ldapdir.Entry, []address.Address, error) {
	return nil, nil, errDown
}

// rulesOf makes a set of rules that are written shortly.
func rulesOf(t testing.TB, d Directory, all ...Rule) *Set {
	t.Helper()
	for i := range all {
		full := Defaults(addendum.Bottom, false)
		full.When, full.Text, full.Name, full.Language, full.Inbound = all[i].When, all[i].Text, all[i].Name, all[i].Language, all[i].Inbound
		all[i] = full
	}
	s, err := New(Options{Name: "footer", Directory: d}, Defaults(addendum.Bottom, false), all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// letter is a mail of Jane's.
func letter(t testing.TB, size int, rcpts ...address.Address) *filter.Tx {
	t.Helper()
	m, err := message.Read(strings.NewReader("From: jane@example.org\r\nTo: joe@example.org\r\nSubject: hi\r\nContent-Type: text/plain\r\n\r\n"+strings.Repeat("hello, Joe\r\n", size/12+1)), 0)
	if err != nil {
		t.Fatal(err)
	}
	tx := &filter.Tx{Envelope: filter.Envelope{Role: filter.Submission, From: "jane@example.org", Sender: people["jane@example.org"]}, Message: m}
	for _, a := range rcpts {
		tx.Rcpts = append(tx.Rcpts, filter.Recipient{Address: a, Entry: people[a.String()]})
	}
	return tx
}

// TestOutage: what rests on a directory that does not answer is an error, and what does not is none.
func TestOutage(t *testing.T) {
	for _, tt := range []struct {
		rule  Rule
		wrong bool
	}{
		{Rule{Text: "x"}, false},
		{Rule{Text: "{{.cn}}"}, false}, // the sender is known
		{Rule{Text: "{{.manager.cn}}"}, true},
		{Rule{Text: "x", When: `sender.internal`}, false},
		{Rule{Text: "x", When: `sender.in_group("all@example.org")`}, true},
		{Rule{Text: "x", When: `!recipient.internal`}, true},
		{Rule{Text: "x", When: `role == "inbound" && !recipient.internal`}, false},
	} {
		p, err := rulesOf(t, office{down: true}, tt.rule).Plan(t.Context(), letter(t, 10, "joe@example.org", "x@outside.example"))
		if (err != nil) != tt.wrong || tt.wrong && !errors.Is(err, errDown) || err != nil && len(p.Edits) > 0 {
			t.Errorf("%+v: %v, %v", tt.rule, p, err)
		}
	}
	tx := letter(t, 10, "joe@example.org")
	tx.Sender, tx.Err = nil, errDown
	if _, err := rulesOf(t, office{down: true}, Rule{Text: "{{.cn}}"}).Plan(t.Context(), tx); !errors.Is(err, errDown) {
		t.Errorf("who wrote it cannot be told: %v", err)
	}
	if p, err := rulesOf(t, office{down: true}, Rule{Text: "x"}).Plan(t.Context(), tx); err != nil || len(p.Edits) != 1 {
		t.Errorf("who wrote it does not matter: %v, %v", p, err)
	}
}

// TestAdvice: a rule that no mail comes to is told, one that takes other mail is not.
func TestAdvice(t *testing.T) {
	rule := func(change func(*Rule)) Rule {
		r := Defaults(addendum.Bottom, false)
		r.Text, r.Name = "x", "all"
		change(&r)
		return r
	}
	last := func(r *Rule) { r.Last = true }
	never := rule(func(r *Rule) { r.When = "sender.internal" })
	inbound := rule(func(r *Rule) { r.Inbound = true })
	s, err := New(Options{Name: "footer"}, Defaults(addendum.Bottom, false), []Rule{rule(last), inbound, never, rule(last)})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Advice().Error(); strings.Count(got, "is never asked: rule all") != 2 || !strings.Contains(got, "rules[2]: ") || !strings.Contains(got, "rules[3]: ") {
		t.Error(got)
	}
}

// TestAttributes: what conditions and templates ask for is read, mistakes in others notwithstanding.
func TestAttributes(t *testing.T) {
	got := Attributes([]Rule{{When: `"ou" in sender.attributes`, Text: "{{.CN}} {{.manager.mail}}", HTML: "<p>{{.l}}"}, {When: "(", Text: "{{"}})
	if want := "[cn l mail manager ou]"; fmt.Sprint(got) != want {
		t.Errorf("%v; want %s", got, want)
	}
}

// TestMatch: a mail for which no rule can hold is not asked for its body, and what cannot be told yet may hold.
func TestMatch(t *testing.T) {
	inside, mixed := letter(t, 10, "joe@example.org"), letter(t, 10, "joe@example.org", "x@outside.example")
	for when, want := range map[string][2]filter.Interest{
		`!recipient.internal`:                              {filter.Nothing, filter.Text},
		`recipients.exists(r, !r.internal)`:                {filter.Nothing, filter.Text},
		`recipients.size() == 1`:                           {filter.Text, filter.Text}, // whose domain an outside one has is not known yet
		`mail.size > 100 && recipients.size() == 1`:        {filter.Text, filter.Text},
		`mail.subject == "other"`:                          {filter.Nothing, filter.Nothing},
		`sender.in_group("all@example.org")`:               {filter.Text, filter.Text},
		`role == "local" && mail.calendar`:                 {filter.Nothing, filter.Nothing},
		``:                                                 {filter.Text, filter.Text},
		`recipient.name == "Joe" && "x-a" in mail.headers`: {filter.Nothing, filter.Text},
	} {
		s := rulesOf(t, office{}, Rule{When: when, Text: "x"})
		for i, tx := range []*filter.Tx{inside, mixed} {
			if got := s.Match(&tx.Envelope, tx.Message.Header); got != want[i] {
				t.Errorf("%q, %d recipients: %d; want %d", when, len(tx.Rcpts), got, want[i])
			}
		}
	}
}

// TestManyBodies: a list of rules that makes a different body for everybody is stopped.
func TestManyBodies(t *testing.T) {
	var all []Rule
	var to []address.Address
	for i := range maxBodies + 1 {
		all = append(all, Rule{Text: "x", When: fmt.Sprintf(`recipient.address == "u%d@outside.example"`, i)})
		to = append(to, address.Address(fmt.Sprintf("u%d@outside.example", i)))
	}
	if _, err := rulesOf(t, office{}, all...).Plan(t.Context(), letter(t, 10, to[:maxBodies]...)); err != nil {
		t.Error(err)
	}
	if _, err := rulesOf(t, office{}, all...).Plan(t.Context(), letter(t, 10, to...)); err == nil || !strings.Contains(err.Error(), "32") {
		t.Errorf("%d bodies: %v", len(to), err)
	}
}

// TestLanguages are found as directories write them.
func TestLanguages(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"f.txt": "en", "f.de.txt": "de", "f.pt-br.txt": "pt-br", "f.de.html": "<p>de", "f.html": "<p>en"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := Defaults(addendum.Bottom, false)
	r.TextFile, r.Languages = filepath.Join(dir, "f.txt"), []string{"de", "pt-BR"}
	s, err := New(Options{Name: "footer", Directory: office{}}, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	for preferred, want := range map[string]string{"": "en", "de": "de", "DE-at": "de", "de_AT": "de", "fr, de;q=0.5": "de", "pt": "en", "pt-BR": "pt-br", "pt-br-x": "pt-br", "-,;": "en"} {
		words, err := s.Words(t.Context(), nil, preferred)
		if err != nil || words[0].Text != want {
			t.Errorf("%q: %v, %v; want %s", preferred, words, err, want)
		}
	}
	if words, err := s.Words(t.Context(), people["jane@example.org"], ""); err != nil || words[0].Text != "de" {
		t.Errorf("Jane's own: %v, %v", words, err)
	}
	r.Languages = []string{"fr", "../x"}
	if _, err := New(Options{Name: "footer"}, r, nil); err == nil || !strings.Contains(err.Error(), "no such file: "+filepath.Join(dir, "f.fr.txt")) || !strings.Contains(err.Error(), "want a language such as de") {
		t.Error(err)
	}
}

// TestMixed: words beside a list of rules belong to none of them.
func TestMixed(t *testing.T) {
	short := Defaults(addendum.Bottom, false)
	short.Text = "x"
	_, err := New(Options{Name: "footer"}, short, []Rule{short})
	if err == nil || !strings.Contains(err.Error(), "text: with rules, want it in each of them") {
		t.Error(err)
	}
}

func BenchmarkNoRuleHolds(b *testing.B) {
	tx := letter(b, 10, "joe@example.org", "jane@example.org")
	for name, when := range map[string]string{"role": `role == "inbound"`, "recipient": `!recipient.internal`, "header": `"x-legal" in mail.headers`} {
		s := rulesOf(b, office{}, Rule{When: when, Text: "x"})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if s.Match(&tx.Envelope, tx.Message.Header) != filter.Nothing {
					b.Fatal("the body is wanted")
				}
			}
		})
	}
}

func BenchmarkPlan(b *testing.B) {
	for name, text := range map[string]string{"fixed": "Example Ltd", "of a person": "-- \n{{.cn}}\nTel {{.telephoneNumber}}\nReports to {{.manager.cn}}"} {
		s := rulesOf(b, office{}, Rule{Text: text})
		tx := letter(b, 10<<10, "joe@example.org")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p, err := s.Plan(b.Context(), tx); err != nil || len(p.Edits) != 1 {
					b.Fatal(p, err)
				}
			}
		})
	}
}
