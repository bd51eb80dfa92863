package addendum

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

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
		if v := bottom(t, tt.doc); tt.doc[:v.at]+v.closing != tt.before {
			t.Errorf("the words of %q are behind %q; want %q", tt.doc, tt.doc[:v.at]+v.closing, tt.before)
		}
	}
}

func bottom(t *testing.T, doc string) *view {
	t.Helper()
	v, err := readHTML(strings.NewReader(doc), Bottom, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// FuzzBodyEnd: the offset is in the document, and what is put there does not fall into a comment or a tag: it is
// found as an element by whoever reads the result.
func FuzzBodyEnd(f *testing.F) {
	for _, s := range []string{"<body>x</body>", "<!-- x", "<script>", "<a b='", "<textarea></textarea></body", "<?x>", "<![CDATA[x]]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		v := bottom(t, doc)
		if v.at < 0 || v.at > int64(len(doc)) {
			t.Fatalf("the bottom of %q is at %d", doc, v.at)
		}
		if !hasElement(doc[:v.at]+v.closing+"<x-footer>"+doc[v.at:], "x-footer") && !strings.Contains(doc, "x-footer") {
			t.Errorf("the bottom of %q is at %d: the words are hidden", doc, v.at)
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
