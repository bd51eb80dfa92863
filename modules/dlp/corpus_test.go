package dlp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/modules/dlp/detect"
)

// tally counts what was found right, found wrong and missed.
type tally struct{ right, wrong, missed int }

func (c *tally) add(d tally) {
	c.right, c.wrong, c.missed = c.right+d.right, c.wrong+d.wrong, c.missed+d.missed
}

func (c tally) precision() float64 { return ratio(c.right, c.right+c.wrong) }
func (c tally) recall() float64    { return ratio(c.right, c.right+c.missed) }

func ratio(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// corpusDir is the folder with the labelled data.
func corpusDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("USHER_DLP_CORPUS")
	if dir == "" {
		t.Skip("SKIPPED: USHER_DLP_CORPUS does not name a folder with labelled data; precision and recall were not measured")
	}
	return dir
}

// TestCorpus measures the detectors on every file of the folder it knows the shape of, and fails below the goals.
func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	total := map[string]*tally{detect.Card: {}, detect.IBAN: {}}
	seen := 0
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		short, _ := filepath.Rel(dir, name)
		for typ, c := range measure(t, e.Name(), data) {
			seen++
			t.Logf("%-42s %-5s found %5d, wrong %3d, missed %3d: precision %.4f, recall %.4f", short, typ, c.right, c.wrong, c.missed, c.precision(), c.recall())
			if total[typ] != nil {
				total[typ].add(c)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatalf("%s has no file that is known here", dir)
	}
	for typ, goal := range map[string]struct{ recall, precision float64 }{detect.Card: {0.99, 0.995}, detect.IBAN: {1, 1}} {
		c := total[typ]
		t.Logf("%-48s %-5s precision %.4f, recall %.4f", "all files", typ, c.precision(), c.recall())
		if c.recall() < goal.recall || c.precision() < goal.precision {
			t.Errorf("%s: precision %.4f and recall %.4f are below the goal of %.4f and %.4f", typ, c.precision(), c.recall(), goal.precision, goal.recall)
		}
	}
}

// measure knows the files by their names and shapes.
func measure(t *testing.T, name string, data []byte) map[string]tally {
	switch {
	case strings.HasSuffix(name, "sanitizer-cases.json"):
		return map[string]tally{detect.Card: sanitizer(t, data)}
	case strings.HasSuffix(name, "validator-cards.json"):
		return map[string]tally{detect.Card: cardNumbers(t, data)}
	case strings.HasSuffix(name, "_text.txt"):
		return map[string]tally{detect.Card: nothing(t, string(data))}
	case strings.HasSuffix(name, "IBANtests.txt"), strings.HasSuffix(name, "ibans.tsv"):
		return map[string]tally{detect.IBAN: ibanList(t, data)}
	case strings.HasPrefix(name, "iban_registry"):
		return map[string]tally{detect.IBAN: ibanRegistry(t, data)}
	case strings.HasSuffix(name, "-registry.txt"):
		return map[string]tally{detect.IBAN: ibanColumns(t, data)}
	case strings.HasPrefix(name, "python-stdnum"):
		return map[string]tally{detect.ID: numbers(t, data), "id in text": numbersInText(t, data)}
	case name == "recognizer-cases.jsonl":
		return recognizers(t, data)
	case strings.HasPrefix(name, "synth_dataset"):
		return synthetic(t, data)
	case name == "context_sentences_tests.txt":
		return map[string]tally{"context": sentences(t, data)}
	}
	return nil
}

func find(text, typ string, o detect.Options) []detect.Finding {
	o.Want, o.TestNumbers = []string{typ}, true
	return detect.Find(text, o)
}

