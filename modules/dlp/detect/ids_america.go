package detect

import "strings"

// Identifiers of both Americas.
var america = []Detector{
	{Name: "ar.cbu", Forms: "######################", Odds: 97, Validate: arCBU, Keywords: "cbu cuenta"},
	{Name: "ar.cuit", Forms: "###########", Odds: 80, Validate: all(starts("20 23 24 25 26 27 30 33 34 50 51 55"), arCUIT), Keywords: "cuit cuil"},
	{Name: "ar.dni", Forms: "####### ########", Odds: 1, Keywords: "dni documento"},
	{Name: "br.cnpj", Forms: "************##", Odds: 97, Validate: brCNPJ, Keywords: "cnpj"},
	{Name: "br.cpf", Forms: "###########", Odds: 97, Validate: brCPF, Keywords: "cpf"},
	{Name: "ca.bc_phn", Forms: "9#########", Odds: 80, Validate: caPHN, Keywords: "phn health_number"},
	{Name: "ca.bn", Forms: "######### #########RC#### #########RM#### #########RP#### #########RT####", Odds: 10,
		Validate: part(0, 9, luhn), Keywords: "business_number bn gst hst"},
	{Name: "ca.sin", Forms: "#########", Odds: 10, Validate: all(not(first("08")), luhn), Keywords: "sin social_insurance nas assurance_sociale"},
	{Name: "cl.rut", Forms: "########* #######*", Prefixes: "CL", Odds: 11, Validate: clRUT, Keywords: "rut run rol"},
	{Name: "co.nit", Forms: "######## ######### ########## ########### ############ ############# ############## ############### ################", Odds: 11,
		Validate: coNIT, Keywords: "nit rut tributaria"},
	{Name: "ec.ci", Forms: "##########", Odds: 80, Validate: ecCI, Keywords: "cédula cedula ci"},
	{Name: "mx.curp", Forms: "@@@@######@@@@@@*#", Odds: 97, Validate: mxCURP, Keywords: "curp"},
	{Name: "mx.rfc", Forms: "@@@######*** @@@@######*** @@@@######", Odds: 1, Validate: mxRFC, Keywords: "rfc contribuyentes"},
	{Name: "pe.ruc", Forms: "###########", Odds: 80, Validate: all(starts("10 15 16 17 20"), func(s string) bool {
		return tail(s, (11-weigh(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)%10)
	}), Keywords: "ruc"},
	{Name: "us.atin", Groups: "324", Forms: "#########", Odds: 1, Keywords: "atin adoption"},
	{Name: "us.ein", Groups: "27", Forms: "#########", Odds: 1, Validate: usEIN, Keywords: "ein fein employer_identification"},
	{Name: "us.itin", Groups: "324", Forms: "9########", Odds: 1, Validate: usITIN, Keywords: "itin individual_taxpayer taxpayer tax_id"},
	{Name: "us.ptin", Forms: "P########", Odds: 1, Keywords: "ptin preparer"},
	{Name: "us.rtn", Forms: "#########", Odds: 32, Validate: usRTN, Keywords: "routing aba rtn"},
	{Name: "us.ssn", Groups: "324", Forms: "#########", Odds: 1, Validate: usSSN, Keywords: "ssn social_security ssns ssid social"},
	{Name: "us.tin", Groups: "324 27", Forms: "#########", Odds: 1, Keywords: "tin taxpayer tax_id"},
	{Name: "uy.rut", Forms: "############", Prefixes: "UY", Odds: 500, Validate: uyRUT, Keywords: "rut"},
	{Name: "ve.rif", Forms: "@#########", Odds: 11, Validate: veRIF, Keywords: "rif"},
}

// arCBU has a check digit for the bank and one for the account.
func arCBU(s string) bool {
	check := func(s string) bool {
		n := 0
		for i := range len(s) - 1 {
			n += digit(s, len(s)-2-i) * [...]int{3, 1, 7, 9}[i%4]
		}
		return tail(s, mod(-n, 10))
	}
	return check(s[:8]) && check(s[8:])
}

func arCUIT(s string) bool {
	return last(s, "012345678990", 11-weigh(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)
}

// brCheck is Brazil's check digit; letters count as their ASCII code less 48.
func brCheck(s string, weights ...int) int {
	n := 0
	for i, w := range weights {
		n += w * (int(s[i]) - '0')
	}
	return mod(-n, 11) % 10
}

func brCNPJ(s string) bool {
	return !same(s) && digit(s, 12) == brCheck(s, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) &&
		digit(s, 13) == brCheck(s, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
}

func brCPF(s string) bool {
	return !same(s) && digit(s, 9) == brCheck(s, 10, 9, 8, 7, 6, 5, 4, 3, 2) &&
		digit(s, 10) == brCheck(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
}

func caPHN(s string) bool {
	n := 0
	for i, w := range []int{2, 4, 8, 5, 10, 9, 7, 3} {
		n += w * digit(s, i+1) % 11
	}
	return tail(s, mod(-n, 11))
}

func clRUT(s string) bool {
	n := 0
	for i := range len(s) - 1 {
		n += digit(s, len(s)-2-i) * (2 + i%6)
	}
	return last(s, "0123456789K", mod(-n, 11))
}

func coNIT(s string) bool {
	n := 0
	for i := range len(s) - 1 {
		n += digit(s, len(s)-2-i) * [...]int{3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71}[i]
	}
	return last(s, "01987654321", n%11)
}

func ecCI(s string) bool {
	province := num(s[:2])
	return (1 <= province && province <= 24 || province == 30 || province == 50) && s[2] <= '6' && luhn(s)
}

const curpLetters = "0123456789ABCDEFGHIJKLMN\x00OPQRSTUVWXYZ" // Ñ is at 24

var (
	curpStates = " AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS "
	curpNever  = " BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO FETO GETA GUEI GUEY " +
		"JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA KULO LILO LOCA LOCO LOKA LOKO MAME MAMO MEAR MEAS " +
		"MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE PIPI PITO POPO PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO TETA " +
		"VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY "
)

func mxCURP(s string) bool {
	century := 1900
	if s[16] > '9' {
		century = 2000
	}
	if !isDate(century+num(s[4:6]), num(s[6:8]), num(s[8:10])) || strings.IndexByte("HMX", s[10]) < 0 ||
		!strings.Contains(curpStates, " "+s[11:13]+" ") || strings.Contains(curpNever, " "+s[:4]+" ") {
		return false
	}
	n := 0
	for i := range 17 {
		n += strings.IndexByte(curpLetters, s[i]) * (18 - i)
	}
	return tail(s, mod(-n, 10))
}

var rfcNever = " BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COJA COJE COJI COJO CULO FETO GUEY JOTO KACA KACO KAGA KAGO KAKA KOGE KOJO " +
	"KULO MAME MAMO MEAR MEAS MEON MION MOCO MULA PEDA PEDO PENE PUTA PUTO QULO RATA RUIN "

// mxRFC: the check character is not trusted, for many real numbers have a wrong one.
func mxRFC(s string) bool {
	at := 3
	if s[3] > '9' {
		at = 4
		if strings.Contains(rfcNever, " "+s[:4]+" ") {
			return false
		}
	}
	if len(s) == at+9 && s[len(s)-1] > '9' && s[len(s)-1] != 'A' {
		return false
	}
	return yymmdd(s[at : at+6])
}

// usEIN: the first two digits are the campus that gave the number.
func usEIN(s string) bool {
	const never = " 00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97 "
	return !strings.Contains(never, " "+s[:2]+" ")
}

func usITIN(s string) bool {
	group := num(s[3:5])
	return group >= 70 && group != 89 && group != 93
}

func usRTN(s string) bool {
	n := num(s[:2])
	return (n <= 12 || 21 <= n && n <= 32 || 61 <= n && n <= 72 || n == 80) && num(s) > 0 && weigh(s, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
}

func usSSN(s string) bool {
	area := num(s[:3])
	return area != 0 && area != 666 && area < 900 && s[3:5] != "00" && s[5:] != "0000" && s != "078051120" && s != "219099999" && s != "457555462" && !same(s)
}

func uyRUT(s string) bool {
	n := num(s[:2])
	return 1 <= n && n <= 22 && s[2:8] != "000000" && s[8:11] == "001" && minus11(4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)(s)
}

func veRIF(s string) bool {
	n, ok := map[byte]int{'V': 4, 'E': 8, 'J': 12, 'P': 16, 'G': 20, 'C': 12}[s[0]]
	return ok && last(s, "00987654321", (n+weigh(s[1:], 3, 2, 7, 6, 5, 4, 3, 2))%11)
}
