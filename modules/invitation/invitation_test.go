package invitation_test

import (
	"testing"
	_ "time/tzdata"

	"usher/milter/filter/filtertest"
	"usher/modules/invitation"
)

func TestCases(t *testing.T) {
	filtertest.Run(t, "testdata/*.txtar", "testdata/people.ldif", invitation.Module)
}
