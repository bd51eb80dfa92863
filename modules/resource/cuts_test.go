package resource_test

import (
	"testing"

	"usher/milter/filter/filtertest"
	"usher/modules/resource"
)

// TestIMAPCutAnywhere: whatever command of the calendars' server is the last that is heard, nobody is told what is not
// stored, and a mail that comes again ends as if nothing had been, or truly, where others were faster.
func TestIMAPCutAnywhere(t *testing.T) {
	for directory, cases := range map[string][]string{
		"../../examples/office/office.ldif": {
			"testdata/accepts-when-free.txtar", "testdata/declines-when-busy.txtar", "testdata/moves-by-update.txtar",
			"testdata/update-to-busy-frees-the-old.txtar", "testdata/cancels.txtar",
		},
		"testdata/collections/office.ldif": {
			"testdata/collections/picks-a-member.txtar", "testdata/collections/moves-to-another-member.txtar",
			"testdata/collections/cancel-to-the-collection.txtar", "testdata/collections/next-member-after-the-decline.txtar",
			"testdata/collections/no-member-left-after-the-decline.txtar",
		},
		"testdata/owners/owners.ldif": {
			"testdata/owners/asks-the-owner.txtar", "testdata/owners/owner-accepts.txtar", "testdata/owners/owner-declines.txtar",
		},
	} {
		filtertest.Cuts(t, directory, cases, resource.Module)
	}
}
