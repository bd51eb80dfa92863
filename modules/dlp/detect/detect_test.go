package detect

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
)

func TestKnownNumbers(t *testing.T) {
	tests := []struct{ kind, right, wrong string }{
		{"at.uid", "ATU13585627", "ATU13585626"},
		{"au.abn", "51 824 753 556", "52 824 753 556"},
		{"au.tfn", "123 456 782", "123 456 783"},
		{"be.nn", "85.07.30-033.28", "85.07.30-033.29"},
		{"br.cnpj", "11.222.333/0001-81", "11.222.333/0001-82"},
		{"br.cpf", "111.444.777-35", "111.111.111-11"},
		{"ca.sin", "123-456-782", "046 454 286"},
		{"ch.ssn", "756.9217.0769.85", "756.9217.0769.84"},
		{"cl.rut", "12.531.909-2", "12.531.909-3"},
		{"cn.ric", "11010519491231002X", "110105194912310021"},
		{"cz.rc", "710319/2745", "110349/2745"},
		{"de.idnr", "86 095 742 719", "86 095 742 718"},
		{"de.vat", "DE 136 695 976", "DE 136 695 978"},
		{"dk.cvr", "DK 13585628", "DK 13585627"},
		{"ee.ik", "37605030299", "37605030298"},
		{"es.cif", "J99216582", "J99216583"},
		{"es.dni", "12345678-Z", "12345678-A"},
		{"es.nie", "X-1234567-L", "X-1234567-A"},
		{"eu.vat", "FR 40 303 265 045", "FR 41 303 265 045"},
		{"fi.hetu", "131052-308T", "131052-308U"},
		{"fr.siren", "732 829 320", "732 829 321"},
		{"fr.siret", "732 829 320 00074", "732 829 320 00075"},
		{"gb.nhs", "943 476 5919", "943 476 5871"},
		{"gb.nino", "AB 12 34 56 C", "QQ 12 34 56 C"},
		{"gb.utr", "1955839661", "2955839661"},
		{"hr.oib", "33392005961", "33392005962"},
		{"hu.anum", "HU-12892312", "HU-12892313"},
		{"ie.pps", "6433435F", "6433435E"},
		{"in.gstin", "27AAPFU0939F1ZV", "27AAPFU0939F1ZA"},
		{"it.codicefiscale", "RSSMRA85T10A562S", "RSSMRA85T10A562T"},
		{"it.iva", "00743110157", "00743110158"},
		{"jp.in", "1234 5678 9018", "1234 5678 9012"},
		{"lu.tva", "LU 150 274 42", "LU 150 274 43"},
		{"mx.curp", "BOXW310820HNERXN09", "BOXW310820HNERXN08"},
		{"nl.bsn", "111.222.333", "111.222.334"},
		{"nz.ird", "49-091-850", "150000001"},
		{"pl.pesel", "44051401359", "44051401358"},
		{"pt.nif", "PT 501 964 843", "PT 501 964 842"},
		{"ro.cnp", "1630615123457", "1630615123458"},
		{"se.orgnr", "556016-0680", "556016-0681"},
		{"se.personnummer", "811218-9876", "811318-9876"},
		{"sg.nric", "S1234567D", "S1234567A"},
		{"tr.tckimlik", "10000000146", "10000000147"},
		{"us.rtn", "111000025", "111000026"},
		{"us.ssn", "536-90-4399", "666-00-0000"},
		{"za.idnr", "8001015009087", "8001015009086"},
	}
	for _, tt := range tests {
		if !Valid(tt.kind, tt.right) {
			t.Errorf("%s: %s is not valid", tt.kind, tt.right)
		}
		if Valid(tt.kind, tt.wrong) {
			t.Errorf("%s: %s is valid", tt.kind, tt.wrong)
		}
		text := "Hello, " + Keywords(tt.kind)[0] + ": " + tt.right + ". Bye"
		found := Text(text, []string{tt.kind})
		if len(found) != 1 || !strings.HasSuffix(text[found[0].From:found[0].To], tt.right[len(tt.right)-4:]) || found[0].Score < 60 {
			t.Errorf("%s: found %v in %q", tt.kind, found, text)
		}
	}
}

// fill fills a form at random until the number is right; "" if that does not happen.
func fill(r *rand.Rand, d *Detector) string {
	forms := strings.Fields(d.Forms)
	for range 20000 {
		b := []byte(forms[r.Intn(len(forms))])
		for i, c := range b {
			switch c {
			case '#':
				b[i] = alnum[r.Intn(10)]
			case '@':
				b[i] = alnum[10+r.Intn(26)]
			case '*':
				b[i] = alnum[r.Intn(36)]
			}
		}
		if d.Validate(string(b)) {
			return string(b)
		}
	}
	return ""
}

