package signature_test

import (
	"testing"

	"usher/milter/filter/filtertest"
	"usher/modules/signature"
)

func TestCases(t *testing.T) {
	filtertest.Run(t, "testdata/*.txtar", "testdata/people.ldif", signature.Module)
}
