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

// TestScenarios runs the scenarios of the file that USHER_SCENARIOS names, by default testdata/itip-scenarios.yaml;
// testdata/README.md says how to read what it prints.
func TestScenarios(t *testing.T) {
	file := cmp.Or(os.Getenv("USHER_SCENARIOS"), "testdata/itip-scenarios.yaml")
	totals := map[string]map[string]int{}
	for _, s := range scenarioFile(t, file) {
		t.Run(text(s["id"]), func(t *testing.T) {
			o := run(s)
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
type outcome struct{ word, why string } // pass, differs, fail or skip

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
			o = outcome{"fail", fmt.Sprint("panic: ", p)}
		}
	}()
	var v verdict
	if why := skipped[text(s["id"])]; why != "" {
		return outcome{"skip", why}
	}
	switch text(s["kind"]) {
	case "store-change":
		if why := unusable(s); why != "" {
			return outcome{"skip", why}
		}
		v = storeChange(s)
	case "incoming-message":
		v = incomingMessage(s)
	case "conversation":
		v = converse(s)
	case "policy", "incoming-mail":
		return outcome{"skip", "decided by modules/resource or modules/invitation; run there"}
	default:
		return outcome{"skip", "unknown kind " + text(s["kind"])}
	}
	return v.outcome(deviations[text(s["id"])])
}

// outcome compares the differences with those that are known for this scenario: exactly these have to be there.
func (v *verdict) outcome(known []deviation) outcome {
	for _, d := range known {
		i := slices.Index(v.diffs, d.instead)
		if i < 0 {
			v.diff("expected to differ by %s, and does not: %s", d.row, d.instead)
			continue
		}
		v.diffs = slices.Delete(v.diffs, i, i+1)
		v.differ(d.row, "%s", d.instead)
	}
	switch {
	case len(v.diffs) > 0:
		return outcome{"fail", strings.Join(v.diffs, " | ")}
	case v.broken != "":
		return outcome{"skip", strings.Join(append([]string{v.broken}, v.differs...), "; differs: ")}
	case len(v.notes.unread) > 0:
		slices.Sort(v.notes.unread)
		return outcome{"skip", "not checked: " + strings.Join(slices.Compact(v.notes.unread), ", ")}
	case len(v.differs) > 0:
		return outcome{"differs", strings.Join(v.differs, "; ")}
	}
	return outcome{word: "pass"}
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
