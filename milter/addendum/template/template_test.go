package template

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/ldapdir"
)

// people are a directory of entries by their names.
type people map[string]*ldapdir.Entry

func (d people) ByDN(_ context.Context, dn string) (*ldapdir.Entry, bool, error) {
	if strings.HasPrefix(dn, "down") {
		return nil, false, errDown
	}
	e, ok := d[dn]
	return e, ok, nil
}

var errDown = errors.New("down")

var staff = people{
	"uid=boss":  {DN: "uid=boss", Attrs: map[string][]string{"cn": {"Jane Smith"}, "manager": {"uid=owner"}}},
	"uid=owner": {DN: "uid=owner", Attrs: map[string][]string{"cn": {"Otto Owner"}}},
}

var john = &ldapdir.Entry{DN: "uid=doe", Attrs: map[string][]string{
	"cn": {"John <Doe> & Co"}, "telephonenumber": {"+49 (0) 30 1234-5", "2"}, "manager": {"uid=gone", "uid=boss"}, "labeleduri": {"javascript:alert(1)"},
	"x-phone": {"7"}, "postaladdress": {"Main St. 1$10117 Berlin <Mitte>"}, "description": {"two\nlines\u202e"}, "jpegphoto": {"\xff\xd8"}, "c": {"DE"},
	"secretary": {"down=1"}, "usercertificate": {strings.Repeat("x", 2000)},
}}

