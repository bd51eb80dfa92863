package footer_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/addendum"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/modules/footer"
)

// The words of the tricky mails' expectations.
const (
	plainFooter = "Vertraulich – nur für Empfänger. 株式会社 €5"
	htmlFooter  = `<p class="disc">` + plainFooter + `</p>`
)

// corpusFolder is USHER_FOOTER_CORPUS, or the copy in testdata.
func corpusFolder() string {
	if dir := os.Getenv("USHER_FOOTER_CORPUS"); dir != "" {
		return dir
	}
	return filepath.Join("testdata", "corpus")
}

// TestCorpus shows the module tricky mails and holds what it makes of them against expect.json: one line per mail with
// -v, and totals.
func TestCorpus(t *testing.T) {
	dir := corpusFolder()
	expected := expectations(t, dir)
	right, unverified := 0, 0
	for _, name := range sorted(expected) {
		in, out, why := throughModule(t, dir, name)
		wrong, missing := judge(expected[name], in, out, dir)
		line := name + ": " + why
		if missing != "" {
			unverified++
			line += " -- SIGNATURE NOT VERIFIED: " + missing + " is not installed"
		}
		if len(wrong) == 0 {
			right++
			t.Log("ok    " + line)
			continue
		}
		t.Errorf("WRONG %s\n      %s", line, strings.Join(wrong, "\n      "))
	}
	t.Logf("%d mails: %d right, %d wrong, %d signatures not verified", len(expected), right, len(expected)-right, unverified)
	if unverified > 0 {
		t.Logf("install gnupg and openssl to have the signatures verified")
	}
}

func expectations(t *testing.T, dir string) map[string]expectation {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "expect.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]expectation
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields() // an expectation nobody checks is not met
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	mails, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(mails) == 0 || len(mails) != len(all) {
		t.Fatalf("%d mails and %d expectations, %v", len(mails), len(all), err)
	}
	return all
}

