package resource_test

import (
	"testing"

	"usher/milter/filter/filtertest"
	"usher/modules/resource"
)

func TestCollectionCases(t *testing.T) {
	filtertest.Run(t, "testdata/collections/*.txtar", "testdata/collections/office.ldif", resource.Module)
}
