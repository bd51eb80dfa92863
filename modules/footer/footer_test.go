package footer_test

import (
	"testing"

	"usher/milter/filter/filtertest"
	"usher/modules/footer"
)

func TestCases(t *testing.T) {
	filtertest.Run(t, "testdata/*.txtar", "../../examples/office/office.ldif", footer.Module)
}
