package invitation

import (
	"slices"
	"testing"
)

// What settings name is read of the directory, whatever else the schema reads.
func TestDirectoryAttributes(t *testing.T) {
	if got := (&Config{}).DirectoryAttributes("kolab"); len(got) > 0 {
		t.Errorf("without settings %q are read", got)
	}
	c := &Config{Deputy: "manager", Mailbox: "uid"}
	if got, want := c.DirectoryAttributes("kolab"), []string{"manager", "uid"}; !slices.Equal(got, want) {
		t.Errorf("%q are read, want %q", got, want)
	}
}