func sorted(all map[string]expectation) (names []string) {
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// throughModule is a mail as our people send it, and as it leaves.
func throughModule(t *testing.T, dir, name string) (in, out *message.Message, why string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), "@@FOOTER-TEXT-QUOTED@@", plainFooter)
	in = parse(t, strings.ReplaceAll(text, "@@FOOTER-HTML@@", htmlFooter))
	m, err := footer.Module.Build(filter.Host{Directory: office(t)}, func(into any) error {
		c := into.(*footer.Config)
		c.Text, c.HTML, c.Once, c.Calendar, c.Position = plainFooter, htmlFooter, true, true, "above_quote"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p := filter.Pipeline{Steps: []filter.Step{{Name: "footer", Setting: filter.Setting{Module: m, OnError: filter.Defer}}}}
	o := p.Run(t.Context(), &filter.Tx{Message: in, Envelope: filter.Envelope{Role: filter.Submission, From: "alice@example.org",
		Rcpts: []filter.Recipient{{Address: "bob@example.net"}}}})
	if o.Refuse != nil {
		t.Fatalf("%s: refused: %s", name, o.Why())
	}
	if out = in; o.Message != nil {
		out = parse(t, bytesOf(t, o.Message))
	}
	if why = o.Why(); why == "" {
		why = "let go at the end of its header"
	}
	return in, out, why
}

// office is a directory: the corpus is about mails, not about who writes them.
func office(t *testing.T) *ldapdir.Dir {
	t.Helper()
	c := ldapdir.Defaults()
	c.LDIF, c.Base, c.Domains, c.Preset = "../../examples/office/office.ldif", "dc=example,dc=org", []string{"example.org"}, "kolab"
	d, err := ldapdir.New(c, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func parse(t *testing.T, raw string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(raw), 1<<24)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t *testing.T, m *message.Message) string {
	t.Helper()
	var b strings.Builder
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCorpusRunnerSeesFaults: for each kind of expectation, a mail that does not meet it is seen.
func TestCorpusRunnerSeesFaults(t *testing.T) {
	dir := filepath.Join("testdata", "corpus")
	expected := expectations(t, dir)
	swap := func(old, new string) func(string) string {
		return func(mail string) string { return strings.Replace(mail, old, new, 1) }
	}
	twice := func(mail string) string { return mail + plainFooter + "\r\n" }
	for _, tt := range []struct {
		mail, want string
		harm       func(string) string
	}{
		{"03-plain-utf8-b64", "text:", swap("base64", "8bit")},
		{"07-alternative", "text:", swap("Vertraulich", "Offen")},
		{"07-alternative", "html:", swap(`<p class="disc">`, `<p class="disc" style="display:none">`)},
		{"07-alternative", "html:", swap(`<p class="disc">`, `<p class="disc"><!-- `)},
		{"07-alternative", "html:", swap(`</body>`, htmlFooter+`</body>`)},
		{"06-html-fake-body-close-qp", "once:", swap(`</bo=`, strings.ReplaceAll(htmlFooter, "=", "=3D")+`</bo=`)},
		{"02-plain-latin1-qp", "contains:", swap("Gr", "gr")},
		{"08-mixed-alt-related-attach", "untouched:", swap("ATTACHED NOTES", "Attached notes")},
		{"08-mixed-alt-related-attach", "another part", swap("iVBORw0K", "iVBORw1K")},
		{"20-imip-single", "identical:", twice},
		{"10-pgpmime-signed", "verify:", swap("\r\n\r\n--", "\r\n.\r\n--")},
		{"10-pgpmime-signed", "verify:", swap("-----BEGIN PGP SIGNATURE-----\r\n\r\n", "-----BEGIN PGP SIGNATURE-----\r\n\r\nAAAA")},
		{"11-smime-signed-detached", "verify:", swap("do not touch", "do not Touch")},
		{"12-smime-signed-opaque", "verify:", swap("MII", "MIJ")},
		{"15-inline-clearsigned", "verify:", swap("Clearsigned text.", "Clearsigned text!")},
		{"15-inline-clearsigned", "inline_pgp:", swap("-----BEGIN PGP SIGNATURE", plainFooter+"\r\n-----BEGIN PGP SIGNATURE")},
		{"04-format-flowed-delsp", "flowed:", swap("format=flowed", "format=fixed")},
		{"04-format-flowed-delsp", "flowed:", swap("Alice\r\n", "Alice =20\r\n")},
		{"17-reply-html-gmail-quote", "text:", swap("question?\r\n", "question?\r\n> "+plainFooter+"\r\n")},
		{"18-reply-outlook-header-block", "reply:", below},
		{"19-imip-alternative", "calendar:", swap("SUMMARY:Meet", "SUMMARY:Meat")},
		{"22-forward-rfc822", "inner_once:", swap("INNER MESSAGE must", "INNER MESSAGE may")},
		{"23-attachment-only", "nobody:", swap("JVBE", "JVBF")},
		{"28-mislabelled-8bit", "bytes_contains:", swap("Gr\xfc\xdfe", "Gr\xef\xbf\xbde")},
		{"29-applemail-text-pdf-text", "last_text:", swap("\r\n\r\nbefore", "\r\n\r\n"+"before\r\n"+"Vertraulich")},
		{"29-applemail-text-pdf-text", "footer_count:", swap("Vertraulich", "offen")},
	} {
		in, out, _ := throughModule(t, dir, tt.mail)
		was := bytesOf(t, out)
		harmed := tt.harm(was)
		if harmed == was {
			t.Errorf("%s, %s: it could not be harmed", tt.mail, tt.want)
			continue
		}
		wrong, missing := judge(expected[tt.mail], in, parse(t, harmed), dir)
		if missing == "" && !slices.ContainsFunc(wrong, func(w string) bool { return strings.HasPrefix(w, tt.want) }) {
			t.Errorf("%s, %s: the fault is not seen, only %q, in\n%s", tt.mail, tt.want, wrong, harmed)
		}
	}
}

// below puts the words of a reply to its end.
func below(mail string) string {
	i := strings.Index(mail, "=\r\n<div class=3D\"addendum-")
	if i < 0 {
		i = strings.Index(mail, "<div class=3D\"addendum-")
	}
	j := i + strings.Index(mail[i:], "</div>") + len("</div>")
	words := mail[i:j]
	return strings.Replace(mail[:i]+mail[j:], "</body>", "=\r\n"+strings.TrimPrefix(words, "=\r\n")+"</body>", 1)
}

// hasTool tells whether a program is installed.
func hasTool(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// TestWrappedSignaturesHold: beside the words, in a new mail, what was signed is still what was signed.
func TestWrappedSignaturesHold(t *testing.T) {
	for name, kind := range map[string]string{"10-pgpmime-signed": "pgp", "11-smime-signed-detached": "smime", "12-smime-signed-opaque": "smime"} {
		mail, err := os.ReadFile(filepath.Join("testdata", "corpus", name+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, place := range []addendum.Place{addendum.Bottom, addendum.Top} {
			r, err := addendum.Add(parse(t, string(mail)), addendum.Words{Text: plainFooter}, addendum.Options{Place: place, Signed: addendum.Wrap})
			if err != nil || r.Mail == nil {
				t.Errorf("%s: %s, %v", name, r.Why, err)
				continue
			}
			which := 0
			if place == addendum.Top {
				which = 1
			}
			p, ok := parse(t, bytesOf(t, r.Mail)).Part(message.Path{which})
			if !ok {
				t.Errorf("%s: there is no part %d", name, which)
				continue
			}
			signed := p.Header.With(message.NewField("MIME-Version", "1.0"))
			v := &verdict{}
			v.verify(kind, message.New(signed, message.Bytes(raw(p))), filepath.Join("testdata", "corpus"))
			if v.missing != "" {
				t.Logf("%s: SIGNATURE NOT VERIFIED: %s is not installed", name, v.missing)
			}
			if len(v.wrong) > 0 {
				t.Errorf("%s, %s: %s", name, place, v.wrong)
			}
		}
	}
}
