package itip_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

const ownScenarios = "testdata/itip-scenarios.yaml"

// TestScenarios runs the scenarios of the file that USHER_SCENARIOS names, by default testdata/itip-scenarios.yaml;
// testdata/README.md says how to read what it prints.
func TestScenarios(t *testing.T) {
	file := cmp.Or(os.Getenv("USHER_SCENARIOS"), ownScenarios)
	totals := map[string]map[string]int{}
	for _, s := range scenarioFile(t, file) {
		t.Run(text(s["id"]), func(t *testing.T) {
			o := run(s)
			if known, ok := deviations[text(s["id"])]; file == ownScenarios && (ok || o.word == "differs") && o.rows != known {
				o = outcome{word: "fail", why: fmt.Sprintf("deviates by %q, known is %q", o.rows, known)}
			}
			fmt.Printf("%s %s\n", text(s["id"]), o)
			count := totals[text(s["kind"])]
			if count == nil {
				count = map[string]int{}
				totals[text(s["kind"])] = count
			}
			count[o.word]++
			switch o.word {
			case "fail":
				t.Error(o)
			case "skip":
				t.Skip(o.why)
			}
		})
	}
	printTotals(totals)
}

// outcome is how one scenario went.
type outcome struct {
	word string // pass, differs, fail or skip
	why  string
	rows string // of deviations, sorted
}

func (o outcome) String() string {
	switch {
	case o.word == "differs":
		return "pass (differs: " + o.why + ")"
	case o.why == "":
		return o.word
	}
	return o.word + ": " + o.why
}

// run runs a scenario by its kind. Differences count before anything else, and what was not understood before
// what was found as expected.
func run(s mapping) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = outcome{word: "fail", why: fmt.Sprint("panic: ", p)}
		}
	}()
	var v verdict
	switch text(s["kind"]) {
	case "store-change":
		if why := unusable(s); why != "" {
			return outcome{word: "skip", why: why}
		}
		v = storeChange(s)
	case "incoming-message":
		v = incomingMessage(s)
	case "conversation":
		v = converse(s)
	case "policy", "incoming-mail":
		return outcome{word: "skip", why: "decided by modules/resource or modules/invitation; run there"}
	default:
		return outcome{word: "skip", why: "unknown kind " + text(s["kind"])}
	}
	return v.outcome()
}

// outcome sums up: a difference counts more than an end that was not reached, and that more than what is left
// unchecked.
func (v *verdict) outcome() outcome {
	switch {
	case len(v.diffs) > 0:
		return outcome{word: "fail", why: strings.Join(v.diffs, " | ")}
	case v.broken != "":
		return outcome{"skip", strings.Join(append([]string{v.broken}, v.differs...), "; differs: "), v.rows()}
	case len(v.notes.unread) > 0:
		slices.Sort(v.notes.unread)
		return outcome{word: "skip", why: "not checked: " + strings.Join(slices.Compact(v.notes.unread), ", ")}
	case len(v.differs) > 0:
		return outcome{"differs", strings.Join(v.differs, "; "), v.rows()}
	}
	return outcome{word: "pass"}
}

// rows are the statements that deviations are by, each once.
func (v *verdict) rows() string {
	var rows []string
	for _, d := range v.differs {
		row, _, _ := strings.Cut(d, " ")
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return strings.Join(slices.Compact(rows), " ")
}

func printTotals(totals map[string]map[string]int) {
	sum := map[string]int{}
	for _, kind := range slices.Sorted(maps.Keys(totals)) {
		fmt.Printf("total %-17s%s\n", kind, counts(totals[kind]))
		for word, n := range totals[kind] {
			sum[word] += n
		}
	}
	fmt.Printf("total %-17s%s\n", "all", counts(sum))
}

func counts(of map[string]int) string {
	var b strings.Builder
	for _, word := range []string{"pass", "differs", "fail", "skip"} {
		fmt.Fprintf(&b, "  %s %d", word, of[word])
	}
	return b.String()
}
