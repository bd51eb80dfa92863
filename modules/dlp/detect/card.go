package detect

import "strings"

// brand is a card issuer's numbers: where they start, how long they are.
type brand struct {
	name       string
	prefixes   []span
	lengths    string // a set of characters: 'A' is 10 digits, 'B' 11 …
	groupings  []string
	groupStart bool // any grouping will do whose first group has four or five digits
	weak       bool // the range is wide or hardly met: alone such a number is less sure
}

// span is a range of prefixes of one length.
type span struct{ low, high string }

func (s span) has(number string) bool {
	n := len(s.low)
	return len(number) >= n && s.low <= number[:n] && number[:n] <= s.high
}

// in reads ranges: "51-55 2221-2720 4".
func in(list string) []span {
	var spans []span
	for _, f := range strings.Fields(list) {
		low, high, ok := strings.Cut(f, "-")
		if !ok {
			high = low
		}
		spans = append(spans, span{low, high})
	}
	return spans
}

// lengths 12 to 19 as letters, so that they can be a set.
func long(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		b.WriteByte(byte('A' + n - 10))
	}
	return b.String()
}

var (
	fours  = []string{"4444", "44443", "44441", "44442", "445"}
	amex   = []string{"465"}
	diners = []string{"464"}
)

// brands are tried in order: the narrow ranges before the wide ones they lie in.
var brands = []brand{
	{name: "dankort", prefixes: in("5019 4571"), lengths: long(16, 16), groupings: fours},
	{name: "elo", prefixes: in("401178 401179 431274 438935 451416 457393 457631 457632 504175 506699-506778 509000-509999 " +
		"627780 636297 636368 650031-650033 650035-650051 650405-650439 650485-650538 650541-650598 650700-650718 " +
		"650720-650727 650901-650920 651652-651679 655000-655019 655021-655058"), lengths: long(16, 16), groupings: fours},
	{name: "mir", prefixes: in("2200-2204"), lengths: long(16, 19), groupings: fours},
	{name: "troy", prefixes: in("9792"), lengths: long(16, 16), groupings: fours},
	{name: "visa", prefixes: in("4"), lengths: long(13, 13) + long(16, 16) + long(19, 19), groupings: fours},
	{name: "mastercard", prefixes: in("51-55 2221-2720"), lengths: long(16, 16), groupings: fours},
	{name: "amex", prefixes: in("34 37"), lengths: long(15, 15), groupings: amex},
	{name: "diners", prefixes: in("300-305 3095 36 38 39"), lengths: long(14, 14) + long(16, 19), groupings: append(diners, fours...)},
	{name: "jcb", prefixes: in("3528-3589"), lengths: long(16, 19), groupings: fours},
	{name: "jcb", prefixes: in("1800 2131"), lengths: long(15, 15), groupings: amex},
	{name: "jcb", prefixes: in("35"), lengths: long(16, 16), groupings: fours, weak: true}, // the rest of what ISO gave it
	{name: "rupay", prefixes: in("508500-508999 606985-607984 608001-608500 652150-653149 817200-820199"),
		lengths: long(16, 16), groupings: fours},
	{name: "discover", prefixes: in("6011 644-649 65"), lengths: long(16, 19), groupings: fours},
	{name: "instapayment", prefixes: in("637-639"), lengths: long(16, 16), groupings: fours, weak: true},
	{name: "unionpay", prefixes: in("62 81"), lengths: long(16, 19), groupings: append([]string{"44542", "6<"}, fours...)},
	{name: "maestro", prefixes: in("5018 5020 5038 56-58 60 61 63 66 67 68 69"), lengths: long(12, 19), groupStart: true, weak: true},
	{name: "maestro", prefixes: in("50"), lengths: long(12, 19), groupStart: true, weak: true},
	{name: "korea", prefixes: in("92 94 95 96 99"), lengths: long(16, 16), groupings: fours, weak: true},
	{name: "uatp", prefixes: in("1"), lengths: long(15, 15), groupings: amex, weak: true},
}

var brandNames = func() map[string]bool {
	names := map[string]bool{}
	for _, b := range brands {
		names[b.name] = true
	}
	return names
}()

var cardWords = keywords("card cards kreditkarte karte kartennummer kartennr carte carta tarjeta cartão cartao kort kaart karta kártya " +
	"kortti kart visa mastercard amex american_express maestro diners jcb discover unionpay cvv cvc cvc2 credit debit cc pan " +
	"カード 卡 카드 карта карты")

