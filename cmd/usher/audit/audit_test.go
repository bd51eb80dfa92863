package audit

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func line(second int, more string) string {
	return fmt.Sprintf(`time=2026-11-20T10:00:%02dZ level=INFO msg="would refuse" step=envelope stage=rcpt listener=submission role=submission queue=Q%d %s`+"\n", second, second, more)
}

const (
	meier = `user=meier client=192.0.2.7 from=lucy.meier@example.org rcpt=board@example.org code=550 reason=rcpt.group-members why="rcpt.group-members: board@example.org"`
	doe   = `user=doe client=192.0.2.8 from=ceo@example.org rcpt="" code=553 reason=sender.not-owned why="sender.not-owned: ceo@example.org"`
)

func report(t *testing.T, a *Audit, text string) Report {
	t.Helper()
	if err := a.Read(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return a.Report()
}

func TestRanking(t *testing.T) {
	text := line(1, doe) + line(9, meier) + line(3, meier) + "something else\n" +
		line(4, strings.Replace(meier, "board@", "staff@", 1)) +
		line(5, strings.Replace(doe, "user=doe", `user=""`, 1)) +
		`time=2026-11-20T10:00:06Z level=INFO msg="mail done" listener=submission queue=Q6 role=submission client=192.0.2.7 user=meier from=lucy.meier@example.org rcpts=1 result=passed code=250 why="resource: left alone; footer: would: footer added" size=9 ms=1` + "\n" +
		`time=2026-11-20T10:00:07Z level=INFO msg="mail done" user=meier why="footer: footer added, would: be nice"` + "\n"
	var a Audit
	r := report(t, &a, text)
	var b strings.Builder
	if _, err := r.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	want := `6 lines of audit, 2026-11-20 10:00:01 to 2026-11-20 10:00:09

would have been refused:
      3  meier  rcpt.group-members (550)  board@example.org, staff@example.org
         2026-11-20 10:00:03 to 2026-11-20 10:00:09, last at rcpt: <lucy.meier@example.org> to <board@example.org> by submission, queue Q9
         allow: membership of lucy.meier@example.org in board@example.org, or posting: {board@example.org: internal}
      1  (192.0.2.8)  sender.not-owned (553)  ceo@example.org
         2026-11-20 10:00:05, last at rcpt: <ceo@example.org> by submission, queue Q5
         allow: its owner names USER as a delegate (kolabDelegate) or for send-as, or accounts: {USER: {senders: [ceo@example.org]}}, or a login map of Postfix
      1  doe  sender.not-owned (553)  ceo@example.org
         2026-11-20 10:00:01, last at rcpt: <ceo@example.org> by submission, queue Q1
         allow: its owner names doe as a delegate (kolabDelegate) or for send-as, or accounts: {doe: {senders: [ceo@example.org]}}, or a login map of Postfix

would have been done by modules:
      1  meier  footer  footer added
         2026-11-20 10:00:06, last at the end: <lucy.meier@example.org> by submission, queue Q6
`
	if b.String() != want {
		t.Errorf("report\n%s\nwant\n%s", &b, want)
	}
}

// TestForms: a line means the same however it came into the file.
func TestForms(t *testing.T) {
	text := strings.TrimSpace(line(1, meier))
	object := `{"time":"2026-11-20T10:00:01Z","level":"INFO","msg":"would refuse","step":"envelope","stage":"rcpt","listener":"submission","role":"submission","queue":"Q1","user":"meier","client":"192.0.2.7","from":"lucy.meier@example.org","rcpt":"board@example.org","code":550,"reason":"rcpt.group-members","why":"rcpt.group-members: board@example.org"}`
	message := func(s string) string {
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return `{"__CURSOR":"s=1","PRIORITY":"6","MESSAGE":` + string(quoted) + `}`
	}
	var want string
	for i, form := range []string{text, object, "Nov 20 10:00:01 mx usher[123]: " + text, "2026-11-20T10:00:01+0000 mx usher[123]: " + object,
		message(text), message(object), text + "\r"} {
		var a Audit
		got := fmt.Sprintf("%+v", report(t, &a, form).Groups)
		if i == 0 {
			want = got
		}
		if got != want || !strings.Contains(got, "rcpt.group-members") {
			t.Errorf("%s\ngives %s\nwant  %s", form, got, want)
		}
	}
}

func TestSince(t *testing.T) {
	a := Audit{Since: time.Date(2026, 11, 20, 10, 0, 5, 0, time.UTC)}
	r := report(t, &a, line(4, meier)+line(5, meier)+line(6, meier))
	if r.Lines != 2 || r.Groups[0].Count != 2 || r.Groups[0].First.Second() != 5 {
		t.Errorf("%+v", r)
	}
}

// TestMemoryIsBounded: whoever is refused often stays, however many others there are.
func TestMemoryIsBounded(t *testing.T) {
	var a Audit
	var b strings.Builder
	for i := range 3 * maxGroups {
		b.WriteString(line(1, strings.Replace(doe, "user=doe", "user=u"+strconv.Itoa(i), 1)))
		if i%1000 == 0 {
			b.WriteString(line(2, meier))
		}
	}
	r := report(t, &a, b.String())
	if len(r.Groups) > maxGroups || r.Dropped == 0 {
		t.Errorf("%d groups, %d dropped", len(r.Groups), r.Dropped)
	}
	if g := r.Groups[0]; g.User != "meier" || g.Count != 3*maxGroups/1000 {
		t.Errorf("first is %s with %d", g.User, g.Count)
	}
	sum := r.Dropped
	for _, g := range r.Groups {
		sum += g.Count
	}
	if sum != r.Lines {
		t.Errorf("%d of %d lines are accounted for", sum, r.Lines)
	}
}

func TestLongLines(t *testing.T) {
	var a Audit
	r := report(t, &a, line(1, meier)+"would "+strings.Repeat("x", 3*maxLine)+"\n"+line(2, meier)+strings.TrimSpace(line(3, meier)))
	if r.Long != 1 || r.Lines != 3 {
		t.Errorf("%d long, %d lines", r.Long, r.Lines)
	}
	many := line(1, strings.Replace(meier, "board", strings.Repeat("b", 2*maxText), 1))
	if r := report(t, new(Audit), many); len(r.Groups[0].Subjects[0]) > maxText+len("…") {
		t.Errorf("a subject of %d bytes", len(r.Groups[0].Subjects[0]))
	}
}

func TestSubjectsAreFew(t *testing.T) {
	var a Audit
	for i := range 3 * maxSubjects {
		report(t, &a, line(i, strings.Replace(meier, "board", "board"+strconv.Itoa(i), 1)))
	}
	if g := a.Report().Groups[0]; len(g.Subjects) != maxSubjects || !g.More {
		t.Errorf("%+v", g)
	}
}

// TestNoEscapesReachTheTerminal: a stranger chooses the sender.
func TestNoEscapesReachTheTerminal(t *testing.T) {
	var a Audit
	var b strings.Builder
	report(t, &a, line(1, strings.Replace(doe, "from=ceo@example.org", `from="\x1b[2Jceo@example.org"`, 1))).WriteTo(&b)
	if strings.ContainsRune(b.String(), 0x1b) || !strings.Contains(b.String(), "?[2Jceo@example.org") {
		t.Errorf("%q", b.String())
	}
}

// TestEveryReasonHasARemedy, and no other.
func TestEveryReasonHasARemedy(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../../modules/envelope/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && regexp.MustCompile(`^"[a-z]+\.[a-z][a-z-]+"$`).MatchString(lit.Value) {
			reasons[strings.Trim(lit.Value, `"`)] = true
		}
		return true
	})
	if len(reasons) < 20 {
		t.Fatalf("only %v", reasons)
	}
	for r := range reasons {
		if remedies[r] == "" {
			t.Errorf("no remedy for %s", r)
		}
	}
	for r := range remedies {
		if !reasons[r] {
			t.Errorf("%s is no reason", r)
		}
	}
}

