package footer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/milter/filter"
	"usher/milter/filter/filtertest"
	"usher/modules/footer"
)

func TestCases(t *testing.T) {
	filtertest.Run(t, "testdata/*.txtar", "../../examples/office/office.ldif", footer.Module)
}

// TestWrongSettings are told in words, the file named.
func TestWrongSettings(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct{ content, want string }{
		"latin1.txt": {"Gr\xfc\xdfe\n", "latin1.txt: not UTF-8"},
		"empty.txt":  {" \r\n", "empty.txt: empty"},
		"large.txt":  {strings.Repeat("x", 65<<10), "large.txt: larger than 65536 bytes"},
		"bom.txt":    {"\uFEFFhello", ""},
		"":           {"", "nothing to add, want text_file, html_file or both"},
	} {
		file := filepath.Join(dir, name)
		if name == "" {
			file = ""
		} else if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := footer.Module.Build(filter.Host{}, func(into any) error {
			into.(*footer.Config).TextFile = file
			return nil
		})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v; want %q", name, err, tt.want)
		}
	}
}