func TestOneWrongDigitIsSeen(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, name := range strings.Fields("fr.siren se.orgnr ca.sin de.vat hr.oib rs.pib de.idnr in.vid in.aadhaar ch.ssn be.eid nl.bsn hu.anum " +
		"ee.kmkr us.rtn fi.ytunnus dk.cvr no.orgnr gb.nhs za.tin fr.nif es.dni lu.tva mt.vat au.abn") {
		for range 20 {
			number := fill(r, kinds[name])
			if number == "" {
				t.Fatalf("%s: no number found", name)
			}
			for i := range len(number) {
				for c := byte('0'); c <= '9'; c++ {
					other := number[:i] + string(c) + number[i+1:]
					if number[i] <= '9' && c != number[i] && Valid(name, other) {
						t.Fatalf("%s: %s and %s are both valid", name, number, other)
					}
				}
			}
		}
	}
}

func TestVerhoeffSeesNeighboursSwapped(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 100 {
		number := fill(r, kinds["in.vid"])
		for i := range len(number) - 1 {
			b := []byte(number)
			b[i], b[i+1] = b[i+1], b[i]
			if string(b) != number && verhoeff(string(b)) {
				t.Fatalf("%s and %s are both valid", number, b)
			}
		}
	}
}

func TestISO7064(t *testing.T) {
	if !pure("07940", 11, 2, "0123456789X") || !pure("079X", 11, 2, "0123456789X") {
		t.Error("mod 11-2 does not know the examples of the standard")
	}
	if !iso1110("07945") || iso1110("07946") {
		t.Error("mod 11-10 does not know the example of the standard")
	}
	if !hybrid("A12425GABC1234002M", 36) || rest("08686001256515001121751", 97) != 1 {
		t.Error("mod 37-36 or 97-10 does not know an example")
	}
}

