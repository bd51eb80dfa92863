package imip

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/itip"
)

// TestCorpus tells of mails of real clients what each holds. They have other licences and stay outside: USHER_IMIP
// names their folder.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("USHER_IMIP")
	if folder == "" {
		t.Skip("SKIPPED: USHER_IMIP does not name a folder of .eml files; no mail of a real client was read")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no .eml files in %s: %v", folder, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { readReal(t, string(data)) })
	}
}

// readReal wants of each mail the one event it has.
func readReal(t *testing.T, text string) {
	m := letter(t, text)
	l := Read(m, itip.Event, itip.Todo)
	t.Log(told(l))
	if len(l.Items) != 1 || l.Why != "" || !l.Whole() {
		t.Fatal("want one message and nothing else")
	}
	o := l.Items[0].Object
	if o.Kind() != itip.Event || !slices.Contains([]string{"REQUEST", "CANCEL", "PUBLISH"}, o.Method()) {
		t.Errorf("%s %s", o.Method(), o.Kind())
	}
	if said := "METHOD:" + o.Method(); strings.Contains(text, "BEGIN:VCALENDAR") && !strings.Contains(text, said) {
		t.Errorf("the mail does not say %s", said)
	}
	isReadAgain(t, o, m.Header)
}
