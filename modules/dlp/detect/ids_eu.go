package detect

import "strings"

// Identifiers of the European Union. Each function after the table knows what a table cannot say.
var europeanUnion = []Detector{
	{Name: "at.uid", Forms: "U########", Prefixes: "AT", Odds: 10, Validate: func(s string) bool { return tail(s, mod(-luhnSum(s[1:8], 10)-4, 10)) },
		Keywords: "uid ust-idnr umsatzsteuer vat"},
	{Name: "at.vnr", Forms: "##########", Odds: 11, Validate: atVNR, Keywords: "svnr sozialversicherung versicherungsnummer sv-nummer ecard e-card"},
	{Name: "at.tin", Forms: "#########", Odds: 10, Validate: luhn, Keywords: "steuernummer abgabenkonto finanzamt st.nr"},
	{Name: "at.businessid", Forms: "#####@ ######@", Prefixes: "FN", Odds: 1, Keywords: "firmenbuch fn firmenbuchnummer"},
	{Name: "be.vat", Forms: "0######### 1######### #########", Prefixes: "BE", Odds: 97, Validate: beVAT, Keywords: "btw tva vat ondernemingsnummer entreprise kbo bce"},
	{Name: "be.nn", Forms: "###########", Odds: 97, Validate: beNN(0), Keywords: "rijksregister registre_national nationaal niss insz nrn"},
	{Name: "be.bis", Forms: "###########", Odds: 97, Validate: oneOf(beNN(20), beNN(40)), Keywords: "bis niss insz"},
	{Name: "be.ssn", Forms: "###########", Odds: 97, Validate: oneOf(beNN(0), beNN(20), beNN(40)), Keywords: "niss insz sociale_zekerheid sécurité_sociale"},
	{Name: "be.eid", Forms: "############", Odds: 97, Validate: mod97tail, Keywords: "eid identiteitskaart carte_d'identité kaartnummer"},
	{Name: "be.ogm_vcs", Forms: "############", Odds: 97, Validate: mod97tail, Keywords: "mededeling communication ogm vcs"},
	{Name: "bg.egn", Forms: "##########", Odds: 80, Validate: bgEGN, Keywords: "егн egn единен_граждански"},
	{Name: "bg.pnf", Forms: "##########", Odds: 10, Validate: bgPNF, Keywords: "лнч lnch pnf чужденец"},
	{Name: "bg.vat", Forms: "######### ##########", Prefixes: "BG", Odds: 10, Validate: bgVAT, Keywords: "ддс dds vat еик eik булстат bulstat"},
	{Name: "cy.vat", Forms: "########@", Prefixes: "CY", Odds: 26, Validate: cyVAT, Keywords: "φπα fpa vat"},
	{Name: "cz.dic", Forms: "######## ######### ##########", Prefixes: "CZ", Odds: 11, Validate: czDIC, Keywords: "dič dic daňové vat"},
	{Name: "cz.ico", Forms: "########", Odds: 10, Validate: czICO, Keywords: "ičo ico identifikační"},
	{Name: "cz.rc", Forms: "######### ##########", Odds: 11, Validate: czRC, Keywords: "rodné rodne rč rc"},
	{Name: "de.idnr", Forms: "###########", Odds: 20, Validate: deIDNr, Keywords: "steuer-id steuerid steueridentifikation identifikationsnummer idnr steuerliche tin"},
	{Name: "de.vat", Forms: "#########", Prefixes: "DE", Odds: 10, Validate: all(not(first("0")), iso1110), Keywords: "ust-id ustid umsatzsteuer ust-idnr vat"},
	{Name: "de.stnr", Forms: "########## ########### #############", Odds: 1, Validate: deStNr, Keywords: "steuernummer steuernr st.-nr stnr finanzamt"},
	{Name: "dk.cpr", Forms: "##########", Odds: 20, Validate: dkCPR, Keywords: "cpr cpr-nr personnummer cpr-nummer"},
	{Name: "dk.cvr", Forms: "########", Prefixes: "DK", Odds: 11, Validate: all(not(first("0")), sum(11, 2, 7, 6, 5, 4, 3, 2, 1)), Keywords: "cvr moms se-nr virksomhed"},
	{Name: "ee.ik", Forms: "###########", Odds: 80, Validate: all(bornAfterCentury, baltic), Keywords: "isikukood ik personal_code"},
	{Name: "ee.kmkr", Forms: "#########", Prefixes: "EE", Odds: 10, Validate: sum(10, 3, 7, 1, 3, 7, 1, 3, 7, 1), Keywords: "kmkr käibemaks vat"},
	{Name: "ee.registrikood", Forms: "########", Odds: 10, Validate: all(first("1789"), baltic), Keywords: "registrikood registri"},
	{Name: "es.dni", Forms: "########@", Odds: 23, Validate: esDNI, Keywords: "dni nif documento identidad"},
	{Name: "es.nie", Forms: "X#######@ Y#######@ Z#######@", Odds: 23, Validate: esNIE, Keywords: "nie extranjero"},
	{Name: "es.cif", Forms: "@#######*", Odds: 10, Validate: esCIF, Keywords: "cif nif empresa"},
	{Name: "es.nif", Forms: "########@ @#######*", Prefixes: "ES", Odds: 10, Validate: esNIF, Keywords: "nif cif iva vat"},
	{Name: "es.ccc", Forms: "####################", Odds: 97, Validate: esCCC, Keywords: "ccc cuenta"},
	{Name: "es.iban", Forms: "ES######################", Odds: 97, Validate: all(isIBAN, part(4, 24, esCCC)), Keywords: "iban cuenta"},
	{Name: "es.cups", Forms: "ES################@@ ES################@@#@", Odds: 500, Validate: esCUPS, Keywords: "cups suministro"},
	{Name: "es.postal_code", Forms: "#####", Odds: 1, Validate: between(0, 2, 1, 52), Keywords: "código_postal codigo_postal c.p."},
	{Name: "eu.vat", Forms: euForms, Odds: 10, Validate: euVAT, Keywords: "vat ust tva iva btw moms"},
	{Name: "eu.at_02", Forms: "@@##****# @@##*****# @@##******# @@##*******# @@##********# @@##*********# @@##**********# @@##***********# @@##************# " +
		"@@##*************# @@##********@ @@##*********@ @@##**********@ @@##***********@ @@##************@", Odds: 97, Validate: euAT02, Keywords: "creditor gläubiger-id sepa acreedor"},
	{Name: "fi.hetu", Forms: "#########* ######@###*", Odds: 80, Validate: fiHETU, Keywords: "hetu henkilötunnus henkilotunnus sotu personbeteckning"},
	{Name: "fi.alv", Forms: "########", Prefixes: "FI", Odds: 11, Validate: fiYTunnus, Keywords: "alv arvonlisävero vat"},
	{Name: "fi.ytunnus", Forms: "########", Odds: 11, Validate: fiYTunnus, Keywords: "y-tunnus ytunnus business_id"},
	{Name: "fi.veronumero", Forms: "############", Odds: 1, Keywords: "veronumero tax_number"},
	{Name: "fi.associationid", Forms: "#### ##### ######", Odds: 1, Keywords: "rekisterinumero yhdistys yhdistysrekisteri"},
	{Name: "fr.siren", Forms: "#########", Odds: 10, Validate: luhn, Keywords: "siren rcs entreprise"},
	{Name: "fr.siret", Forms: "##############", Odds: 10, Validate: frSIRET, Keywords: "siret établissement etablissement"},
	{Name: "fr.tva", Forms: "**#########", Prefixes: "FR", Odds: 97, Validate: frTVA, Keywords: "tva vat intracommunautaire"},
	{Name: "fr.nif", Forms: "#############", Odds: 500, Validate: all(first("0123"), func(s string) bool { return num(s[:10])%511 == num(s[10:]) }), Keywords: "nif numéro_fiscal fiscal spi impôt impots"},
	{Name: "fr.nir", Forms: "#####2@######## ###############", Odds: 97, Validate: frNIR, Keywords: "nir sécurité_sociale securite_sociale insee vitale"},
	{Name: "gr.vat", Forms: "######### ########", Prefixes: "EL GR", Odds: 10, Validate: grVAT, Keywords: "αφμ afm vat"},
	{Name: "gr.amka", Forms: "###########", Odds: 80, Validate: all(part(0, 6, ddmmyy), luhn), Keywords: "αμκα amka"},
	{Name: "hr.oib", Forms: "###########", Prefixes: "HR", Odds: 10, Validate: iso1110, Keywords: "oib osobni porezni"},
	{Name: "hu.anum", Forms: "########", Prefixes: "HU", Odds: 10, Validate: sum(10, 9, 7, 3, 1, 9, 7, 3, 1), Keywords: "adószám adoszam áfa vat"},
	{Name: "ie.pps", Forms: "#######@ #######@@", Odds: 23, Validate: iePPS, Keywords: "pps ppsn"},
	{Name: "ie.vat", Forms: "#######@ #######@@ #@#####@", Prefixes: "IE", Odds: 23, Validate: ieVAT, Keywords: "vat cbl"},
	{Name: "it.iva", Forms: "###########", Prefixes: "IT", Odds: 10, Validate: itIVA, Keywords: "iva partita p.iva vat"},
	{Name: "it.codicefiscale", Forms: "@@@@@@**@**@***@ ###########", Odds: 26, Validate: itCF, Keywords: "codice_fiscale fiscale cf c.f."},
	{Name: "lt.asmens", Forms: "###########", Odds: 80, Validate: oneOf(all(first("9"), baltic), all(bornAfterCentury, baltic)), Keywords: "asmens_kodas asmens"},
	{Name: "lt.pvm", Forms: "######### ############", Prefixes: "LT", Odds: 80, Validate: ltPVM, Keywords: "pvm vat"},
	{Name: "lu.tva", Forms: "########", Prefixes: "LU", Odds: 89, Validate: func(s string) bool { return num(s[:6])%89 == num(s[6:]) }, Keywords: "tva vat mwst"},
	{Name: "lv.pvn", Forms: "###########", Prefixes: "LV", Odds: 11, Validate: lvPVN, Keywords: "pvn personas_kods vat reģistrācijas"},
	{Name: "mt.vat", Forms: "########", Prefixes: "MT", Odds: 37, Validate: all(not(first("0")), sum(37, 3, 4, 6, 7, 8, 9, 10, 1)), Keywords: "vat"},
	{Name: "nl.bsn", Forms: "######### ########", Odds: 11, Validate: nlBSN, Keywords: "bsn burgerservicenummer sofinummer"},
	{Name: "nl.btw", Forms: "#########B## ########B## #######B##", Prefixes: "NL", Odds: 10, Validate: nlBTW, Keywords: "btw omzetbelasting vat"},
	{Name: "nl.onderwijsnummer", Forms: "10#######", Odds: 11, Validate: func(s string) bool { return mod(weigh(s, 9, 8, 7, 6, 5, 4, 3, 2, -1), 11) == 5 }, Keywords: "onderwijsnummer"},
	{Name: "nl.identiteitskaartnummer", Forms: "@@******#", Odds: 1, Validate: func(s string) bool { return !strings.Contains(s[:8], "O") }, Keywords: "identiteitskaart paspoort documentnummer id-kaart"},
	{Name: "nl.brin", Forms: "##@@", Odds: 1, Keywords: "brin brinnummer instelling"},
	{Name: "nl.postcode", Forms: "####@@", Odds: 1, Validate: all(not(first("0")), func(s string) bool { return !strings.Contains("SA SD SS", s[4:]) }), Keywords: "postcode"},
	{Name: "pl.nip", Forms: "##########", Prefixes: "PL", Odds: 11, Validate: minus11Plus(6, 5, 7, 2, 3, 4, 5, 6, 7), Keywords: "nip podatkowy vat"},
	{Name: "pl.pesel", Forms: "###########", Odds: 80, Validate: plPESEL, Keywords: "pesel"},
	{Name: "pl.regon", Forms: "######### ##############", Odds: 10, Validate: plREGON, Keywords: "regon"},
	{Name: "pt.nif", Forms: "#########", Prefixes: "PT", Odds: 11, Validate: all(not(first("0")), minus11or0(9, 8, 7, 6, 5, 4, 3, 2)), Keywords: "nif nipc contribuinte"},
	{Name: "pt.cc", Forms: "#########**#", Odds: 10, Validate: ptCC, Keywords: "cartão_de_cidadão cartao cidadão cc"},
	{Name: "ro.cnp", Forms: "#############", Odds: 80, Validate: roCNP, Keywords: "cnp numeric_personal"},
	{Name: "ro.cui", Forms: "## ### #### ##### ###### ####### ######## ######### ##########", Prefixes: "RO", Odds: 10, Validate: roCUI, Keywords: "cui cif fiscal"},
	{Name: "ro.cf", Forms: "## ### #### ##### ###### ####### ######## ######### ########## #############", Prefixes: "RO", Odds: 10, Validate: roCF, Keywords: "cod_fiscal cif cui tva"},
	{Name: "se.orgnr", Forms: "##########", Odds: 10, Validate: luhn, Keywords: "orgnr organisationsnummer org.nr"},
	{Name: "se.personnummer", Forms: "########## ############", Odds: 80, Validate: sePersonnummer, Keywords: "personnummer personnr samordningsnummer"},
	{Name: "se.vat", Forms: "##########01", Prefixes: "SE", Odds: 10, Validate: part(0, 10, luhn), Keywords: "moms vat momsreg"},
	{Name: "se.postnummer", Forms: "#####", Prefixes: "SE", Odds: 1, Validate: not(first("0")), Keywords: "postnummer postnr"},
	{Name: "si.ddv", Forms: "########", Prefixes: "SI", Odds: 11, Validate: all(not(first("0")), siDDV), Keywords: "ddv davčna davcna vat"},
	{Name: "si.emso", Forms: "#############", Odds: 80, Validate: siEMSO, Keywords: "emšo emso jmbg"},
	{Name: "si.maticna", Forms: "####### #######*##", Odds: 10, Validate: siMaticna, Keywords: "matična maticna"},
	{Name: "sk.dph", Forms: "##########", Prefixes: "SK", Odds: 11, Validate: skDPH, Keywords: "dph ič_dph vat"},
	{Name: "sk.ico", Forms: "########", Odds: 10, Validate: czICO, Keywords: "ičo ico"},
	{Name: "sk.rc", Forms: "######### ##########", Odds: 11, Validate: czRC, Keywords: "rodné rodne rč"},
}

