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
