package detect

import (
	"cmp"
	"slices"
	"strings"
)

// Options are what a rule may choose. The zero value is what most want.
type Options struct {
	Want        []string // names as Known has them; empty: all
	TestNumbers bool     // report the card numbers that are reserved for tests, too
	Grouped     bool     // cards written in groups have to be grouped as their issuers do
	Most        int      // findings of one kind, 0 is 1,000
}

// Text finds what is wanted in a text; nothing named means all. Findings are in the order of the text.
func Text(text string, want []string) []Finding {
	return Find(text, Options{Want: want})
}

// Find is Text with options.
func Find(text string, o Options) []Finding {
	s := newSearch(o)
	if s.any(Card) || s.any(IBAN) || s.any(ID) {
		pages(text, s.numbers)
	}
	if s.any(Secret) {
		s.secrets(text)
	}
	return s.sorted()
}

// search is one run over one text.
type search struct {
	Options
	types map[string]bool // types of which anything is wanted
	names map[string]bool // nil: all
	found map[string][]Finding
}

func newSearch(o Options) *search {
	s := &search{Options: o, types: map[string]bool{}, found: map[string][]Finding{}}
	if s.Most <= 0 {
		s.Most = 1000
	}
	if len(o.Want) > 0 {
		s.names = map[string]bool{}
		for _, w := range o.Want {
			s.want(w)
		}
	}
	return s
}

// typeOf is the type of what somebody wishes for; "" if there is nothing of that name.
func typeOf(want string) string {
	country, ofCountry := strings.CutSuffix(want, ".*")
	switch {
	case want == Card || want == IBAN || want == ID || want == Secret:
		return want
	case brandNames[want]:
		return Card
	case bbans[want] != nil:
		return IBAN
	case kinds[want] != nil || ofCountry && countries[country]:
		return ID
	case secretOf[want]:
		return Secret
	}
	return ""
}

// Known tells whether a name can be wanted: a type, a card brand, a country's IBANs ("DE"), a kind of identifiers
// ("de.idnr"), all of a country ("de.*"), a kind of secrets.
func Known(want string) bool { return typeOf(want) != "" }

// want understands one wish.
func (s *search) want(w string) {
	s.names[w] = true
	s.types[typeOf(w)] = true
}

func (s *search) any(typ string) bool { return s.names == nil || s.types[typ] }

// wants tells whether findings of a kind are of interest.
func (s *search) wants(typ, kind string) bool {
	if s.names == nil || s.names[typ] || s.names[kind] {
		return true
	}
	return typ == ID && s.names[kind[:2]+".*"]
}

// numbers finds what is made of digits.
func (s *search) numbers(p *page) {
	if s.any(Card) {
		s.cards(p)
	}
	if s.any(IBAN) {
		s.ibans(p)
	}
	if s.any(ID) {
		s.ids(p)
	}
}

// add notes a finding. Of two of one kind that overlap the better stays, then the longer.
func (s *search) add(f Finding) {
	list := s.found[f.Kind]
	for n := len(list); n > 0 && list[n-1].To > f.From; n = len(list) {
		old := list[n-1]
		if old.Score > f.Score || old.Score == f.Score && old.To-old.From >= f.To-f.From {
			return
		}
		list = list[:n-1]
	}
	if len(list) < s.Most {
		list = append(list, f)
	}
	s.found[f.Kind] = list
}

func (s *search) sorted() []Finding {
	var all []Finding
	for _, list := range s.found {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(b.Score, a.Score),
			cmp.Compare(a.Type, b.Type), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}
