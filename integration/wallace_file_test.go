package integration

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// wallaceSuite is a set of entries over one directory; they share state in their order.
type wallaceSuite struct {
	Name      string `yaml:"suite"`
	Fixture   wallaceFixture
	Scenarios []wallaceEntry
}

// wallaceFixture is what the directory holds. An entry's key is what steps call it.
type wallaceFixture struct {
	Users     []wallacePerson
	Resources []wallaceResource
	Folders   []wallaceFolder // beside those that everybody has
	Numbered  bool            `yaml:"-"` // policies say their order, as a directory need not keep it
}

type wallacePerson struct {
	Key, Name, Mail string
	Language        string   `yaml:"preferredlanguage"`
	Policies        words    `yaml:"kolabInvitationPolicy"`
	Delegates       []string `yaml:"kolabDelegate"`
	Elsewhere       bool     `yaml:"not in LDAP"`
}

type wallaceFolder struct {
	Owner, Name string
	Annotations map[string]string
}

type wallaceResource struct {
	Key, Type, CN, Mail, Owner string
	Members                    []string
	Policies                   words `yaml:"kolabInvitationPolicy"`
}

// wallaceEntry is one test of the ancestor.
type wallaceEntry struct {
	ID, Observed string
	Steps        []yaml.Node // each a mapping of one key, or of send with what belongs to it
}

// sendStep hands one mail in.
type sendStep struct {
	Template, Change, To, From, Start, UID, Instance, Partstat string
	Sequence, Summary, Range                                   string
	EnvelopeFrom                                               string `yaml:"envelope_from"`
	Payload, As                                                string // what was stored, or the mail before with changes
	ToRequest                                                  string `yaml:"to_request"`
	Subject                                                    string // of an owner's reply
	Note                                                       string
}

// mailWant is what somebody has to find in his mailbox. Subjects are the ancestor's words, which say what kind of
// mail is meant.
type mailWant struct {
	Mailbox, From, Status, Subject string
	Summary                        string
	ITIP                           *itipWant `yaml:"is_itip"`
	Without                        words     `yaml:"body_not_contains"`
	Note                           string
	Raw                            string `yaml:"raw_contains"`
	First                          words  `yaml:"first_part_contains"`
	Body                           words  `yaml:"body_contains"`
	KeepAs                         string `yaml:"keep_as"`
	StartHour                      *int   `yaml:"start_hour"`
	Absent                         bool
	SummaryInSubject               string `yaml:"summary_in_subject"` // a remark
}

// itipWant is an invitation that was delivered as it came, so many times.
type itipWant struct {
	Count       int
	Method, UID string
}

// eventWant is what has to lie in a resource's calendar. Rest holds instance_TIME.
type eventWant struct {
	Resource, UID string
	Absent        bool
	instanceWant  `yaml:",inline"`
	DateOnly      *bool                   `yaml:"start_is_date_only"`
	Exceptions    *int                    // components beside the first
	Rest          map[string]instanceWant `yaml:",inline"`
}

// instanceWant is what has to be true of one component.
type instanceWant struct {
	Exists          *bool
	HasRecurrenceID *bool `yaml:"has_recurrence_id"`
	Summary, Status string
	Transparent     *bool
	StartHour       *int `yaml:"start_hour"`
	Sequence        *int
	Partstat        map[string]string
}

// words is one text or a list of them.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	var all []string
	err := n.Load(&all)
	*w = all
	return err
}

// wallaceSuites reads the suites about resources and people.
func wallaceSuites(t *testing.T) map[string]wallaceSuite {
	t.Helper()
	data, err := os.ReadFile("testdata/wallace-scenarios.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Suites []yaml.Node }
	if err := yaml.Load(data, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]wallaceSuite{}
	for _, n := range file.Suites {
		var s wallaceSuite
		name := field(&n, "suite")
		if !slices.Contains([]string{"resource-directory", "R", "performance", "P"}, name) {
			continue
		}
		if err := n.Load(&s); err != nil {
			t.Fatalf("suite %s: %v", name, err)
		}
		all[name] = s
	}
	return all
}

// readStep tells what a step is and what belongs to it.
func readStep(n *yaml.Node) (kind string, value *yaml.Node, err error) {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return "", nil, fmt.Errorf("line %d: not a step of one key", n.Line)
	}
	return n.Content[0].Value, n.Content[1], nil
}

// field is the value of a key, or "".
func field(n *yaml.Node, key string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if strings.EqualFold(n.Content[i].Value, key) {
			return n.Content[i+1].Value
		}
	}
	return ""
}
