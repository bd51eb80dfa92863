package detect

import "strings"

// Identifiers of Europe outside of the Union.
var restOfEurope = []Detector{
	{Name: "ad.nrt", Forms: "@######@", Odds: 1, Validate: adNRT, Keywords: "nrt registre_tributari"},
	{Name: "al.nipt", Forms: "@########@", Prefixes: "AL", Odds: 1, Validate: first("ABCDEFGHIJKLM"), Keywords: "nipt nuis"},
	{Name: "ch.esr", Forms: hashes(9, 27), Odds: 10,
		Validate: chESR, Keywords: "esr referenznummer einzahlungsschein bvr qr-rechnung"},
	{Name: "ch.ssn", Forms: "756##########", Odds: 80, Validate: ean, Keywords: "ahv avs ahv-nummer sozialversicherung navs"},
	{Name: "ch.uid", Forms: "CHE#########", Odds: 11, Validate: chUID, Keywords: "uid ide idi unternehmens"},
	{Name: "ch.vat", Forms: "CHE#########MWST CHE#########TVA CHE#########IVA CHE#########TPV", Odds: 97,
		Validate: func(s string) bool { return chUID(s[:12]) }, Keywords: "mwst tva iva"},
	{Name: "gb.nhs", Forms: "##########", Odds: 11, Validate: minus11(10, 9, 8, 7, 6, 5, 4, 3, 2), Keywords: "nhs national_health patient"},
	{Name: "gb.utr", Forms: "##########", Odds: 11, Validate: func(s string) bool {
		return "21987654321"[weigh(s[1:], 6, 7, 8, 9, 10, 5, 4, 3, 2)%11] == s[0]
	}, Keywords: "utr unique_taxpayer taxpayer tax_reference"},
	{Name: "gb.upn", Forms: "@############ @###########@", Odds: 23, Validate: gbUPN, Keywords: "upn pupil"},
	{Name: "gb.sedol", Forms: "####### @*****#", Odds: 10, Validate: gbSEDOL, Keywords: "sedol"},
	{Name: "gb.vat", Forms: "######### ############ GD### HA### GD8888##### HA8888#####", Prefixes: "GB XI", Odds: 32, Validate: gbVAT, Keywords: "vat"},
	{Name: "gb.nino", Forms: "@@######@", Odds: 1, Validate: gbNINO, Keywords: "nino national_insurance ni_number insurance_number"},
	{Name: "is.kennitala", Forms: "##########", Odds: 80, Validate: isKennitala, Keywords: "kennitala kt"},
	{Name: "is.vsk", Forms: "##### ######", Prefixes: "IS", Odds: 1, Keywords: "vsk vsk-númer"},
	{Name: "li.peid", Forms: "#### ##### ###### ####### ######## ######### ########## ########### ############", Odds: 1, Keywords: "peid pid"},
	{Name: "mc.tva", Forms: "**#########", Prefixes: "FR", Odds: 97, Validate: func(s string) bool { return s[2:5] == "000" && frTVAKey(s) }, Keywords: "tva vat"},
	{Name: "md.idno", Forms: "#############", Odds: 10, Validate: func(s string) bool { return tail(s, weigh(s, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)%10) }, Keywords: "idno"},
	{Name: "me.pib", Forms: "########", Odds: 10, Validate: minus11or0(8, 7, 6, 5, 4, 3, 2), Keywords: "pib"},
	{Name: "me.iban", Forms: "ME####################", Odds: 97, Validate: all(isIBAN, func(s string) bool { return rest(s[4:], 97) == 1 }), Keywords: "iban"},
	{Name: "mk.edb", Forms: "#############", Prefixes: "MK", Odds: 10, Validate: minus11or0(7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), Keywords: "edb едб"},
	{Name: "no.fodselsnummer", Forms: "###########", Odds: 500, Validate: noFodselsnummer, Keywords: "fødselsnummer fodselsnummer fnr personnummer"},
	{Name: "no.iban", Forms: "NO#############", Odds: 97, Validate: all(isIBAN, part(4, 15, noKontonr)), Keywords: "iban konto"},
	{Name: "no.kontonr", Forms: "########### #######", Odds: 11, Validate: noKontonr, Keywords: "kontonr kontonummer bankkonto"},
	{Name: "no.mva", Forms: "#########MVA", Prefixes: "NO", Odds: 97, Validate: noOrgnr, Keywords: "mva moms"},
	{Name: "no.orgnr", Forms: "#########", Odds: 11, Validate: minus11(3, 2, 7, 6, 5, 4, 3, 2), Keywords: "orgnr organisasjonsnummer org.nr"},
	{Name: "rs.pib", Forms: "#########", Odds: 10, Validate: iso1110, Keywords: "pib пиб"},
	{Name: "ru.inn", Forms: "########## ############", Odds: 10, Validate: ruINN, Keywords: "инн inn"},
	{Name: "ru.ogrn", Forms: "############# ###############", Odds: 10, Validate: ruOGRN, Keywords: "огрн ogrn огрнип"},
	{Name: "tr.tckimlik", Forms: "###########", Odds: 97, Validate: trTCKimlik, Keywords: "tckn kimlik t.c. tc"},
	{Name: "tr.vkn", Forms: "##########", Odds: 10, Validate: trVKN, Keywords: "vkn vergi"},
	{Name: "ua.edrpou", Forms: "########", Odds: 10, Validate: uaEDRPOU, Keywords: "єдрпоу edrpou едрпоу"},
	{Name: "ua.rntrc", Forms: "##########", Odds: 10, Validate: func(s string) bool { return tail(s, mod(weigh(s, -1, 5, 7, 9, 4, 6, 10, 5, 7), 11)%10) }, Keywords: "рнокпп rntrc інн"},
}

