package detect

// Identifiers of Africa, Australia and New Zealand.
var africaAndPacific = []Detector{
	{Name: "au.abn", Forms: "###########", Odds: 89, Validate: auABN, Keywords: "abn business_number"},
	{Name: "au.acn", Forms: "#########", Odds: 10, Validate: func(s string) bool { return tail(s, mod(-weigh(s, 8, 7, 6, 5, 4, 3, 2, 1), 10)) }, Keywords: "acn company_number"},
	{Name: "au.tfn", Forms: "######### ########", Odds: 11, Validate: sum(11, 1, 4, 3, 7, 5, 8, 6, 9, 10), Keywords: "tfn tax_file"},
	{Name: "ke.pin", Forms: "A#########@ P#########@", Odds: 1, Keywords: "kra pin"},
	{Name: "ma.ice", Forms: "###############", Odds: 97, Validate: func(s string) bool { return rest(s, 97) == 0 }, Keywords: "ice"},
	{Name: "nz.ird", Forms: "######### ########", Odds: 11, Validate: nzIRD, Keywords: "ird inland_revenue"},
	{Name: "za.idnr", Forms: "#############", Odds: 80, Validate: all(part(0, 6, yymmdd), part(10, 11, first("012")), luhn), Keywords: "id_number identity said"},
	{Name: "za.tin", Forms: "##########", Odds: 10, Validate: all(first("01239"), luhn), Keywords: "tax_reference sars tin"},
}

func auABN(s string) bool {
	return s[0] != '0' && (weigh(s, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

// nzIRD has a second row of weights where the first gives ten.
func nzIRD(s string) bool {
	if len(s) == 8 {
		s = "0" + s
	}
	n := mod(-weigh(s, 3, 2, 7, 6, 5, 4, 3, 2), 11)
	if n == 10 {
		n = mod(-weigh(s, 7, 4, 3, 2, 5, 2, 7, 6), 11)
	}
	return num(s) > 10_000_000 && num(s) < 150_000_000 && tail(s, n)
}