func decode[T any](t *testing.T, data []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// rows decodes one JSON value a line.
func rows[T any](t *testing.T, data []byte) (all []T) {
	t.Helper()
	for line := range bytes.Lines(data) {
		all = append(all, decode[T](t, line))
	}
	return all
}

// span is where something is, in bytes.
type span struct{ from, to int }

// otherwise are rows that say the opposite of what is wanted here, each with the reason. They are counted nowhere.
var otherwise = map[string]string{
	"LV80 bANK 0000 4351 9500 1":                                  "an IBAN may be in any case",
	"CH59  9000 0001 7342 7712":                                   "one digit short for Switzerland; the file says that it does not look at lengths",
	"Slash as iban separator: AL47/2121/1009/0000/0002/3569/8741": "another file has right ones with slashes",
}

// compare counts the findings against what should be found; a finding has to cover what is expected.
func compare(t *testing.T, text string, found []detect.Finding, want []span) (c tally) {
	if why := otherwise[text]; why != "" {
		t.Logf("set aside: %q: %s", text, why)
		return c
	}
	for _, f := range found {
		i := slices.IndexFunc(want, func(w span) bool { return f.From <= w.from && w.to <= f.To })
		if i < 0 {
			c.wrong++
			t.Logf("wrong: %s %s in %.120q", f.Kind, f.Masked, text)
			continue
		}
		c.right++
		want = slices.Delete(slices.Clone(want), i, i+1)
	}
	c.missed = len(want)
	if c.missed > 0 {
		t.Logf("missed: %.120q", text)
	}
	return c
}

// sanitizer compares with sentences in which the middle of each card is blotted out. What was tested with the option to
// take only usual groups is tested so here, too.
func sanitizer(t *testing.T, data []byte) (c tally) {
	for _, row := range decode[[]struct{ Text, Redacted, Context string }](t, data) {
		o := detect.Options{Grouped: strings.Contains(row.Context, "use_groupings is true")}
		c.add(compare(t, row.Text, find(row.Text, detect.Card, o), blots(row.Text, row.Redacted)))
	}
	return c
}

// blots are the spans that are blotted out.
func blots(text, redacted string) (spans []span) {
	covered := []rune(redacted)
	n := 0
	for at, r := range text {
		if n < len(covered) && covered[n] == '▇' && r != '▇' {
			if k := len(spans); k > 0 && at-spans[k-1].to < 4 {
				spans[k-1].to = at + 1
			} else {
				spans = append(spans, span{at, at + 1})
			}
		}
		n++
	}
	return spans
}

// cardNumbers are numbers alone, right or wrong; rows about parts of numbers and about a validator
// of a few brands only are left out.
func cardNumbers(t *testing.T, data []byte) (c tally) {
	for _, row := range decode[[]struct {
		Number, Test, Validator string
		Valid                   bool
	}](t, data) {
		if row.Validator == "cv" || row.Validator == "ccv" {
			continue
		}
		var want []span
		if row.Valid {
			want = []span{{0, len(row.Number)}}
		}
		c.add(compare(t, row.Number, find(row.Number, detect.Card, detect.Options{}), want))
	}
	return c
}

// nothing is text in which there is nothing to find, but for reserved test numbers, which do not count.
func nothing(t *testing.T, text string) tally {
	return compare(t, text, detect.Text(text, []string{detect.Card, detect.IBAN}), nil)
}

// ibanList has an IBAN a line, perhaps behind a tab; a minus marks a wrong one.
func ibanList(t *testing.T, data []byte) (c tally) {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line[strings.IndexByte(line, '\t')+1:])
		if line == "" || line[0] == '#' {
			continue
		}
		number, wrong := strings.CutPrefix(line, "-")
		want := []span{{len(number) - len(strings.TrimLeft(strings.TrimPrefix(number, "IBAN"), ": ")), len(number)}}
		if wrong {
			want = nil
		}
		c.add(compare(t, number, find(number, detect.IBAN, detect.Options{}), want))
	}
	return c
}

// ibanRegistry has a row with an example of each country.
func ibanRegistry(t *testing.T, data []byte) (c tally) {
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if cells[0] != "IBAN electronic format example" && cells[0] != "IBAN print format example" {
			continue
		}
		for _, number := range cells[1:] {
			if number = strings.TrimSpace(number); number != "" {
				c.add(compare(t, number, find(number, detect.IBAN, detect.Options{}), []span{{0, len(number)}}))
			}
		}
	}
	return c
}

// ibanColumns has the example in a column named so.
func ibanColumns(t *testing.T, data []byte) (c tally) {
	lines := strings.Split(string(data), "\n")
	column := slices.Index(strings.Split(lines[0], "|"), "iban_example")
	for _, line := range lines[1:] {
		if cells := strings.Split(line, "|"); column < len(cells) && cells[column] != "" {
			c.add(compare(t, line, find(cells[column], detect.IBAN, detect.Options{}), []span{{0, len(cells[column])}}))
		}
	}
	return c
}

// stdnum is a row about one number.
type stdnum struct {
	Module, Number string
	Valid          bool
}

// kind is the name the row's kind has here.
func (r stdnum) kind() string {
	name := strings.TrimPrefix(r.Module, "stdnum.")
	return strings.TrimSuffix(strings.ReplaceAll(name, "_.", "."), "_")
}