func TestRender(t *testing.T) {
	tests := []struct {
		name, source, text, html string
		missing                  Missing
	}{
		{name: "nothing asked", source: "Example & Co\n", text: "Example & Co", html: "Example & Co"},
		{name: "any case", source: "{{.CN}} {{.telephoneNumber}}", text: "John <Doe> & Co +49 (0) 30 1234-5", html: "John &lt;Doe&gt; &amp; Co &#43;49 (0) 30 1234-5"},
		{name: "fallback", source: "{{or .mobile .telephoneNumber}}", text: "+49 (0) 30 1234-5", html: "&#43;49 (0) 30 1234-5"},
		{name: "a line goes with all of its attributes", source: "a\nMobile {{.mobile}} {{.fax}}\nb {{.mobile}} {{.c}}\nz", text: "a\nb  DE\nz", html: "a\nb  DE\nz"},
		{name: "a line stays", source: "a\nMobile {{.mobile}}\nz", missing: Empty, text: "a\nMobile \nz", html: "a\nMobile \nz"},
		{name: "all goes", source: "a\nMobile {{.mobile}}\nz", missing: Skip},
		{name: "nothing goes", source: "a\n{{or .mobile .c}}{{with .fax}}{{.}}{{end}}", missing: Skip, text: "a\nDE", html: "a\nDE"},
		{name: "a line of a block goes", source: "{{if .c}}\nin {{.c}}\nFax {{.fax}}\n{{else}}\nnowhere\n{{end}}\nz", text: "in DE\nz", html: "in DE\nz"},
		{name: "the line behind a block stays", source: "a\n{{with .fax}}\nFax {{.}}\n{{end}}\nz {{.c}}\n{{.fax}} y\n", text: "a\nz DE", html: "a\nz DE"},
		{name: "a line with another side stays", source: "{{if .fax}}fax{{else}}no fax{{end}} {{.fax}}", text: "no fax", html: "no fax"},
		{name: "a short block goes", source: "a\n{{with .fax}}Fax {{.}}{{end}} x\nz", text: "a\nz", html: "a\nz"},
		{name: "followed", source: "{{.manager.cn}}, {{.manager.manager.cn}}", text: "Jane Smith, Otto Owner", html: "Jane Smith, Otto Owner"},
		{name: "followed in a block", source: "{{with .manager}}\n{{.cn}} of {{.manager.cn}}\n{{$.c}}{{.fax}}\n{{end}}", text: "Jane Smith of Otto Owner\nDE", html: "Jane Smith of Otto Owner\nDE"},
		{name: "followed to nobody", source: "a\n{{.owner.cn}}\n{{.owner.manager.cn}}\n{{with .owner}}\nb\n{{end}}", text: "a", html: "a"},
		{name: "by a variable", source: "{{$m := .manager}}\n{{$m.cn}}", text: "Jane Smith", html: "Jane Smith"},
		{name: "either of two", source: "{{with or .owner .manager}}{{.cn}}{{end}}", text: "Jane Smith", html: "Jane Smith"},
		{name: "by a text", source: "{{attr \"X-Phone\"}} {{attr \"manager\" \"cn\"}}\n{{attr \"x-fax\"}}\n{{with .c}}{{attr \"x-phone\"}}{{end}}", text: "7 Jane Smith\n7", html: "7 Jane Smith\n7"},
		{name: "several", source: "{{join .telephoneNumber \", \"}}:{{range .telephoneNumber}} {{tel .}}{{end}}", text: "+49 (0) 30 1234-5, 2: +493012345 2", html: "&#43;49 (0) 30 1234-5, 2: &#43;493012345 2"},
		{name: "compared", source: "{{if eq .c \"DE\" \"AT\"}}da{{end}}{{if ne .c \"DE\"}}weg{{end}}", text: "da", html: "da"},
		{name: "an address", source: "{{lines .postalAddress}}", text: "Main St. 1\n10117 Berlin <Mitte>", html: "Main St. 1<br>\n10117 Berlin &lt;Mitte&gt;"},
		{name: "one line, and its direction", source: "a {{.description}}", text: "a two lines", html: "a two lines"},
		{name: "no pictures", source: "a\n{{.jpegPhoto}}\n{{.userCertificate}} x", text: "a", html: "a"},
		{name: "nothing left", source: "-- \n{{.fax}}\n"},
		{name: "a link to call", source: "<a\n  href=\"tel:{{.telephoneNumber}}\"\n  title='{{.cn}}'>Tel:{{.telephoneNumber}}</a>", html: "<a\n  href=\"tel:&#43;493012345\"\n  title='John &lt;Doe&gt; &amp; Co'>Tel:&#43;49 (0) 30 1234-5</a>"},
		{name: "no script", source: "<a href=\"{{.labeledURI}}\">me</a>", html: "<a href=\"#ZgotmplZ\">me</a>"},
		{name: "comments stay", source: "<!--[if mso]>\n<b>\n<![endif]-->{{.c}}<![if !mso]>x<![endif]>\n<!-- {x} \" ` -->{{.fax}}\n<p>{{.fax}} y\n</p>",
			html: "<!--[if mso]>\n<b>\n<![endif]-->DE<![if !mso]>x<![endif]>\n</p>"},
		{name: "what asks for nothing is as written", source: "<p>1 < 2<!-- x --><style>/* x */ p{}</style>", html: "<p>1 < 2<!-- x --><style>/* x */ p{}</style>"},
		{name: "a picture says something", source: "<img src=logo.png>\n<p>{{.fax}}</p>", html: "<img src=logo.png>"},
		{name: "tags say nothing", source: "<p class=sig>\n{{.fax}}\n</p>"},
	}
	for _, tt := range tests {
		for kind, want := range map[Kind]string{Text: tt.text, HTML: tt.html} {
			if kind == Text && strings.Contains(tt.source, "<") {
				continue
			}
			tm, wrong := Parse("f", tt.source, kind, tt.missing)
			if wrong != nil {
				t.Errorf("%s: %v", tt.name, wrong)
				continue
			}
			if got, err := tm.Render(t.Context(), staff, john); got != want || err != nil {
				t.Errorf("%s (HTML %v):\n%q, %v; want\n%q", tt.name, kind, got, err, want)
			}
			if _, err := tm.Render(t.Context(), staff, nil); err != nil {
				t.Errorf("%s: of nobody: %v", tt.name, err)
			}
		}
	}
}