// brandOf tells whose number it is; false for nobody's, or a wrong check digit.
func brandOf(number string) (*brand, bool) {
	if len(number) < 12 || len(number) > 19 || !luhn(number) || same(number[4:]) && same(number) {
		return nil, false
	}
	for i := range brands {
		b := &brands[i]
		if strings.IndexByte(b.lengths, byte('A'+len(number)-10)) < 0 {
			continue
		}
		for _, p := range b.prefixes {
			if p.has(number) {
				return b, true
			}
		}
	}
	return nil, false
}

// CardBrand is the issuer of a card number, separators or not; "" if it is none.
func CardBrand(number string) string {
	n, ok := Compact(number)
	if b, is := brandOf(n); ok && is {
		return b.name
	}
	return ""
}

// cards finds the card numbers of a page: runs of digits that no letters but a word like "cc" touch.
func (s *search) cards(p *page) {
	for i, a := range p.atoms {
		if a.digit && (a.before != none || cardWordBefore(p, i)) {
			s.cardsFrom(p, i)
		}
	}
}

// cardWordBefore tells whether the letters glued to a number are a card's: "cc4111…".
func cardWordBefore(p *page, i int) bool {
	if i == 0 {
		return false
	}
	return says(strings.ToLower(p.chars[p.atoms[i-1].at:p.atoms[i-1].end]), cardWords)
}

// expiryBehind tells whether what is glued to a number's end is the word for its last month: "…1111exp06/17".
func expiryBehind(p *page, j int) bool {
	a := p.atoms[j+1]
	word := p.chars[a.at:a.end]
	return strings.HasPrefix(word, "EXP") || strings.HasPrefix(word, "CV") || strings.HasPrefix(word, "VALID")
}

// cardsFrom tries all cards that start with atom i.
func (s *search) cardsFrom(p *page, i int) {
	marks := other
	for j := i; j < len(p.atoms); j++ {
		a := p.atoms[j]
		if !a.digit || a.end-p.atoms[i].at > 19 || j > i && (a.before >= slash || a.before == none) {
			return
		}
		if j == i+1 {
			marks = a.before
		}
		if size := a.end - p.atoms[i].at; size >= 12 && (p.after(j) != none || expiryBehind(p, j)) {
			s.card(p, i, j, marks)
		}
	}
}

// card looks at the atoms from i to j.
func (s *search) card(p *page, i, j int, mark gap) {
	b, ok := brandOf(p.chars[p.atoms[i].at:p.atoms[j].end])
	if !ok || !s.wants(Card, b.name) {
		return
	}
	number := p.chars[p.atoms[i].at:p.atoms[j].end]
	from, to := p.atoms[i].from, p.atoms[j].to
	if linked(p.text, from, to) || testCard(number) && !s.TestNumbers {
		return
	}
	usual := grouped(b, p, i, j, mark)
	if !usual && (s.Grouped || rowOfNumbers(p, i, j)) {
		return
	}
	s.add(Finding{Card, b.name, from, to, cardScore(p, number, b, usual, from, to), mask(number)})
}

// cardScore is as the table in the package's description has it.
func cardScore(p *page, number string, b *brand, usual bool, from, to int) int {
	score := 60
	switch {
	case testCard(number):
		return 20
	case usual:
		score = 80
	}
	if b.weak {
		score -= 20
	}
	if near(p.text, from, to, cardWords) {
		score += 20
	}
	return score
}

// grouped tells whether the number is in one piece or in the groups on the plastic, all with the same mark between.
func grouped(b *brand, p *page, i, j int, mark gap) bool {
	if i == j {
		return true
	}
	var groups []byte
	for k := i; k <= j; k++ {
		if k > i && p.atoms[k].before != mark {
			return false
		}
		groups = append(groups, byte('0'+p.atoms[k].size()))
	}
	if b.groupStart {
		return groups[0] == '4' || groups[0] == '5'
	}
	for _, g := range b.groupings {
		if g == string(groups) || g == "6<" && string(groups) == "6=" { // = is 13
			return true
		}
	}
	return false
}

// rowOfNumbers tells whether a number in odd groups has more numbers right beside it.
func rowOfNumbers(p *page, i, j int) bool {
	left := i > 0 && p.atoms[i].before != other && p.atoms[i-1].digit
	right := j+1 < len(p.atoms) && p.after(j) != other && p.atoms[j+1].digit
	return left || right
}