// hashes are forms of digits alone, of all lengths from one to another.
func hashes(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		b.WriteString(strings.Repeat("#", n) + " ")
	}
	return b.String()
}

// adNRT: the letter is the kind of taxpayer, and some kinds have a range.
func adNRT(s string) bool {
	n := num(s[1:7])
	switch s[0] {
	case 'F':
		return n <= 699999
	case 'A', 'L':
		return 699999 < n && n < 800000
	}
	return strings.IndexByte("CDEGOPU", s[0]) >= 0
}

// chESR walks a table with what is carried from digit to digit.
func chESR(s string) bool {
	carry := 0
	for i := range len(s) - 1 {
		carry = [...]int{0, 9, 4, 6, 8, 2, 7, 1, 3, 5}[(carry+digit(s, i))%10]
	}
	return tail(s, (10-carry)%10)
}

func chUID(s string) bool { return minus11(5, 4, 3, 2, 7, 6, 5, 4)(s[3:]) }

// gbUPN: the first letter is the check, then three digits of a local authority.
func gbUPN(s string) bool {
	n := weigh(s[1:], 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
	if s[12] > '9' {
		v := strings.IndexByte("ABCDEFGHJKLMNPQRTUVWXYZ", s[12])
		if v < 0 {
			return false
		}
		n += 13 * (v - value(s[12]))
	}
	return num(s[1:4]) >= 201 && s[0] == "ABCDEFGHJKLMNPQRTUVWXYZ"[n%23]
}

// gbSEDOL has no vowels; old numbers are digits only, new ones start with a letter.
func gbSEDOL(s string) bool {
	return !strings.ContainsAny(s, "AEIOU") && (weigh(s, 1, 3, 1, 7, 3, 9)+digit(s, 6))%10 == 0
}

// gbVAT: government departments are GD, health authorities HA.
func gbVAT(s string) bool {
	switch {
	case len(s) == 5:
		return (num(s[2:]) < 500) == (s[0] == 'G')
	case s[0] > '9':
		return num(s[6:9])%97 == num(s[9:11]) && (num(s[6:9]) < 500) == (s[0] == 'G')
	}
	n := weigh(s, 8, 7, 6, 5, 4, 3, 2, 10, 1) % 97
	return n == 0 || num(s[:3]) >= 100 && (n == 42 || n == 55)
}

// gbNINO has letters that are never given.
func gbNINO(s string) bool {
	for _, never := range strings.Fields("BG GB KN NK NT TN ZZ") {
		if s[:2] == never {
			return false
		}
	}
	return strings.IndexByte("DFIQUV", s[0]) < 0 && strings.IndexByte("DFIOQUV", s[1]) < 0 && s[8] <= 'D'
}

// isKennitala: organisations have 40 added to the day.
func isKennitala(s string) bool {
	century, ok := map[byte]int{'8': 1800, '9': 1900, '0': 2000}[s[9]]
	day := num(s[:2])
	if day > 40 {
		day -= 40
	}
	return ok && isDate(century+num(s[4:6]), num(s[2:4]), day) && weigh(s, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// noFodselsnummer: 40 is added to the day of foreigners, to the month of those who have no number yet.
func noFodselsnummer(s string) bool {
	day, month, year, person := num(s[:2])%40, num(s[2:4])%40, num(s[4:6]), num(s[6:9])
	switch {
	case num(s[2:4]) >= 80 || num(s[:2]) >= 80:
		return false
	case person < 500, person >= 900 && year >= 40:
		year += 1900
	case person < 750 && year >= 54:
		year += 1800
	case year < 40:
		year += 2000
	default:
		return false
	}
	return isDate(year, month, day) && tail(s[:10], mod(-weigh(s, 3, 7, 6, 1, 8, 9, 4, 5, 2), 11)) && minus11(5, 4, 3, 2, 7, 6, 5, 4, 3, 2)(s)
}

func noKontonr(s string) bool {
	if len(s) == 7 {
		return luhn(s)
	}
	return minus11(5, 4, 3, 2, 7, 6, 5, 4, 3, 2)(s)
}

func noOrgnr(s string) bool { return minus11(3, 2, 7, 6, 5, 4, 3, 2)(s[:9]) }

func ruINN(s string) bool {
	if len(s) == 10 {
		return sums11(2, 4, 10, 3, 5, 9, 4, 6, 8)(s)
	}
	return sums11(7, 2, 4, 10, 3, 5, 9, 4, 6, 8)(s[:11]) && sums11(3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)(s)
}

func ruOGRN(s string) bool {
	if len(s) == 13 {
		return strings.IndexByte("1569", s[0]) >= 0 && tail(s, num(s[:12])%11%10)
	}
	return strings.IndexByte("34", s[0]) >= 0 && tail(s, num(s[:14])%13%10)
}

func trTCKimlik(s string) bool {
	odd, even := weigh(s, 1, 0, 1, 0, 1, 0, 1, 0, 1), weigh(s, 0, 1, 0, 1, 0, 1, 0, 1)
	ten := mod(odd*7-even, 10)
	return s[0] != '0' && digit(s, 9) == ten && tail(s, (odd+even+ten)%10)
}

func trVKN(s string) bool {
	n := 0
	for i := range 9 {
		if c := (digit(s, i) + 9 - i) % 10; c != 0 {
			if v := c << (9 - i) % 9; v == 0 {
				n += 9
			} else {
				n += v
			}
		}
	}
	return tail(s, mod(-n, 10))
}

// uaEDRPOU has other weights in the middle of its range.
func uaEDRPOU(s string) bool {
	weights := []int{1, 2, 3, 4, 5, 6, 7}
	if s[0] >= '3' && s[0] <= '5' {
		weights = []int{7, 1, 2, 3, 4, 5, 6}
	}
	n := weigh(s, weights...) % 11
	if n == 10 {
		for i := range weights {
			weights[i] += 2
		}
		n = weigh(s, weights...) % 11
	}
	return tail(s, n%10)
}
