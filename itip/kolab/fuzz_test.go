package kolab

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRead looks for mails that Read cannot take without falling, and for objects that change when they are written
// and read again.
func FuzzRead(f *testing.F) {
	for _, lines := range hard {
		f.Add(mustWrite(f, parse(f, hardText(lines))))
	}
	own, _ := filepath.Glob("testdata/*.eml")
	for _, name := range own {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, mail []byte) {
		m, err := Read(mail)
		if err != nil {
			return
		}
		again, err := Write(m)
		if errors.Is(err, ErrZone) || errors.Is(err, ErrFormat) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(again)
		if err != nil {
			t.Fatalf("%v\n%s", err, again)
		}
		if strings.ContainsAny(string(m.Object.Encode()), "\ufffe\uffff") {
			return // nothing that XML could hold
		}
		if d := different(m.Object, back.Object); d != "" {
			t.Fatalf("%s\n%s", d, again)
		}
	})
}
