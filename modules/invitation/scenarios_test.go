package invitation_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"usher/itip"
)

const ownScenarios = "../../itip/testdata/itip-scenarios.yaml"

// deviations are the rows where we do otherwise, and the statement that has it so.
var deviations = map[string]string{
	"wallace.policy.017.thisandfuture": "S5545-26",      // right before that instance, not a day before
	"wallace.policy.022":               "scheduling.md", // UPDATE says nothing; UPDATE_AND_NOTIFY does
}

// TestScenarios plays the rows about people of the file that USHER_SCENARIOS names, by default that of package itip.
// Mail goes through the pipeline, and what is sent because of it comes back in as our own. A row is prose; every phrase
// of it has to be in the book.
func TestScenarios(t *testing.T) {
	file := cmp.Or(os.Getenv("USHER_SCENARIOS"), ownScenarios)
	totals := map[string]int{}
	for _, s := range scenariosOf(t, file) {
		t.Run(s.ID, func(t *testing.T) {
			differs, rows := s.run(t)
			word, why := "pass", strings.Join(differs, " | ")
			switch known := deviations[s.ID]; {
			case why != "":
				word = "fail"
				t.Error(why)
			case rows != known && file == ownScenarios:
				word, why = "fail", fmt.Sprintf("deviates by %q, known is %q", rows, known)
				t.Error(why)
			case rows != "":
				word, why = "pass", fmt.Sprintf("(differs: %s)", rows)
			}
			totals[word]++
			fmt.Println(s.ID, word, why)
		})
	}
	fmt.Println("total", totals)
}

// run plays a row and tells what is not as it has it, and by which statements we do otherwise.
func (s scenario) run(t *testing.T) (differs []string, rows string) {
	p := &play{stage: newStage(t), me: "jane", kind: itip.Event}
	if strings.HasPrefix(s.Title, "VTODO") {
		p.kind = itip.Todo
	}
	if aboutOrganizer.MatchString(s.When) {
		p.me = "john"
	}
	p.phrases(given, s.Given)
	p.phrases(when, s.When)
	p.phrases(expect, s.Expect)
	return p.differs, strings.Join(slices.Compact(p.rows), " ")
}

// TestScenariosAreChecked: whatever a row expects in iTIP's words, of mails and of notices would be missed if the row
// said the contrary.
func TestScenariosAreChecked(t *testing.T) {
	for _, s := range scenariosOf(t, ownScenarios) {
		for _, at := range itipWord.FindAllStringIndex(s.Expect, -1) {
			changed := s
			changed.Expect = s.Expect[:at[0]] + anotherWord[s.Expect[at[0]:at[1]]] + s.Expect[at[1]:]
			t.Run(s.ID, func(t *testing.T) {
				differs, rows := changed.run(t)
				if len(differs) == 0 && rows == deviations[s.ID] || strings.Contains(strings.Join(differs, ""), notInBook) {
					t.Errorf("nobody would notice if the row said %q: %q", changed.Expect, differs)
				}
			})
		}
	}
}

var (
	itipWord    = regexp.MustCompile(`ACCEPTED|DECLINED|TENTATIVE|NEEDS-ACTION|COMPLETED|DELEGATED|CANCELLED|TRUE|no reply|(original )?mail (not )?delivered|no notice|one notice[^;]*Pending|notice (in|mailed).*`)
	anotherWord = map[string]string{"ACCEPTED": "DECLINED", "DECLINED": "ACCEPTED", "TENTATIVE": "ACCEPTED", "NEEDS-ACTION": "ACCEPTED",
		"no reply": "REPLY ACCEPTED", "mail not delivered": "mail delivered", "mail delivered": "mail not delivered", "original mail delivered": "mail not delivered",
		"no notice": "notice", "one notice listing all incl. Pending": "no notice", "notice in German": "no notice", "notice mailed to user": "no notice",
		"COMPLETED": "ACCEPTED", "DELEGATED": "ACCEPTED", "CANCELLED": "CONFIRMED", "TRUE": "FALSE"}
)

// aboutOrganizer: the row is about the policies of the organizer, who is answered.
var aboutOrganizer = regexp.MustCompile(`^(REPLY|replies|first automatic reply)`)

// scenario is a row: its words are phrases.
type scenario struct{ ID, Title, Kind, Given, When, Expect string }

// elsewhere are rows about resources, which are played in their module.
var elsewhere = []string{"wallace.resource.", "exchange.", "google.", "nextcloud.", "gromox."}

func scenariosOf(t *testing.T, file string) (all []scenario) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Scenarios []yaml.Node }
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	for _, n := range f.Scenarios {
		var head struct{ Kind string }
		if err := n.Load(&head); err != nil || head.Kind != "policy" {
			continue // what other kinds expect are no words
		}
		var s scenario
		if err := n.Load(&s); err != nil {
			t.Fatalf("%s: line %d: %v", file, n.Line, err)
		}
		if !slices.ContainsFunc(elsewhere, func(p string) bool { return strings.HasPrefix(s.ID, p) }) {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s: no rows about people", file)
	}
	return all
}

var (
	between = regexp.MustCompile(`; (?:then )?`)
	smaller = regexp.MustCompile(`[;,] (?:then )?| \+ `)
)

const notInBook = "the book does not have "

// phrases does what a text says. A phrase is what stands between semicolons, or, where the book does not have that,
// between commas.
func (p *play) phrases(book []phrase, text string) {
	if text == "" {
		return
	}
	for _, part := range between.Split(text, -1) {
		if p.phrase(book, part) {
			continue
		}
		for _, piece := range smaller.Split(part, -1) {
			if !p.phrase(book, piece) {
				p.differ(notInBook+"%q", piece)
			}
		}
	}
}

func (p *play) phrase(book []phrase, text string) bool {
	for _, ph := range book {
		if words := ph.says.FindStringSubmatch(text); words != nil {
			ph.does(p, words)
			return true
		}
	}
	return false
}