// TestMistakes have their line, and all that can be told at once are.
func TestMistakes(t *testing.T) {
	for source, want := range map[string]string{
		"a\n{{foo}}":                           "f:2: there is no function foo; an attribute is written {{.foo}}",
		"a\n\n{{.cn":                           "f:4: unclosed action started at f:3",
		"{{if .cn}}\nx":                        "unexpected EOF",
		"x\n{{range .mail}}{{.cn}}{{end}}":     "f:2: .cn: whose attribute is that?",
		"{{.a}}\n{{(or .manager .boss).cn}}":   "f:2: (or .manager .boss).cn: whose attribute is that?",
		"{{.a.b.c.d}}\n{{attr .x}}":            "f:1: .a.b.c.d follows 3 names, want 2 at most\nf:2: attr wants the name of an attribute in quotes",
		"{{.cn}}\n{{template \"x\"}}":          "f:2: there is no template",
		"{{define \"x\"}}{{end}}{{.cn}}":       "define and block have no use here",
		"{{.cn}}\n<a href={{if .x}}\"{{end}}>": "f:2: {{if}} branches end in different contexts",
		"a\n{{index .mail 1}}":                 "f:2: error calling index: reflect: slice index out of range",
		"a\n<!-- {{.cn}} -->{{.cn}}":           "f:2: attributes in a comment are not shown",
		"<!-- \n -->\n{{foo}}":                 "f:3: there is no function foo",
		" \n":                                  "f: empty",
		"Gr\xfc\xdfe":                          "f: not UTF-8",
		strings.Repeat("x", 70000):             "f: larger than 65536 bytes",
		"{{.a.a}}{{.b.b}}{{.c.c}}{{.d.d}}{{.e.e}}{{.f.f}}{{.g.g}}{{.h.h}}{{.i.i}}": "9 entries of the directory are followed, want 8 at most",
		"{{range 1000000000}}{{end}}":                                 "f:1: range wants an attribute",
		"{{range .a}}{{range $.b}}{{range $.c}}{{end}}{{end}}{{end}}": "f:1: range wants an attribute",
		"{{html .cn}} {{js .cn}}":                                     "there is no function html",
	} {
		_, wrong := Parse("f", source, HTML, Empty)
		var lines []string
		for _, m := range wrong {
			lines = append(lines, m.String())
		}
		if got := strings.Join(lines, "\n"); !strings.HasPrefix(got, want) && !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%.60q: %s; want %s", source, got, want)
		}
	}
}

// TestResultIsBounded, whatever the directory holds.
func TestResultIsBounded(t *testing.T) {
	tm, wrong := Parse("f", strings.Repeat("{{.cn}}", 1000), Text, Empty)
	if wrong != nil {
		t.Fatal(wrong)
	}
	if _, err := tm.Render(t.Context(), staff, &ldapdir.Entry{Attrs: map[string][]string{"cn": {strings.Repeat("x", 1000)}}}); err == nil {
		t.Error("a megabyte of words")
	}
}

// TestOutage: a directory that does not answer is no missing attribute.
func TestOutage(t *testing.T) {
	tm, wrong := Parse("f", "a {{.secretary.cn}}", Text, "")
	if wrong != nil {
		t.Fatal(wrong)
	}
	if got, err := tm.Render(t.Context(), staff, john); !errors.Is(err, errDown) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAttributes(t *testing.T) {
	tm, wrong := Parse("f", "{{.CN}}{{or .mobile (lower .fax)}}\n{{with $m := .manager}}{{.sn}}{{$m.L}}{{attr \"x-y\"}}{{end}}", Text, "")
	if wrong != nil {
		t.Fatal(wrong)
	}
	if got, want := tm.Attributes(), []string{"cn", "fax", "l", "manager", "mobile", "sn", "x-y"}; !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
}

// FuzzParse: whatever is taken can be rendered for nobody, and what somebody is called never becomes a tag.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"{{.cn}}\n{{with .a}}\n{{.b}}\n{{end}}\nx", "<a href='{{.cn}}'>\n{{if .c}}x{{else}}y{{end}}", "{{$x := or .cn .a}}{{$x.b}}", "{{- .cn -}}\n{{/* x */}}\n",
		"<!-- x -->{{lines .a}}{{join .b \"<\"}}<textarea>{{.c}}", "<p {{.a}}={{.b}}>{{printf \"%s\" .c}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		tm, wrong := Parse("f", source, HTML, DropLine)
		if wrong != nil {
			return
		}
		if _, err := tm.Render(t.Context(), staff, nil); err != nil {
			t.Errorf("of nobody: %v", err)
		}
		e := &ldapdir.Entry{DN: "x", Attrs: map[string][]string{}}
		for _, name := range tm.Attributes() {
			e.Attrs[name] = []string{`"'--><x-evil>`, "</textarea><x-evil>"}
		}
		words, err := tm.Render(t.Context(), staff, e)
		if err == nil && !strings.Contains(strings.ToLower(source), "x-evil") && hasTag(words, "x-evil") {
			t.Errorf("%q makes %q", source, words)
		}
	})
}

func hasTag(words, name string) bool {
	z := html.NewTokenizer(strings.NewReader(words))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if n, _ := z.TagName(); string(n) == name {
			return true
		}
	}
	return false
}

func ExampleTemplate_Render() {
	tm, _ := Parse("signature.txt", "{{.cn}}\nTel {{.telephoneNumber}}\nMobile {{.mobile}}\n", Text, DropLine)
	words, _ := tm.Render(context.Background(), staff, john)
	fmt.Println(words)
	// Output:
	// John <Doe> & Co
	// Tel +49 (0) 30 1234-5
}
