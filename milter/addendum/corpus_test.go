package addendum

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/milter/message"
)

// footers is how many parts of the tricky mails get one; the others leave as they came.
var footers = map[string]int{
	"01-plain-ascii-7bit": 1, "02-plain-latin1-qp": 1, "03-plain-utf8-b64": 1, "04-format-flowed-delsp": 1,
	"05-html-nobody-b64": 1, "06-html-fake-body-close-qp": 1, "07-alternative": 2, "08-mixed-alt-related-attach": 2,
	"09-related-root-start": 1, "17-reply-html-gmail-quote": 2, "18-reply-outlook-header-block": 1, "22-forward-rfc822": 1,
	"24-preamble-epilogue-odd-boundary": 1, "25-missing-close-boundary": 2, "26-iso2022jp": 1, "27-html-utf16-b64": 1,
	"29-applemail-text-pdf-text": 1, "30-inline-disposition-body": 1,
}

const words = "Vertraulich – nur für Empfänger. €5\n-- \n > quoted?  \nFrom here"

// TestTrickyMails: the footer is there once for each form, what was there before says what it said, and all other
// parts are the same bytes.
func TestTrickyMails(t *testing.T) {
	files, err := filepath.Glob("../message/testdata/footer/*.eml")
	if err != nil || len(files) < len(footers) {
		t.Fatalf("%d mails, %v", len(files), err)
	}
	w := Words{Text: words, HTML: "<p>Vertraulich – nur für Empfänger. €5</p>"}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		for style, data := range map[string][]byte{"as it is": raw, "with LF": bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))} {
			checkTricky(t, w, name+" "+style, footers[name], data)
		}
	}
}

func checkTricky(t *testing.T, w Words, name string, want int, raw []byte) {
	t.Helper()
	in, err := message.Read(bytes.NewReader(raw), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Add(in, w, Options{})
	switch {
	case err != nil:
		t.Errorf("%s: %v", name, err)
		return
	case o.Mail == nil && want == 0:
		return
	case o.Mail == nil || want == 0:
		t.Errorf("%s: changed %v; want %d footers (%s)", name, o.Mail != nil, want, o.Why)
		return
	}
	out := reread(t, o.Mail)
	if long(raw) < long(bytesOf(t, out)) && long(bytesOf(t, out)) > maxLine {
		t.Errorf("%s: a line of %d bytes", name, long(bytesOf(t, out)))
	}
	got := 0
	for p := range in.Parts() {
		q, ok := out.Part(p.Path)
		switch {
		case !ok || len(q.Children) != len(p.Children):
			t.Fatalf("%s: part %s is another one now", name, p.Path)
		case p.IsLeaf() && !sameRaw(t, p, q):
			got++
			checkPart(t, name, p, q)
		}
	}
	if got != want {
		t.Errorf("%s: %d parts changed; want %d", name, got, want)
	}
}

// checkPart takes the footer out again and looks whether the text is what it was.
func checkPart(t *testing.T, name string, p, q *message.Part) {
	t.Helper()
	was, is := text(t, p), text(t, q)
	footer := strings.Split(words, "\n")[0]
	if q.MediaType() == "text/html" {
		footer = "<p>Vertraulich"
	}
	at := strings.Index(is, footer)
	if at < 0 || strings.Count(is, footer) != 1 {
		t.Errorf("%s: part %s: the footer is there %d times", name, q.Path, strings.Count(is, footer))
		return
	}
	before := strings.TrimRight(is[:at], "\r\n")
	if !strings.HasPrefix(was, before) || q.MediaType() == "text/plain" && strings.TrimRight(was, "\r\n") != before {
		t.Errorf("%s: part %s: before the footer stands\n%q\nwant\n%q", name, q.Path, before, was)
	}
	if !strings.HasSuffix(is, was[len(before):]) && q.MediaType() == "text/html" {
		t.Errorf("%s: part %s: behind the footer stands %q; want the end of %q", name, q.Path, is[at:], was)
	}
	if p.Param("format") != q.Param("format") || p.Param("delsp") != q.Param("delsp") {
		t.Errorf("%s: part %s: %s; want the parameters of %s", name, q.Path, q.Header.Get("Content-Type"), p.Header.Get("Content-Type"))
	}
}

func text(t *testing.T, p *message.Part) string {
	t.Helper()
	s, err := p.Text(maxText)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sameRaw(t *testing.T, p, q *message.Part) bool {
	t.Helper()
	var a, b bytes.Buffer
	if _, err := a.ReadFrom(p.Raw()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ReadFrom(q.Raw()); err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(a.Bytes(), b.Bytes())
}

func long(mail []byte) (longest int) {
	for line := range bytes.Lines(mail) {
		longest = max(longest, len(bytes.TrimRight(line, "\r\n")))
	}
	return longest
}

func bytesOf(t *testing.T, m *message.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reread is the mail as its reader gets it.
func reread(t *testing.T, m *message.Message) *message.Message {
	t.Helper()
	n, err := message.Read(bytes.NewReader(bytesOf(t, m)), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBodyEnd(t *testing.T) {
	tests := []struct{ doc, before string }{
		{"<body>x</body></html>", "<body>x"},
		{"<p>x", "<p>x"},
		{"<p>x</html>\n", "<p>x"},
		{"<body>x</body><body>y</body>", "<body>x</body><body>y"},
		{"<body>x<!-- </body> -->", "<body>x<!-- </body> -->"},
		{"<p>x<!-- open", "<p>x"},
		{"<p>x<!-- a > b", "<p>x"},
		{"<p>x<!bogus", "<p>x"},
		{"<p>x<script>if (a < b) '</body>'", "<p>x"},
		{"<style>a{}</style><p>x", "<style>a{}</style><p>x"},
		{"<p>x<textarea>y", "<p>x"},
		{"<p>x</p><a href=\"http://exam", "<p>x</p>"},
		{"<p title='</body>'>x", "<p title='</body>'>x"},
		{"<p>x<![if !mso]>y<![endif]>", "<p>x<![if !mso]>y<![endif]>"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := tt.doc[:bodyEnd([]byte(tt.doc))]; got != tt.before {
			t.Errorf("bodyEnd(%q) is behind %q; want %q", tt.doc, got, tt.before)
		}
	}
}

// FuzzBodyEnd: the offset is in the document, and what is put there does not fall into a comment or a tag: it is
// found as an element by whoever reads the result.
func FuzzBodyEnd(f *testing.F) {
	for _, s := range []string{"<body>x</body>", "<!-- x", "<script>", "<a b='", "<textarea></textarea></body", "<?x>", "<![CDATA[x]]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		at := bodyEnd([]byte(doc))
		if at < 0 || at > len(doc) {
			t.Fatalf("bodyEnd(%q) = %d", doc, at)
		}
		if !hasElement(doc[:at]+"<x-footer>"+doc[at:], "x-footer") && !strings.Contains(doc, "x-footer") {
			t.Errorf("bodyEnd(%q) = %d: the footer is hidden", doc, at)
		}
	})
}

func hasElement(doc, name string) bool {
	z := html.NewTokenizer(strings.NewReader(doc))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind == html.StartTagToken {
			if n, _ := z.TagName(); string(n) == name {
				return true
			}
		}
	}
	return false
}
