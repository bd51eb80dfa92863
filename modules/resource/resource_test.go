package resource_test

import (
	"testing"
	_ "time/tzdata"

	"usher/milter/filter/filtertest"
	"usher/modules/resource"
)

func TestCases(t *testing.T) {
	filtertest.Run(t, "testdata/*.txtar", "../../examples/office/office.ldif", resource.Module)
}

// TestOwners: what owners are asked and told, and what their answers do.
func TestOwners(t *testing.T) {
	filtertest.Run(t, "testdata/owners/*.txtar", "testdata/owners/owners.ldif", resource.Module)
}

// TestGroups: what reaches a resource through groups and forwards, and what becomes of those beside it.
func TestGroups(t *testing.T) {
	filtertest.Run(t, "testdata/groups/*.txtar", "testdata/groups/groups.ldif", resource.Module)
}