func TestNumbersAreFoundHoweverWritten(t *testing.T) {
	for _, text := range []string{
		"4929 1234 5678 9015", "4929-1234-5678-9015", "4929.1234.5678.9015", "4929\u00a01234\u00a05678\u00a09015",
		"4929\u20091234\u20095678\u20099015", "4929\u200b123456789015", "49291\u00ad23456789015", "４９２９１２３４５６７８９０１５",
		"٤٩٢٩١٢٣٤٥٦٧٨٩٠١٥", "४९२९ १२३४ ५६७८ ९०१५", "4929–1234–5678–9015", "cc4929123456789015", "カード4929123456789015です", "(4929123456789015)",
	} {
		if found := Text("Zu "+text+" bitte", []string{Card}); len(found) != 1 || found[0].Kind != "visa" || found[0].Masked != "************9015" {
			t.Errorf("%q: %v", text, found)
		}
	}
	for _, text := range []string{
		"https://example.org/o/4929123456789015", "https://example.org/?o=4929123456789015", "+4929123456789015", "04929123456789015", "a4929123456789015b", "0.4929123456789015",
		"4929123456789014", "4929,1234,5678,9015", "4929\n1234\n5678\n9015", "/orders/4929123456789015/x", "1 4929 12 34 56 78 90 15 1",
	} {
		if found := Text("Zu "+text+" bitte", []string{Card}); len(found) != 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
}

func TestReservedCardNumbersAreASwitch(t *testing.T) {
	const text = "card 4111 1111 1111 1111"
	if found := Find(text, Options{}); slices.ContainsFunc(found, func(f Finding) bool { return f.Type == Card }) {
		t.Errorf("%v", found)
	}
	if found := Find(text, Options{Want: []string{Card}, TestNumbers: true}); len(found) != 1 || found[0].Score != 20 {
		t.Errorf("%v", found)
	}
}

func TestGroupsAreASwitch(t *testing.T) {
	const text = "Hello 49 29 12 34 56 78 90 15 there"
	if found := Text(text, []string{Card}); len(found) != 1 || found[0].Score != 60 {
		t.Errorf("%v", found)
	}
	if found := Find(text, Options{Want: []string{Card}, Grouped: true}); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

func TestIBAN(t *testing.T) {
	for _, text := range []string{"DE89370400440532013000", "de89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19", "IBANDE89370400440532013000",
		"DE89-3704-0044-0532-0130-00", "mt84malt011000012345mtlcast001s"} {
		found := Text("Pay to "+text+", thanks", []string{IBAN})
		if len(found) != 1 || found[0].Score < 95 || !strings.HasPrefix(found[0].Masked, "****") {
			t.Errorf("%q: %v", text, found)
		}
	}
	for _, text := range []string{"DE88370400440532013000", "DE8937040044053201300", "ZZ89370400440532013000", "xDE89370400440532013000", "DE893704004405320130001"} {
		if found := Text("Pay to "+text+", thanks", []string{IBAN}); len(found) != 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
}

func TestKeywordsDecide(t *testing.T) {
	tests := []struct {
		text, kind string
		score      int
	}{
		{"order 536-90-4399 of today", "us.ssn", 0}, // no check digit, no word
		{"my SSN is 536-90-4399", "us.ssn", 60},
		{"Grassneck 536-90-4399", "us.ssn", 0}, // a short word has to be whole
		{"order 732829320 of today", "fr.siren", 30},
		{"SIREN 732829320", "fr.siren", 80},
		{"room 19 today", "ro.cui", 0}, // too short to count alone
		{"CUI 19", "ro.cui", 80},
		{"7 3 2 8 2 9 3 2 0", "fr.siren", 0}, // a row of numbers
		{"85.07.30-033.28", "be.nn", 55},
		{"Rijksregister 85.07.30-033.28", "be.nn", 95},
		{"ATU13585627", "at.uid", 40},
		{"DE136695976 here", "de.vat", 40},
	}
	for _, tt := range tests {
		score := 0
		for _, f := range Text(tt.text, []string{tt.kind}) {
			score = f.Score
		}
		if score != tt.score {
			t.Errorf("%q: %s has %d, want %d", tt.text, tt.kind, score, tt.score)
		}
	}
}

func TestWant(t *testing.T) {
	const text = "IBAN DE89370400440532013000, card 4929123456789015, USt-ID DE136695976, SIREN 732829320"
	for _, tt := range []struct{ want, types string }{
		{"card", "card"}, {"visa", "card"}, {"iban", "iban"}, {"DE", "iban"}, {"FR", ""}, {"fr.*", "id"}, {"nonsense", ""}, {"de.vat", "id"}, {"de.*", "id"}, {"jwt", ""},
	} {
		got := map[string]bool{}
		for _, f := range Text(text, []string{tt.want}) {
			got[f.Type] = true
			if tt.want == "de.*" && !strings.HasPrefix(f.Kind, "de.") {
				t.Errorf("%s: %s", tt.want, f.Kind)
			}
		}
		if len(got) > 1 || tt.types != "" && !got[tt.types] || tt.types == "" && len(got) > 0 {
			t.Errorf("%s: %v", tt.want, got)
		}
	}
}

func TestKnown(t *testing.T) {
	for name, want := range map[string]bool{"card": true, "visa": true, "DE": true, "de.idnr": true, "de.*": true, "jwt": true, "secret": true,
		"zz.*": false, "de.idn": false, "ZZ": false, "": false, ".*": false} {
		if Known(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	if found := Find(strings.Repeat("4929123456789015, ", 50), Options{Want: []string{Card}, Most: 7}); len(found) != 7 {
		t.Errorf("%d findings", len(found))
	}
}

const prose = `The committee met on Tuesday, 14 May 2024, at 10:30 in room 204 and agreed to move the budget of 12,500 euros to the next
quarter. Please call 030 1234 567 if you need anything; the train leaves at 17:45 from platform 9. We will send around the minutes,
the slides and a list of open questions, and everybody is invited to comment until the end of the week. `

func TestProseHasNothing(t *testing.T) {
	for _, f := range Text(strings.Repeat(prose, 20), nil) {
		if f.Score >= 50 {
			t.Errorf("%v", f)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("my card 4929 1234 5678 9015, IBAN DE89370400440532013000 password=hunter2x;")
	f.Add("\u00ad٤٩٢٩\u200b１\xff\xf0 -----BEGIN PRIVATE KEY----- eyJ 12/3.4-5 6")
	f.Fuzz(func(t *testing.T, text string) {
		for _, x := range Find(text, Options{TestNumbers: true}) {
			if x.From < 0 || x.From >= x.To || x.To > len(text) || x.Score < 1 || x.Score > 100 {
				t.Fatalf("%+v in %d bytes", x, len(text))
			}
			if shown := strings.Trim(x.Masked, "*"); len(shown) > 4 || len(shown) >= x.To-x.From {
				t.Fatalf("%q shows too much", x.Masked)
			}
		}
	})
}

func BenchmarkProse(b *testing.B) {
	text := strings.Repeat(prose, 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Text(text, nil)
	}
}

func BenchmarkNumbers(b *testing.B) {
	text := strings.Repeat("12 345 6789 0-12.345/67 ", 20000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Text(text, nil)
	}
}
