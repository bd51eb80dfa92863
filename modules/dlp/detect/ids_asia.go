package detect

import "strings"

// Identifiers of Asia.
var asia = []Detector{
	{Name: "az.voen", Forms: "########## #########", Odds: 11, Validate: azVOEN, Keywords: "vöen voen"},
	{Name: "cn.ric", Forms: "#################*", Odds: 500, Validate: cnRIC, Keywords: "身份证 公民身份 resident_identity"},
	{Name: "cn.uscc", Forms: "**######**********", Odds: 31, Validate: cnUSCC, Keywords: "统一社会信用代码 uscc"},
	{Name: "id.npwp", Forms: "############### ################", Odds: 10, Validate: idNPWP, Keywords: "npwp pajak"},
	{Name: "il.hp", Forms: "5########", Odds: 10, Validate: luhn, Keywords: "ח.פ company_number"},
	{Name: "il.idnr", Forms: "######## #########", Odds: 10, Validate: luhn, Keywords: "teudat zehut תעודת ת.ז מספר_זהות"},
	{Name: "in.aadhaar", Forms: "############", Odds: 10, Validate: all(not(first("01")), not(mirrored), verhoeff), Keywords: "aadhaar aadhar uidai आधार"},
	{Name: "in.epic", Forms: "@@@#######", Odds: 10, Validate: part(3, 10, luhn), Keywords: "epic voter elector"},
	{Name: "in.gstin", Forms: "##@@@@@####@*Z*", Odds: 36, Validate: inGSTIN, Keywords: "gst gstin"},
	{Name: "in.pan", Forms: "@@@@@####@", Odds: 1, Validate: inPAN, Keywords: "pan permanent_account"},
	{Name: "in.vid", Forms: "################", Odds: 10, Validate: all(not(first("01")), not(mirrored), verhoeff), Keywords: "vid virtual_id aadhaar"},
	{Name: "jp.cn", Forms: "#############", Odds: 10, Validate: jpCN, Keywords: "法人番号 corporate_number"},
	{Name: "jp.in", Forms: "############", Odds: 11, Validate: func(s string) bool {
		n := mod(-weigh(s, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11)
		return tail(s, n%10)
	}, Keywords: "マイナンバー 個人番号 my_number mynumber"},
	{Name: "kr.brn", Forms: "##########", Odds: 1, Validate: krBRN, Keywords: "사업자등록번호 brn business_registration"},
	{Name: "kr.rrn", Forms: "#############", Odds: 80, Validate: krRRN, Keywords: "주민등록번호 rrn resident_registration"},
	{Name: "my.nric", Forms: "############", Odds: 1, Validate: myNRIC, Keywords: "nric mykad kad_pengenalan"},
	{Name: "pk.cnic", Forms: "#############", Odds: 1, Validate: all(first("1234567"), not(part(12, 13, first("0")))), Keywords: "cnic nadra"},
	{Name: "sg.nric", Forms: "S#######@ T#######@ F#######@ G#######@ M#######@", Odds: 11, Validate: sgNRIC, Keywords: "nric fin"},
	{Name: "sg.uen", Forms: "########@ #########@ @##@@####@", Odds: 11, Validate: sgUEN, Keywords: "uen acra"},
	{Name: "th.moa", Forms: "0############", Odds: 11, Validate: thPIN, Keywords: "moa juristic นิติบุคคล"},
	{Name: "th.pin", Forms: "#############", Odds: 11, Validate: all(first("12345678"), thPIN), Keywords: "บัตรประชาชน national_id pin"},
	{Name: "th.tin", Forms: "#############", Odds: 11, Validate: all(first("012345678"), thPIN), Keywords: "tin ผู้เสียภาษี"},
	{Name: "tw.ubn", Forms: "########", Odds: 10, Validate: twUBN, Keywords: "統一編號 统一编号 ubn gui"},
	{Name: "vn.mst", Forms: "########## #############", Odds: 11, Validate: vnMST, Keywords: "mst mã_số_thuế"},
}

// mirrored is the same from both ends; such numbers are not given.
func mirrored(s string) bool {
	for i := range len(s) / 2 {
		if s[i] != s[len(s)-1-i] {
			return false
		}
	}
	return true
}

// idNPWP: since 2024 people's tax number is their identity number, with 40 added to women's day of birth.
func idNPWP(s string) bool {
	if len(s) == 15 {
		return luhn(s[:9])
	}
	return s[0] == '0' && luhn(s[1:10]) || ddmmyy(string('0'+s[6]%'0'%4)+s[7:12])
}

func azVOEN(s string) bool {
	if len(s) == 9 {
		s = "0" + s
	}
	return (s[9] == '1' || s[9] == '2') && weigh(s, 4, 1, 8, 6, 2, 7, 5, 3)%11 == digit(s, 8)
}

var cnProvinces = starts("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83")

func cnRIC(s string) bool {
	return cnProvinces(s) && yyyymmdd(s[6:14]) && pure(s, 11, 2, "0123456789X")
}

// cnUSCC has no I, O, S, V and Z; its weights are the powers of three.
func cnUSCC(s string) bool {
	const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	n, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(letters, s[i])
		if v < 0 {
			return false
		}
		n, weight = n+v*weight, weight*3%31
	}
	return digits(s[:8]) && last(s, letters, mod(-n, 31))
}

