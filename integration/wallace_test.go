package integration

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"usher/itip/imapcal/imaptest"
)

// TestWallaceResources runs the entries about resources of testdata/wallace-scenarios.yaml from end to end: mail goes
// in through a real Postfix, people and resources are in a real slapd, calendars in a real Cyrus, answers and notices
// are read where Postfix delivers them. It prints a line for each entry and totals; -v shows them.
func TestWallaceResources(t *testing.T) {
	suites := wallaceSuites(t)
	totals := map[string]int{}
	for _, s := range []struct {
		name string
		run  func(*testing.T, *house, wallaceEntry)
	}{
		{"resource-directory", lookUp}, {"R", takeSteps}, {"performance", measure},
	} {
		t.Run(s.name, func(t *testing.T) {
			h := newHouse(t, suites[s.name].Fixture, houseOptions{imap: imaptest.Cyrus, modules: "resource: {enabled: true, timeout: 2m, horizon: " + horizon + "}"})
			for _, e := range suites[s.name].Scenarios {
				t.Run(e.ID, func(t *testing.T) {
					h.begin(t)
					s.run(t, h, e)
					word, line := h.judge(e)
					totals[word]++
					fmt.Println(line)
				})
			}
			if s.name == "R" {
				t.Run("no double bookings", func(t *testing.T) { h.begin(t); h.checkOverlaps() })
			}
		})
	}
	for _, word := range slices.Sorted(maps.Keys(totals)) {
		fmt.Printf("total %s %d\n", word, totals[word])
	}
}

// begin makes the house ready for an entry.
func (h *house) begin(t *testing.T) {
	h.t, h.differs, h.rows, h.sends = t, nil, nil, nil
	clear(h.calendars)
	clear(h.members)
	clear(h.asked)
	for _, l := range h.letters {
		l.purged = true // what earlier entries have led to is no answer here
	}
}

// judge compares how an entry went with what is known of it, and gives its line.
func (h *house) judge(e wallaceEntry) (word, line string) {
	slices.Sort(h.rows)
	rows := strings.Join(slices.Compact(h.rows), " ")
	missing, waits := notYet[e.ID]
	switch {
	case len(h.differs) > 0 && waits:
		return "fail, not yet there", fmt.Sprintf("%s fail (%s: %s)", e.ID, missing, strings.Join(h.differs, " | "))
	case len(h.differs) > 0:
		h.t.Error(strings.Join(h.differs, "\n"))
		return "fail", fmt.Sprintf("%s fail (%s)", e.ID, strings.Join(h.differs, " | "))
	case waits:
		h.t.Errorf("passes now: take it out of notYet (%s)", missing)
		return "fail", e.ID + " fail (passes, though it waits for " + missing + ")"
	case rows != deviations[e.ID]:
		h.t.Errorf("differs by %q, known is %q", rows, deviations[e.ID])
		return "fail", fmt.Sprintf("%s fail (differs by %q)", e.ID, rows)
	}
	line = e.ID + " pass"
	if rows != "" {
		line += " (differs: " + rows + ")"
	}
	fault := ancestorsFaults[e.ID]
	if fault == "" && strings.HasPrefix(e.Observed, "fail-upstream") {
		fault = e.Observed
	}
	if fault != "" {
		line += " (the ancestor fails: " + fault + ")"
	}
	return "pass", line
}

// takeSteps takes the steps of an entry in their order, then looks at what the file says beside them.
func takeSteps(t *testing.T, h *house, e wallaceEntry) {
	if len(e.Steps) == 0 {
		lookUp(t, h, e)
		return
	}
	for i := range e.Steps {
		h.step(&e.Steps[i])
	}
	if facts := factsOf[e.ID]; facts != nil {
		facts(h)
	}
}

// step takes one step; what it does not know ends the test, so that nothing is passed over.
func (h *house) step(n *yaml.Node) {
	h.t.Helper()
	kind, value, err := readStep(n)
	if err != nil {
		h.t.Fatal(err)
	}
	clear(h.calendars)
	take := map[string]func(){
		"send":                  func() { h.send(mustRead[sendStep](h, value)) },
		"expect_mail":           func() { h.expectMail(mustRead[mailWant](h, value)) },
		"expect_resource_event": func() { h.expectEvent(mustRead[eventWant](h, value)) },
		"expect_user_event":     func() { h.expectCopy(mustRead[copyWant](h, value)) },
		"expect_user_task":      func() { h.expectCopy(mustRead[copyWant](h, value)) },
		"store":                 func() { h.store(mustRead[storeStep](h, value)) },
		"modify":                func() { h.modify(mustRead[modifyStep](h, value)) },
		"wait":                  func() {}, // everything is done when the queue is empty
		"purge": func() {
			for _, name := range mustRead[words](h, value) {
				h.purge(name)
			}
		},
	}[kind]
	if take == nil {
		h.t.Fatalf("line %d: no step is called %q", n.Line, kind)
	}
	if strings.HasPrefix(kind, "expect") {
		h.doubt(value, take)
	}
	take()
}

// mustRead reads a value that may hold only what is known.
func mustRead[T any](h *house, n *yaml.Node) (into T) {
	h.t.Helper()
	if err := n.Load(&into, yaml.WithKnownFields()); err != nil {
		h.t.Fatalf("line %d: %v", n.Line, err)
	}
	return into
}
