package integration

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// TestWallacePolicies runs the entries about people of testdata/wallace-scenarios.yaml from end to end, as
// TestWallaceResources runs those about resources: over Cyrus, and once more over Dovecot.
func TestWallacePolicies(t *testing.T) {
	suite := wallaceSuites(t)["P"]
	for _, site := range peopleSites {
		t.Run(site.name, func(t *testing.T) {
			totals := map[string]int{}
			f := suite.Fixture
			f.Numbered = site.numbered
			h := newHouse(t, f, site.houseOptions)
			for _, e := range suite.Scenarios {
				t.Run(e.ID, func(t *testing.T) {
					h.begin(t)
					takeSteps(t, h, e)
					word, line := h.judge(e)
					totals[word]++
					fmt.Println(site.name, line)
				})
			}
			for _, word := range slices.Sorted(maps.Keys(totals)) {
				fmt.Printf("%s total %s %d\n", site.name, word, totals[word])
			}
		})
	}
}