// implemented are the rows of kinds that are known here. Rows whose number is a piece of source are left out.
func implemented(t *testing.T, data []byte) (all []stdnum, kinds map[string]bool) {
	known, kinds, others := detect.Kinds(), map[string]bool{}, map[string]bool{}
	for _, r := range rows[stdnum](t, data) {
		if _, ok := slices.BinarySearch(known, r.kind()); !ok {
			others[r.kind()] = true
		} else if !strings.Contains(r.Number, "='") && !strings.Contains(r.Number, "', '") {
			kinds[r.kind()] = true
			all = append(all, r)
		}
	}
	t.Logf("%d kinds are implemented, %d of the others are in the file", len(kinds), len(others))
	return all, kinds
}

// numbers asks the validators.
func numbers(t *testing.T, data []byte) (c tally) {
	all, known := implemented(t, data)
	bad := map[string]int{}
	for _, r := range all {
		switch got := detect.Valid(r.kind(), r.Number); {
		case got && r.Valid:
			c.right++
		case got:
			c.wrong++
			bad[r.kind()]++
			t.Logf("%s: a wrong number passes: %s", r.kind(), r.Number)
		case r.Valid:
			c.missed++
			bad[r.kind()]++
			t.Logf("%s: a right number does not pass: %s", r.kind(), r.Number)
		}
	}
	if len(known) < 120 || len(bad) > 0 {
		t.Errorf("%d kinds, of which %d have errors; the goal is 120 without any", len(known), len(bad))
	}
	return c
}

// numbersInText puts the right numbers into a sentence with a word for them.
func numbersInText(t *testing.T, data []byte) (c tally) {
	all, _ := implemented(t, data)
	for _, r := range all {
		if !r.Valid {
			continue
		}
		text := "Please note my " + detect.Keywords(r.kind())[0] + ": " + strings.TrimSpace(r.Number) + ", thank you."
		if len(find(text, r.kind(), detect.Options{})) > 0 {
			c.right++
		} else {
			c.missed++
			if c.missed <= 40 {
				t.Logf("%s: not found in %q", r.kind(), text)
			}
		}
	}
	return c
}

// recognizers are the cases of cards and IBANs among many.
func recognizers(t *testing.T, data []byte) map[string]tally {
	total := map[string]tally{}
	for _, row := range rows[struct {
		File, Text, IBAN string
		Expected_len     int
		Expected_res     [][]int
	}](t, data) {
		typ, text := "", row.Text+row.IBAN
		switch row.File {
		case "test_credit_card_recognizer.py":
			typ = detect.Card
		case "test_iban_recognizer.py":
			typ = detect.IBAN
		default:
			continue
		}
		var want []span
		for _, r := range row.Expected_res {
			want = append(want, span{r[0], min(r[1], len(text))})
		}
		c := total[typ]
		c.add(compare(t, text, find(text, typ, detect.Options{}), want))
		total[typ] = c
	}
	return total
}

// synthetic are sentences with labelled spans, counted in characters.
func synthetic(t *testing.T, data []byte) map[string]tally {
	total := map[string]tally{}
	types := map[string]string{detect.Card: "CREDIT_CARD", detect.IBAN: "IBAN_CODE", "us.ssn": "US_SSN"}
	for _, row := range decode[[]struct {
		Full_text string
		Spans     []struct {
			Entity_type                  string
			Start_position, End_position int
		}
	}](t, data) {
		for typ, label := range types {
			var want []span
			for _, s := range row.Spans {
				if s.Entity_type == label {
					chars := []rune(row.Full_text)
					want = append(want, span{len(string(chars[:s.Start_position])), len(string(chars[:s.End_position]))})
				}
			}
			c := total[typ]
			c.add(compare(t, row.Full_text, find(row.Full_text, typ, detect.Options{}), want))
			total[typ] = c
		}
	}
	return total
}

// sentences have a word that must make a number count.
func sentences(t *testing.T, data []byte) (c tally) {
	types := map[string]string{"US_SSN": "us.ssn", "US_ITIN": "us.itin", "ABA_ROUTING_NUMBER": "us.rtn", "FIN": "sg.nric", "IN_PAN": "in.pan"}
	s := bufio.NewScanner(bytes.NewReader(data))
	label := ""
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		switch {
		case line == "" || line[0] == '#':
		case line == strings.ToUpper(line) && !strings.Contains(line, " "):
			label = types[line]
		case label != "" && strings.ContainsAny(line, "0123456789"):
			if found := find(line, label, detect.Options{}); len(found) > 0 && found[0].Score >= 60 {
				c.right++
			} else {
				c.missed++
				t.Logf("%s: not found in %q", label, line)
			}
		}
	}
	return c
}
