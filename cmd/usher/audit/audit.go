// Package audit reads the log of a Usher in audit mode and tells who would have been refused, why and how often.
//
// It knows the log's two formats and the keys of two lines: "would refuse", and "mail done" whose why holds what
// modules would have done. It does not know the modules; what would allow a mail is said by the stable name of its
// reason.
package audit

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"
)

// Bounds of the memory a log can take, however long it is.
const (
	maxGroups   = 20_000 // users with reasons; beyond, the rarest are forgotten
	maxSubjects = 5      // addresses remembered for each
	maxText     = 300    // bytes of one value
)

// Group is the refusals of one user for one reason.
type Group struct {
	Refusal  bool      `json:"refusal"`          // or: what a module would have done with the mail
	User     string    `json:"user,omitempty"`   // who had logged in; "": nobody
	Client   string    `json:"client,omitempty"` // where nobody had: the client's address
	Step     string    `json:"step"`
	Reason   string    `json:"reason,omitempty"`
	Code     int       `json:"code,omitempty"`
	Count    int       `json:"count"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Subjects []string  `json:"subjects,omitempty"` // addresses it was about, some of them
	More     bool      `json:"more,omitempty"`     // there were others
	Example  Example   `json:"example"`            // the last one
	Remedy   string    `json:"remedy,omitempty"`   // what would allow it
}

// Example is one mail of a group.
type Example struct {
	Queue    string `json:"queue,omitempty"`
	Listener string `json:"listener,omitempty"`
	Stage    string `json:"stage,omitempty"`
	From     string `json:"from"`
	Rcpt     string `json:"rcpt,omitempty"`
	Why      string `json:"why,omitempty"`
}

// Report is what a log says.
type Report struct {
	Groups  []Group   `json:"groups"`  // the most frequent first
	Lines   int       `json:"lines"`   // of audit, within the time asked for
	Dropped int       `json:"dropped"` // refusals of groups that were forgotten: there are too many
	Long    int       `json:"long"`    // lines too long to be read
	From    time.Time `json:"from"`    // of the first line that counts; zero: none did
	To      time.Time `json:"to"`
}

// Audit collects.
type Audit struct {
	Since  time.Time // lines from before do not count; zero: all do
	groups map[key]*Group
	report Report
}

// key is what makes two lines of the same kind.
type key struct {
	refusal           bool
	who, step, reason string
}

// Read takes in one log. It may be called for several, in any order.
func (a *Audit) Read(r io.Reader) error {
	if a.groups == nil {
		a.groups = map[key]*Group{}
	}
	long, err := eachLine(r, func(line string) {
		if rec, ok := parse(line); ok && (a.Since.IsZero() || !rec.time.Before(a.Since)) {
			a.take(rec)
		}
	})
	a.report.Long += long
	return err
}

func (a *Audit) take(r record) {
	switch r.value("msg") {
	case "would refuse":
		g := Group{Refusal: true, Step: r.value("step"), Reason: r.value("reason"), Code: r.code()}
		a.add(r, g, subject(g.Reason, r))
	case "mail done":
		for _, step := range would(r.value("why")) {
			a.add(r, Group{Step: step.name}, step.said)
		}
	}
}

// add counts one line.
func (a *Audit) add(r record, g Group, about string) {
	a.report.Lines++
	a.span(r.time)
	if g.User = r.value("user"); g.User == "" {
		g.Client = r.value("client")
	}
	k := key{g.Refusal, strings.ToLower(g.User) + "\x00" + g.Client, g.Step, g.Reason}
	known := a.groups[k]
	if known == nil {
		if len(a.groups) >= maxGroups {
			a.forget()
		}
		g.First, g.Last = r.time, r.time
		known = &g
		a.groups[k] = known
	}
	known.Count++
	if r.time.Before(known.First) {
		known.First = r.time
	}
	if !r.time.Before(known.Last) {
		known.Last, known.Example = r.time, r.example()
	}
	known.about(about)
}

func (a *Audit) span(t time.Time) {
	if a.report.From.IsZero() || t.Before(a.report.From) {
		a.report.From = t
	}
	if t.After(a.report.To) {
		a.report.To = t
	}
}

func (g *Group) about(subject string) {
	switch {
	case subject == "" || slices.Contains(g.Subjects, subject):
	case len(g.Subjects) == maxSubjects:
		g.More = true
	default:
		g.Subjects = append(g.Subjects, subject)
	}
}

// forget drops the rarer half: what is frequent is what has to be looked at.
func (a *Audit) forget() {
	counts := make([]int, 0, len(a.groups))
	for _, g := range a.groups {
		counts = append(counts, g.Count)
	}
	slices.Sort(counts)
	atMost, room := counts[len(counts)/2], len(counts)/2
	for k, g := range a.groups {
		if g.Count <= atMost && room > 0 {
			a.report.Dropped += g.Count
			delete(a.groups, k)
			room--
		}
	}
}

// Report ranks what was read.
func (a *Audit) Report() Report {
	report := a.report
	report.Groups = make([]Group, 0, len(a.groups))
	for _, g := range a.groups {
		one := *g
		slices.Sort(one.Subjects)
		one.Remedy = remedy(one)
		report.Groups = append(report.Groups, one)
	}
	slices.SortFunc(report.Groups, func(x, y Group) int {
		return cmp.Or(order(y.Refusal)-order(x.Refusal), y.Count-x.Count, strings.Compare(x.User, y.User),
			strings.Compare(x.Client, y.Client), strings.Compare(x.Reason, y.Reason), strings.Compare(x.Step, y.Step))
	})
	return report
}

func order(refusal bool) int {
	if refusal {
		return 1
	}
	return 0
}