// minus11Plus is a sum modulo 11 that is the last digit; a ten is no number.
func minus11Plus(weights ...int) func(string) bool {
	return func(s string) bool { return tail(s, weigh(s, weights...)%11) }
}

// mod97tail: the last two digits are the others modulo 97, 97 for none.
func mod97tail(s string) bool {
	n, check := rest(s[:len(s)-2], 97), num(s[len(s)-2:])
	return n == check || n == 0 && check == 97
}

func atVNR(s string) bool {
	return s[0] != '0' && weigh(s, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)%11 == digit(s, 3)
}

func beVAT(s string) bool {
	if len(s) == 9 {
		s = "0" + s
	}
	return num(s[:8]) > 0 && 97-num(s[:8])%97 == num(s[8:])
}

// beNN is the number of a person; months count from a base that tells foreigners of known (40) and unknown (20) sex.
func beNN(base int) func(string) bool {
	return func(s string) bool {
		n, check := num(s[:9]), 97-num(s[9:])
		month, day := num(s[2:4])-base, num(s[4:6])
		known := month == 0 || isDate(-1, month, max(day, 1))
		if month < 0 || month > 12 || !known || same(s) {
			return false
		}
		year := num(s[:2])
		if n%97 == check {
			return month == 0 || day == 0 || isDate(1900+year, month, day)
		}
		return (2_000_000_000+n)%97 == check && 2000+year <= latest && (month == 0 || day == 0 || isDate(2000+year, month, day))
	}
}

