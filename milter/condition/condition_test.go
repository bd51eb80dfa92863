package condition

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/filter"
	"usher/milter/message"
)

const text = `From: "Jane" <Jane.Smith@example.org>
To: partner@elsewhere.example
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
X-Project: blue
X-Project: green
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

hello
--b
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
--b--
`

func tx(t *testing.T, d *ldapdir.Dir) *filter.Tx {
	t.Helper()
	mail, err := message.Read(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")), 0)
	if err != nil {
		t.Fatal(err)
	}
	env := filter.Envelope{Role: filter.Submission, Listener: "a", User: "smith", From: "jane.smith@example.org"}
	for _, a := range []address.Address{"partner@elsewhere.example", "juergen.meier@example.org", "room@example.org", "nobody@example.org"} {
		r := filter.Recipient{Address: a}
		r.Entry, _, r.Err = d.Lookup(t.Context(), a)
		env.Rcpts = append(env.Rcpts, r)
	}
	env.Sender, _, env.Err = d.Lookup(t.Context(), env.From)
	return &filter.Tx{Envelope: env, Message: mail}
}

func directory(t *testing.T) *ldapdir.Dir {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = "../../examples/office/office.ldif", "dc=example,dc=org", []string{"example.org"}, "kolab"
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestHolds(t *testing.T) {
	d := directory(t)
	mail := tx(t, d)
	for expr, want := range map[string]bool{
		"":                     true,
		`role == "submission"`: true,
		`login == ""`:          false,
		`client == ""`:         true,
		`sender.internal`:      true,
		`sender.name == "Jane Smith" && sender.kind == "person"`:                            true,
		`"preferredlanguage" in sender.attributes`:                                          true,
		`sender.attributes["preferredlanguage"][0] == "en"`:                                 true,
		`sender.in_group("board@example.org")`:                                              true,
		`sender.in_group("staff@example.org")`:                                              true, // the board is in it
		`sender.in_group("black@example.org")`:                                              false,
		`sender.in_group("nobody@example.org")`:                                             false,
		`recipients.exists(r, !r.internal)`:                                                 true,
		`recipients.all(r, r.internal)`:                                                     false,
		`recipients.exists(r, r.kind == "resource")`:                                        true,
		`recipients.filter(r, r.internal).size() == 3`:                                      true,
		`recipients.exists(r, r.in_group("staff@example.org"))`:                             true,
		`mail.subject == "Grüße" && mail.from == ["jane.smith@example.org"]`:                true,
		`mail.headers["x-project"].exists(p, p.matches("^gr"))`:                             true,
		`"x-nothing" in mail.headers`:                                                       false,
		`mail.calendar && !mail.signed && !mail.encrypted && !mail.automatic && !mail.list`: true,
		`mail.size > 100 && mail.size < 1000`:                                               true,
	} {
		c, err := Compile(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, err := c.Holds(t.Context(), About(t.Context(), mail, d)); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", expr, got, err, want)
		}
	}
}

// TestPerRecipient: the same condition holds for one and not for another.
func TestPerRecipient(t *testing.T) {
	d := directory(t)
	mail := tx(t, d)
	c, err := Compile(`sender.internal && !recipient.internal`)
	if err != nil || !c.PerRecipient() {
		t.Fatal(err, c.PerRecipient())
	}
	f := About(t.Context(), mail, d)
	for i, want := range []bool{true, false, false, false} {
		if got, err := c.Holds(t.Context(), f.For(mail.Rcpts[i])); err != nil || got != want {
			t.Errorf("%s: %v, %v", mail.Rcpts[i].Address, got, err)
		}
	}
	if whole, _ := Compile(`recipients.exists(r, r.internal)`); whole.PerRecipient() {
		t.Error("asks for no recipient in particular")
	}
	if _, err := c.Holds(t.Context(), f); err == nil {
		t.Error("no recipient is meant, and there is an answer")
	}
}

func TestMistakes(t *testing.T) {
	for expr, want := range map[string]string{
		`sender.intern`:                "line 1, column 7: undefined field 'intern'",
		`sendr.internal`:               "line 1, column 1: undeclared reference to 'sendr'",
		`mail.size > "10"`:             "line 1, column 11: found no matching overload for '_>_'",
		`mail.subject`:                 "is a string, want one that is true or false",
		"true &&\n (":                  "line 2, column 3: Syntax error",
		`recipients.exists(r, r.size)`: "undefined field 'size'",
		strings.Repeat("(", 5000):      "longer than",
		`"X-No" in mail.headers`:       `names in headers are in lower case, want "x-no", not "X-No"`,
		`recipients.exists(r, r.attributes["departmentNumber"][0] == "1")`: `want "departmentnumber"`,
		`mail.subject.matches("(")`:                                        "",
	} {
		c, err := Compile(expr)
		if want == "" && err == nil {
			_, err = c.Holds(t.Context(), About(t.Context(), tx(t, directory(t)), directory(t)))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v; want %q", expr, err, want)
		}
	}
}

// TestOutage: what rests on a directory that does not answer is no answer, and what does not is one.
func TestOutage(t *testing.T) {
	d := directory(t)
	mail := tx(t, d)
	f := About(t.Context(), mail, down{d})
	ask := func(expr string) (bool, error) {
		c, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		return c.Holds(t.Context(), f)
	}
	if _, err := ask(`recipients.exists(r, r.internal)`); !errors.Is(err, errDown) {
		t.Errorf("the outside recipient's domain: %v", err)
	}
	if _, err := ask(`sender.in_group("board@example.org") || true`); !errors.Is(err, errDown) {
		t.Errorf("the group: %v", err)
	}
	if ok, err := ask(`sender.internal`); !ok || err != nil {
		t.Errorf("the sender is known: %v, %v", ok, err)
	}
}

type down struct{ *ldapdir.Dir }

var errDown = errors.New("down")

func (down) Lookup(context.Context, address.Address) (*ldapdir.Entry, bool, error) {
	return nil, false, errDown
}

func (down) Domain(context.Context, string) (ldapdir.Domain, bool, error) {
	return ldapdir.Domain{}, false, errDown
}

// TestCostIsBounded: an expression may not cost more than it is worth.
func TestCostIsBounded(t *testing.T) {
	d := directory(t)
	mail := tx(t, d)
	for range 300 {
		mail.Rcpts = append(mail.Rcpts, mail.Rcpts[1])
	}
	c, err := Compile(`recipients.all(a, recipients.all(b, recipients.all(c, a.address.size() + b.address.size() + c.address.size() > 0)))`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Holds(t.Context(), About(t.Context(), mail, d)); err == nil {
		t.Error("27 million steps were taken")
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`sender.internal && recipients.exists(r, !r.internal)`)
	f.Fuzz(func(t *testing.T, expr string) {
		if c, err := Compile(expr); err == nil && c.String() != expr && strings.TrimSpace(expr) != "" {
			t.Error("another text")
		}
	})
}

// TestEarly: what the envelope and the header tell is told before there is a body, and nobody is asked.
func TestEarly(t *testing.T) {
	d := directory(t)
	mail := tx(t, d)
	inside := mail.Envelope
	inside.Rcpts = mail.Rcpts[1:3]
	for expr, want := range map[string]string{
		`role == "inbound"`:                                            "no",
		`mail.subject == "Grüße" && !mail.list`:                        "yes",
		`"x-nothing" in mail.headers`:                                  "no",
		`role == "inbound" && mail.calendar`:                           "no",
		`mail.calendar`:                                                "early",
		`mail.size > 10`:                                               "early",
		`sender.internal && sender.kind == "person"`:                   "yes",
		`recipients.exists(r, !r.internal)`:                            "no",
		`sender.in_group("board@example.org")`:                         "early",
		`sender.domain == "b" && sender.in_group("board@example.org")`: "no",
	} {
		c, err := Compile(expr)
		if err != nil {
			t.Fatal(expr, err)
		}
		f := Early(&inside, mail.Message.Header)
		if _, err := must2(Compile(`mail.subject != ""`)).Holds(t.Context(), f); err != nil { // and it is remembered
			t.Fatal(err)
		}
		holds, err := c.Holds(t.Context(), f)
		got := map[bool]string{true: "yes", false: "no"}[holds]
		if errors.Is(err, ErrEarly) {
			got = "early"
		}
		if got != want || err != nil && got != "early" {
			t.Errorf("%s: %s, %v; want %s", expr, got, err, want)
		}
	}
	c, _ := Compile(`recipients.exists(r, !r.internal)`)
	if _, err := c.Holds(t.Context(), Early(&mail.Envelope, mail.Message.Header)); !errors.Is(err, ErrEarly) {
		t.Errorf("whose domain that is would have to be asked: %v", err)
	}
}

func must2(c Condition, err error) Condition {
	if err != nil {
		panic(err)
	}
	return c
}

func TestAttributes(t *testing.T) {
	c, err := Compile(`"ou" in sender.attributes && recipients.exists(r, r.attributes["l"][0] == "Bonn") && mail.headers["x-a"][0] == "b"`)
	if got := c.Attributes(); err != nil || !slices.Equal(got, []string{"l", "ou"}) && !slices.Equal(got, []string{"ou", "l"}) {
		t.Errorf("%v, %v", got, err)
	}
}