// TestWhoIsToBeResumed: the owner of the address that was used, who need not be the one who sent.
func TestWhoIsToBeResumed(t *testing.T) {
	for _, tt := range []struct{ user, why, want string }{
		{"dave", "principal.suspended", "usher resume dave, "},
		{"alice", "principal.suspended: dave@example.org", "usher resume dave@example.org, "},
		{"", "principal.suspended: dave@example.org", "usher resume dave@example.org, "},
	} {
		text := fmt.Sprintf(`user=%q client=192.0.2.1 from=dave@example.org reason=principal.suspended why=%q`, tt.user, tt.why)
		var a Audit
		g := report(t, &a, line(1, text)).Groups
		if len(g) != 1 || !strings.HasPrefix(g[0].Remedy, tt.want) {
			t.Errorf("%+v: %+v", tt, g)
		}
	}
}

// TestRemediesNameSettings: keys in remedies are keys of the manual.
func TestRemediesNameSettings(t *testing.T) {
	manual, err := os.ReadFile("../../../examples/usher.yaml")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`\b([a-z]+(?:_[a-z]+)+|accounts|hosts|posting)\b`)
	for reason, text := range remedies {
		for _, m := range key.FindAllString(text, -1) {
			if !strings.Contains(string(manual), m+":") {
				t.Errorf("%s: no setting %s", reason, m)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(line(1, meier))
	f.Add(`x {"time":"2026-11-20T10:00:01Z","msg":"mail done","why":"a: would: b; c: would: d"}`)
	f.Add(`{"MESSAGE":"time=2026-11-20T10:00:01Z msg=\"would refuse\" reason=header.from-not-owned why=\"x"}`)
	f.Add("would time=\"")
	f.Fuzz(func(t *testing.T, text string) {
		var a Audit
		if err := a.Read(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		r, sum := a.Report(), 0
		for _, g := range r.Groups {
			sum += g.Count
			if g.Last.Before(g.First) {
				t.Errorf("%+v", g)
			}
		}
		if sum+r.Dropped != r.Lines {
			t.Errorf("%d lines, %d counted", r.Lines, sum)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