// bgEGN: months above 20 are of the 19th, above 40 of the 21st century.
func bgEGN(s string) bool {
	year, month := 1900+num(s[:2]), num(s[2:4])
	switch {
	case month > 40:
		year, month = year+100, month-40
	case month > 20:
		year, month = year-100, month-20
	}
	return isDate(year, month, num(s[4:6])) && sums11(2, 4, 8, 5, 10, 9, 7, 3, 6)(s)
}

func bgPNF(s string) bool { return tail(s, weigh(s, 21, 19, 17, 13, 11, 9, 7, 3, 1)%10) }

func bgVAT(s string) bool {
	if len(s) == 10 {
		return bgEGN(s) || bgPNF(s) || minus11(4, 3, 2, 7, 6, 5, 4, 3, 2)(s)
	}
	check := weigh(s, 1, 2, 3, 4, 5, 6, 7, 8) % 11
	if check == 10 {
		check = weigh(s, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10
	}
	return tail(s, check)
}

// cyVAT translates the digits at odd places before they are summed.
func cyVAT(s string) bool {
	n := 0
	for i := range 8 {
		if i%2 == 0 {
			n += [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}[digit(s, i)]
		} else {
			n += digit(s, i)
		}
	}
	return s[:2] != "12" && int(s[8]-'A') == n%26
}

func czICO(s string) bool {
	check := mod(11-weigh(s, 8, 7, 6, 5, 4, 3, 2), 11)
	if check == 0 {
		check = 1
	}
	return tail(s, check%10)
}

func czDIC(s string) bool {
	switch {
	case len(s) == 8:
		return s[0] != '9' && czICO(s)
	case len(s) == 9 && s[0] == '6':
		return tail(s, mod(8-mod(10-weigh(s[1:], 8, 7, 6, 5, 4, 3, 2), 11), 10)) || czRC(s)
	}
	return czRC(s)
}

// czRC: women have 50 added to the month; 20 more where a day ran out of numbers. Before 1954 there was no check digit.
func czRC(s string) bool {
	year, month := 1900+num(s[:2]), num(s[2:4])%50
	if month > 20 {
		month -= 20
	}
	if len(s) == 9 {
		if year >= 1980 {
			year -= 100
		}
		return year <= 1953 && isDate(year, month, num(s[4:6]))
	}
	if year < 1954 {
		year += 100
	}
	check := num(s[:9]) % 11
	if year < 1985 {
		check %= 10
	}
	return isDate(year, month, num(s[4:6])) && tail(s, check)
}

// deIDNr: of the first ten digits one or two are there twice or thrice, the others once at most.
func deIDNr(s string) bool {
	var n [10]int
	for i := range 10 {
		n[digit(s, i)]++
	}
	twice := 0
	for _, c := range n {
		switch {
		case c > 3:
			return false
		case c > 1:
			twice++
		}
	}
	return s[0] != '0' && twice == 1 && iso1110(s)
}

// deStNr: the long form starts with the Land's number and has a 0 behind the tax office.
func deStNr(s string) bool {
	if len(s) != 13 {
		return true
	}
	lands := starts("5 9 10 11 21 22 23 24 26 27 28 30 31 32 40 41")
	return s[4] == '0' && lands(s)
}

// dkCPR: the seventh digit tells the century. The check digit is no longer kept since 2007.
func dkCPR(s string) bool {
	year := num(s[4:6])
	switch c := digit(s, 6); {
	case c <= 3, (c == 4 || c == 9) && year > 36:
		year += 1900
	case c == 4 || c == 9 || year <= 57:
		year += 2000
	default:
		year += 1800
	}
	return year <= latest && isDate(year, num(s[2:4]), num(s[:2]))
}

// bornAfterCentury: the first digit tells sex and century, then comes the birthday.
func bornAfterCentury(s string) bool {
	c := digit(s, 0)
	return 1 <= c && c <= 8 && isDate(1800+(c-1)/2*100+num(s[1:3]), num(s[3:5]), num(s[5:7]))
}

// baltic is the check digit of Estonia and Lithuania: weights from 1, and if that gives ten, from 3.
func baltic(s string) bool {
	check := 10
	for _, from := range []int{0, 2} {
		n := 0
		for i := range len(s) - 1 {
			n += digit(s, i) * (1 + (i+from)%9)
		}
		if check = n % 11; check != 10 {
			break
		}
	}
	return tail(s, check%10)
}

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

func esDNI(s string) bool { return last(s, dniLetters, num(s[:8])%23) }

func esNIE(s string) bool {
	return last(s, dniLetters, num(string("012"[s[0]-'X'])+s[1:8])%23)
}

func esCIF(s string) bool {
	if strings.IndexByte("ABCDEFGHJNPQRSUVW", s[0]) < 0 {
		return false
	}
	check := mod(-luhnSum(s[1:8]+"0", 10), 10)
	return last(s, "0123456789", check) || last(s, "JABCDEFGHI", check)
}

func esNIF(s string) bool {
	switch {
	case s[0] <= '9':
		return esDNI(s)
	case strings.IndexByte("KLM", s[0]) >= 0:
		return last(s, dniLetters, num(s[1:8])%23)
	case s[0] >= 'X':
		return esNIE(s)
	}
	return esCIF(s)
}

func esCCC(s string) bool {
	check := func(part string) int {
		n := mod(-weigh(part, 1, 2, 4, 8, 5, 10, 9, 7, 3, 6), 11)
		if n == 10 {
			n = 1
		}
		return n
	}
	return digit(s, 8) == check("00"+s[:8]) && digit(s, 9) == check(s[10:])
}

func esCUPS(s string) bool {
	n := num(s[2:18]) % 529
	if len(s) == 22 && strings.IndexByte("FPRCXYZ", s[21]) < 0 {
		return false
	}
	return s[18] == dniLetters[n/23] && s[19] == dniLetters[n%23]
}

var euForms = strings.ReplaceAll(" "+hashes(2, 12), " #", " @@#") +
	"@@U######## @@*######## @@########@ @@#######@ @@#######@@ @@#@#####@ @@@#######* @@**######### @@#########B## @@########B## @@#######B##"

// euMembers are the numbers of the member states in ISO 3166, which stand in numbers of the one-stop shop.
var euMembers = starts("040 056 100 191 196 203 208 233 246 250 276 300 348 372 380 428 440 442 470 528 616 620 642 703 705 724 752")

// euChecks are the kinds of the VAT numbers of each country.
var euChecks = map[string]string{"AT": "at.uid", "BE": "be.vat", "BG": "bg.vat", "CY": "cy.vat", "CZ": "cz.dic", "DE": "de.vat", "DK": "dk.cvr",
	"EE": "ee.kmkr", "EL": "gr.vat", "ES": "es.nif", "FI": "fi.alv", "FR": "fr.tva", "GR": "gr.vat", "HR": "hr.oib", "HU": "hu.anum", "IE": "ie.vat",
	"IT": "it.iva", "LT": "lt.pvm", "LU": "lu.tva", "LV": "lv.pvn", "MT": "mt.vat", "NL": "nl.btw", "PL": "pl.nip", "PT": "pt.nif",
	"RO": "ro.cf", "SE": "se.vat", "SI": "si.ddv", "SK": "sk.dph", "XI": "gb.vat"}

// euVAT asks the country.
func euVAT(s string) bool {
	if s[:2] == "EU" {
		return len(s) == 11 && digits(s[2:]) && euMembers(s[2:])
	}
	check, ok := euChecks[s[:2]]
	return ok && Valid(check, s[2:])
}

// euAT02 is the SEPA creditor identifier: the three characters of the business do not count.
func euAT02(s string) bool {
	return len(s) > 7 && bbans[s[:2]] != nil && rest(s[7:]+s[:4], 97) == 1
}

const hetuLetters = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// fiHETU: the mark tells the century; the dash of the 20th is a separator here and so is gone.
func fiHETU(s string) bool {
	century, n := 1900, s[6:]
	if len(s) == 11 {
		switch {
		case strings.IndexByte("ABCDEF", s[6]) >= 0:
			century = 2000
		case strings.IndexByte("YXWVU", s[6]) < 0:
			return false
		}
		n = s[7:]
	}
	return num(n[:3]) >= 2 && num(n[:3]) < 900 && isDate(century+num(s[4:6]), num(s[2:4]), num(s[:2])) &&
		last(s, hetuLetters, num(s[:6]+n[:3])%31)
}

func fiYTunnus(s string) bool { return sum(11, 7, 9, 10, 5, 8, 4, 2, 1)(s) }

// frSIRET: La Poste numbers its offices so that the plain sum of digits is a multiple of five.
func frSIRET(s string) bool {
	if s[:9] == "356000000" {
		return weigh(s, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)%5 == 0 || luhn(s)
	}
	return luhn(s[:9]) && luhn(s)
}

// frTVA: two digits, or since they ran out letters without I and O among them.
func frTVA(s string) bool { return frTVAKey(s) && (luhn(s[2:]) || s[2:5] == "000") }

func frTVAKey(s string) bool {
	const letters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	siren := num(s[2:])
	if digits(s[:2]) {
		return num(s[:2]) == (siren%97*100+12)%97
	}
	a, b := strings.IndexByte(letters, s[0]), strings.IndexByte(letters, s[1])
	if a < 0 || b < 0 {
		return false
	}
	check := a*34 + b - 100
	if a < 10 {
		check = a*24 + b - 10
	}
	return check >= 0 && (siren+1+check/11)%11 == check%11
}

// frNIR: Corsica's departments are 2A and 2B.
func frNIR(s string) bool {
	switch {
	case s[6] == 'A' && s[5] == '2':
		s = s[:5] + "19" + s[7:]
	case s[6] == 'B' && s[5] == '2':
		s = s[:5] + "18" + s[7:]
	case s[6] > '9':
		return false
	}
	return s[0] != '0' && 97-num(s[:13])%97 == num(s[13:])
}

func grVAT(s string) bool {
	if len(s) == 8 {
		s = "0" + s
	}
	return tail(s, weigh(s, 256, 128, 64, 32, 16, 8, 4, 2)%11%10) && num(s) > 0
}

const ppsLetters = "WABCDEFGHIJKLMNOPQRSTUV"

// iePPS: a second letter counts nine times, except for the old W, T and X.
func iePPS(s string) bool {
	n := weigh(s, 8, 7, 6, 5, 4, 3, 2)
	if len(s) == 9 {
		switch c := s[8]; {
		case 'A' <= c && c <= 'I':
			n += 9 * int(c-'A'+1)
		case c != 'W' && c != 'T' && c != 'X':
			return false
		}
	}
	return s[7] == ppsLetters[n%23]
}

func ieVAT(s string) bool {
	if s[1] > '9' {
		return iePPS("0" + s[2:7] + s[:1] + s[7:])
	}
	return iePPS(s)
}

// itIVA: the three digits before the last are the office that gave the number.
func itIVA(s string) bool {
	office := num(s[7:10])
	known := 1 <= office && office <= 100 || office == 120 || office == 121 || office == 888 || office == 999
	return num(s[:7]) > 0 && known && luhn(s)
}

// itCF: digits may be letters where two people would have one code.
func itCF(s string) bool {
	if len(s) == 11 {
		return itIVA(s)
	}
	plain := []byte(s)
	for _, i := range []int{6, 7, 9, 10, 12, 13, 14} {
		if v := strings.IndexByte("LMNPQRSTUV", s[i]); v >= 0 {
			plain[i] = byte('0' + v)
		}
	}
	day := num(string(plain[9:11]))
	month := strings.IndexByte("ABCDEHLMPRST", s[8]) + 1
	if !digits(string(plain[12:15])) || !isDate(1900+num(string(plain[6:8])), month, day%40) && !isDate(2000+num(string(plain[6:8])), month, day%40) {
		return false
	}
	n := 0
	for i := range 15 {
		v := value(s[i])
		if v > 9 {
			v -= 10
		}
		if i%2 == 0 {
			v = [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}[v]
		}
		n += v
	}
	return day < 72 && int(s[15]-'A') == n%26
}

func ltPVM(s string) bool { return s[len(s)-2] == '1' && baltic(s) }

func lvPVN(s string) bool {
	if s[0] > '3' {
		return weigh(s, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)%11 == 3
	}
	century := 1800 + digit(s, 6)*100
	born := s[:2] == "32" || isDate(century+num(s[4:6]), num(s[2:4]), num(s[:2])) // 32 is no day: the new numbers tell none
	return born && tail(s, (1+weigh(s, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9))%11%10)
}

func nlBSN(s string) bool {
	if len(s) == 8 {
		s = "0" + s
	}
	return num(s) > 0 && weigh(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0
}

func nlBTW(s string) bool {
	for len(s) < 12 {
		s = "0" + s
	}
	return num(s[10:]) > 0 && (nlBSN(s[:9]) || rest("NL"+s, 97) == 1)
}

// plPESEL: the century is told by 20, 40, 60 or 80 added to the month.
func plPESEL(s string) bool {
	month := num(s[2:4])
	century := [...]int{1900, 2000, 2100, 2200, 1800}[month/20]
	return isDate(century+num(s[:2]), month%20, num(s[4:6])) && (weigh(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)+digit(s, 10))%10 == 0
}

func plREGON(s string) bool {
	short := sums11(8, 9, 2, 3, 4, 5, 6, 7)
	if len(s) == 9 {
		return short(s)
	}
	return short(s[:9]) && sums11(2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)(s)
}

// ptCC is Luhn with letters as numbers, of which not the digits but the nine is taken.
func ptCC(s string) bool {
	n := 0
	for i := range len(s) {
		v := value(s[len(s)-1-i])
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		n += v
	}
	return n%10 == 0
}

func roCNP(s string) bool {
	c := digit(s, 0)
	century := [...]int{1900, 1900, 1900, 1800, 1800, 2000, 2000, 1900, 1900, 1900}[c]
	county := num(s[7:9])
	known := 1 <= county && county <= 48 || county == 51 || county == 52 || county == 70 || 80 <= county && county <= 83
	check := weigh(s, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
	if check == 10 {
		check = 1
	}
	return c > 0 && known && isDate(century+num(s[1:3]), num(s[3:5]), num(s[5:7])) && tail(s, check)
}

func roCUI(s string) bool {
	if s[0] == '0' {
		return false
	}
	n := 0
	for i := range len(s) - 1 {
		n += digit(s, len(s)-2-i) * [...]int{2, 3, 5, 7, 1, 2, 3, 5, 7}[i]
	}
	return tail(s, n*10%11%10)
}

func roCF(s string) bool {
	if len(s) == 13 {
		return roCNP(s)
	}
	return roCUI(s)
}

func sePersonnummer(s string) bool {
	if len(s) == 12 {
		day := num(s[6:8]) % 60
		return isDate(num(s[:4]), num(s[4:6]), day) && num(s[:4]) >= 1800 && luhn(s[2:])
	}
	month, day := num(s[2:4]), num(s[4:6])%60
	year := num(s[:2])
	return (isDate(1900+year, month, day) || isDate(2000+year, month, day)) && luhn(s)
}

func siDDV(s string) bool {
	check := 11 - weigh(s, 8, 7, 6, 5, 4, 3, 2)%11
	return check != 11 && tail(s, check%10)
}

// siEMSO: the year has three digits.
func siEMSO(s string) bool {
	year := 1000 + num(s[4:7])
	if year < 1800 {
		year += 1000
	}
	return isDate(year, num(s[2:4]), num(s[:2])) && minus11or0(7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)(s)
}

func siMaticna(s string) bool {
	n := 11 - weigh(s[:6], 7, 6, 5, 4, 3, 2)%11
	return n != 11 && digit(s, 6) == n%10
}

func skDPH(s string) bool {
	return s[0] != '0' && strings.IndexByte("2346789", s[2]) >= 0 && num(s)%11 == 0
}