func inPAN(s string) bool { return strings.IndexByte("ABCFGHJLPT", s[3]) >= 0 && s[5:9] != "0000" }

func inGSTIN(s string) bool {
	state := num(s[:2])
	known := 1 <= state && state <= 38 || state == 97 || state == 99
	return known && inPAN(s[2:12]) && s[12] != '0' && luhnSum(s, 36)%36 == 0
}

func jpCN(s string) bool {
	n := 0
	for i := range 12 {
		n += digit(s, 12-i) * (1 + i%2)
	}
	return digit(s, 0) == 9-n%9
}

// krBRN has a check digit, too, but there are businesses whose number has a wrong one.
func krBRN(s string) bool { return num(s[:3]) >= 101 && s[3:5] != "00" && s[5:9] != "0000" }

func krRRN(s string) bool {
	century := [...]int{1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800}[digit(s, 6)]
	return num(s[7:9]) <= 96 && isDate(century+num(s[:2]), num(s[2:4]), num(s[4:6])) &&
		tail(s, (11-weigh(s, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10)
}

// myNRIC: birthday and state of birth; there is no check digit.
func myNRIC(s string) bool {
	const never = " 00 17 18 19 20 69 70 73 80 81 94 95 96 97 "
	return yymmdd(s) && !strings.Contains(never, " "+s[6:8]+" ")
}

// sgNRIC: each series has its own letters.
func sgNRIC(s string) bool {
	n := weigh(s[1:], 2, 7, 6, 5, 4, 3, 2)
	switch s[0] {
	case 'S':
		return last(s, "JZIHGFEDCBA", n%11)
	case 'T':
		return last(s, "JZIHGFEDCBA", (n+4)%11)
	case 'F':
		return last(s, "XWUTRQPNMLK", n%11)
	case 'G':
		return last(s, "XWUTRQPNMLK", (n+4)%11)
	}
	return last(s, "XWUTRQPNJLK", 10-(n+3)%11)
}

var sgEntities = " CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM MQ NB NR PA PB PF RF RP SM SS TC TU VH XL "

func sgUEN(s string) bool {
	switch {
	case len(s) == 9:
		return last(s, "XMKECAWLJDB", weigh(s, 10, 4, 9, 3, 8, 2, 7, 1)%11)
	case s[0] <= '9':
		return num(s[:4]) <= latest && last(s, "ZKCMDNERGWH", weigh(s, 10, 8, 6, 4, 9, 7, 5, 3, 1)%11)
	}
	const letters = "ABCDEFGHJKLMNPQRSTUVWX0123456789"
	n := 0
	for i, w := range []int{4, 3, 5, 3, 10, 2, 2, 5, 7} {
		v := strings.IndexByte(letters, s[i])
		if v < 0 {
			return false
		}
		n += w * v
	}
	return strings.IndexByte("RST", s[0]) >= 0 && strings.Contains(sgEntities, " "+s[3:5]+" ") && last(s, letters, mod(n-5, 11))
}

func thPIN(s string) bool {
	return tail(s, (11-weigh(s, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10)
}

// twUBN adds the digits of the products; a seven at the seventh place may count as one more.
func twUBN(s string) bool {
	n := 0
	for i, w := range []int{1, 2, 1, 2, 1, 2, 4, 1} {
		v := digit(s, i) * w
		n += v/10 + v%10
	}
	return n%5 == 0 || s[6] == '7' && (n+1)%5 == 0
}

func vnMST(s string) bool {
	if len(s) == 13 && s[10:] == "000" || s[2:9] == "0000000" {
		return false
	}
	return tail(s[:10], 10-weigh(s, 31, 29, 23, 19, 17, 13, 7, 5, 3)%11)
}
