package detect

import (
	"slices"
	"strings"
)

// structures are what follows the country and the two check digits in an IBAN (ISO 13616): so many digits (n), capital
// letters (a), either (c). The first list is the registry, the second what banks of other countries use without an entry,
// the third what was valid before and still stands in documents.
const structures = `
AD 8n12c; AE 19n; AL 8n16c; AT 16n; AZ 4a20c; BA 16n; BE 12n; BG 4a6n8c; BH 4a14c; BI 23n; BR 23n1a1c; BY 4c4n16c;
CH 5n12c; CR 18n; CY 8n16c; CZ 20n; DE 18n; DJ 23n; DK 14n; DO 4c20n; EE 16n; EG 25n; ES 20n; FI 14n; FK 2a12n; FO 14n;
FR 10n11c2n; GB 4a14n; GE 2a16n; GI 4a15c; GL 14n; GR 7n16c; GT 24c; HN 4a20n; HR 17n; HU 24n; IE 4a14n; IL 19n;
IQ 4a15n; IS 22n; IT 1a10n12c; JO 4a4n18c; KW 4a22c; KZ 3n13c; LB 4n20c; LC 4a24c; LI 5n12c; LT 16n; LU 3n13c;
LV 4a13c; LY 21n; MC 10n11c2n; MD 20c; ME 18n; MK 3n10c2n; MN 16n; MR 23n; MT 4a5n18c; MU 4a19n3a; NI 4a20n; NL 4a10n;
NO 11n; OM 3n16c; PK 4a16c; PL 24n; PS 4a21c; PT 21n; QA 4a21c; RO 4a16c; RS 18n; RU 14n15c; SA 2n18c; SC 4a20n3a;
SD 14n; SE 20n; SI 15n; SK 20n; SM 1a10n12c; SO 19n; ST 21n; SV 4a20n; TL 19n; TN 20n; TR 6n16c; UA 6n19c; VA 18n;
VG 4a16n; XK 16n; YE 4a4n18c;

AX 14n; GF 10n11c2n; PF 10n11c2n; TF 10n11c2n; GP 10n11c2n; MQ 10n11c2n; YT 10n11c2n; NC 10n11c2n; RE 10n11c2n;
BL 10n11c2n; MF 10n11c2n; PM 10n11c2n; WF 10n11c2n; AO 21n; BF 2c22n; BJ 2c22n; CF 23n; CG 23n; CI 2c22n; CM 23n;
CV 21n; DZ 22n; GA 23n; GQ 23n; GW 2c19n; IR 22n; KM 23n; MA 24n; MG 23n; ML 2c22n; MZ 21n; NE 2a22n; SN 2c22n; TD 23n;
TG 2a22n;

BF 23n; BI 12n; CR 17n; DZ 20n; NI 4a24n; AA 12c`

// bbans are the structures spelled out, one letter a place.
var bbans = func() map[string][]string {
	all := map[string][]string{}
	for _, entry := range strings.Split(structures, ";") {
		f := strings.Fields(entry)
		var b strings.Builder
		n := 0
		for _, c := range []byte(f[1]) {
			if c <= '9' {
				n = n*10 + int(c-'0')
				continue
			}
			b.WriteString(strings.Repeat(string(c), n))
			n = 0
		}
		all[f[0]] = append(all[f[0]], b.String())
	}
	return all
}()

// isIBAN checks country, structure and check digits.
func isIBAN(s string) bool {
	if len(s) < 5 || !digits(s[2:4]) || s[2:4] < "02" || s[2:4] == "99" {
		return false
	}
	known := slices.ContainsFunc(bbans[s[:2]], func(structure string) bool { return shaped(s[4:], structure) })
	return known && rest(s[4:]+s[:4], 97) == 1
}

// shaped compares a number with a structure.
func shaped(s, structure string) bool {
	if len(s) != len(structure) {
		return false
	}
	for i := range len(s) {
		isDigit := s[i] <= '9'
		if structure[i] == 'n' && !isDigit || structure[i] == 'a' && isDigit {
			return false
		}
	}
	return true
}

// ValidIBAN tells whether a number is an IBAN of a country that has them, written with separators or without.
func ValidIBAN(number string) bool {
	n, ok := Compact(number)
	return ok && isIBAN(n)
}

var ibanWords = keywords("iban konto kontonummer bankverbindung account compte cuenta conto rekening konto swift bic")

// ibans finds the IBANs of a page: two letters of a country, two digits, and what that country has behind them.
func (s *search) ibans(p *page) {
	for i, a := range p.atoms {
		if a.before == none || a.digit || a.size() < 2 && p.after(i) != dot {
			continue
		}
		start, from := a.at, a.from
		if a.size() == 6 && p.chars[a.at:a.at+4] == "IBAN" { // "IBANDE89…"
			start, from = start+4, a.to-2
		}
		if len(p.chars) < start+4 || !digits(p.chars[start+2:start+4]) {
			continue
		}
		if structures := bbans[p.chars[start:start+2]]; structures != nil {
			s.iban(p, i, start, from, structures)
		}
	}
}

// iban tries the lengths the country has, from the atom i on.
func (s *search) iban(p *page, i, start, from int, structures []string) {
	for j := i; j < len(p.atoms) && j < i+mostAtoms; j++ {
		a := p.atoms[j]
		size := a.end - start
		if j > i && (a.before == other || a.before == loose && p.atoms[j-1].end-start > 8) || size > longest {
			return
		}
		if p.after(j) == none || !slices.ContainsFunc(structures, func(b string) bool { return len(b)+4 == size }) {
			continue
		}
		number := p.chars[start:a.end]
		if !s.wants(IBAN, number[:2]) || !isIBAN(number) || linked(p.text, from, a.to) {
			continue
		}
		score := 95
		if near(p.text, from, a.to, ibanWords) {
			score = 100
		}
		s.add(Finding{IBAN, number[:2], from, a.to, score, mask(number)})
		return
	}
}
