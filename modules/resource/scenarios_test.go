package resource

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// played says which cases of testdata play a scenario of other programs' test suites, and where we do otherwise.
// The ancestor's are played once more with a real Postfix, slapd and Cyrus, as integration's R- entries.
var played = map[string]struct {
	cases   string // below testdata
	differs string // the row that wins over the scenario
}{
	"wallace.resource.002.free":              {cases: "accepts-when-free"},
	"wallace.resource.003.conflict":          {cases: "declines-when-busy"},
	"wallace.resource.004.collection":        {cases: "collections/picks-a-member"},
	"wallace.resource.005.self-conflict":     {cases: "moves-by-update"},
	"wallace.resource.005.collection-move":   {cases: "collections/moves-to-another-member collections/moves-a-third-time"},
	"wallace.resource.006.cancel":            {cases: "cancels request-after-cancel-books-again", differs: "S5546-55: what was cancelled is remembered, and takes no time"},
	"wallace.resource.007.delegated-update":  {cases: "collections/update-names-both"},
	"wallace.resource.008.allday":            {cases: "all-day"},
	"wallace.resource.009.infinite-series":   {cases: "endless-series"},
	"wallace.resource.010.invalid":           {cases: "not-invited no-dtstart-is-declined"},
	"wallace.resource.011.owner-info":        {cases: "owners/member-inherits-owner-and-policy"},
	"wallace.resource.012.owner-notify":      {cases: "owners/tells-the-owners collections/tells-the-owner"},
	"wallace.resource.013.manual-accept":     {cases: "owners/asks-the-owner owners/owner-accepts"},
	"wallace.resource.014.manual-decline":    {cases: "owners/owner-declines"},
	"wallace.resource.015.manual-update":     {cases: "owners/update-asks-anew owners/outdated-reference owners/owner-accepts-the-update"},
	"wallace.resource.016.collection-manual": {cases: "owners/collection-asks-the-owner collections/asks-the-owner"},
	"wallace.resource.017.instance-move":     {cases: "moves-one-of-a-series declines-one-of-a-series"},
	"wallace.resource.018.instances-only":    {cases: "wallace-instances-only"},
	"wallace.resource.019.instance-cancel":   {cases: "cancels-one-of-a-series wallace-instance-cancel-stand-alone", differs: "S5546-55: what was cancelled is remembered, and takes no time"},
	"wallace.resource.020.manual-instance":   {cases: "owners/one-of-a-series-asks owners/owner-declines-one-of-a-series"},

	"exchange.window.single":          {cases: "exchange-window-single"},
	"exchange.window.series-enforce":  {cases: "exchange-window-series-enforce"},
	"exchange.window.series-truncate": {cases: "exchange-window-series-truncate"},
	"exchange.duration.max":           {cases: "exchange-duration-max"},
	"exchange.duration.min":           {cases: "exchange-duration-min"},
	"exchange.recurring.off":          {cases: "exchange-recurring-off"},
	"exchange.conflict.allowed":       {cases: "exchange-conflict-allowed"},
	"exchange.conflict.percent":       {cases: "exchange-conflict-percent exchange-conflict-percent-exceeded"},
	"exchange.conflict.count":         {cases: "exchange-conflict-count exchange-conflict-count-exceeded"},
	"exchange.conflict.zero":          {cases: "declines-a-series-that-clashes-once"},
	"exchange.workhours":              {cases: "exchange-workhours"},
	"exchange.policy.book":            {cases: "exchange-policy-book exchange-policy-book-other exchange-policy-book-group"},
	"exchange.policy.request-in":      {cases: "exchange-policy-request-in"},
	"exchange.policy.request-out":     {cases: "exchange-policy-request-out exchange-policy-request-out-other"},
	"exchange.policy.book-and-all":    {cases: "exchange-policy-book-and-all"},
	"exchange.external":               {cases: "exchange-external"},
	"exchange.tentative-pending":      {cases: "owners/asks-the-owner owners/pending-time-is-taken owners/pending-shows-free"},
	"exchange.capacity":               {cases: "parallel-bookings capacity-of-people capacity-is-enough"},
	"exchange.booking-type":           {cases: "exchange-booking-type"},
	"exchange.autoupdate":             {cases: "exchange-autoupdate"},
	"exchange.none":                   {cases: "exchange-none"},
	"exchange.privacy":                {cases: "exchange-privacy"},
	"exchange.response-text":          {cases: "exchange-response-text declines-with-details"},
	"exchange.cancelled":              {cases: "cancels exchange-cancelled-kept"},
	"exchange.auto-release":           {differs: "not built: checking in has no design yet"},

	"google.release.all-declined": {differs: "not built: REPLYs go to the organizer, rooms read requests, and there are no timers to tell ten minutes before it begins"},
	"google.replace":              {differs: "not built: moving others' bookings has no design yet; a collection picks another member"},

	"nextcloud.room.free":       {cases: "nextcloud-room-free"},
	"nextcloud.room.rsvp-false": {cases: "nextcloud-room-rsvp-false", differs: "D-07: a new request is answered whether an answer is asked for or not"},
	"nextcloud.room.recurring":  {cases: "nextcloud-room-recurring", differs: "scheduling: series are booked like any other event"},

	"gromox.backtoback":               {cases: "gromox-backtoback"},
	"gromox.stale":                    {cases: "gromox-stale"},
	"gromox.recurring-declined-keeps": {cases: "gromox-recurring-declined-keeps"},
	"gromox.fb-error":                 {cases: "collections/unreadable-member", differs: "D-14: what cannot be read is never taken for free; the mail is put off"},
}

// ours are the scenarios about resources; those about people are played elsewhere.
var ours = []string{"wallace.resource.", "exchange.", "google.", "nextcloud.", "gromox."}

// TestScenarios lists every scenario about resources with the cases that play it, which TestCases runs.
func TestScenarios(t *testing.T) {
	data, err := os.ReadFile("../../itip/testdata/itip-scenarios.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Scenarios []struct{ ID, Title string } }
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range file.Scenarios {
		if !slices.ContainsFunc(ours, func(p string) bool { return strings.HasPrefix(s.ID, p) }) {
			continue
		}
		seen++
		how, ok := played[s.ID]
		if !ok {
			t.Errorf("%s (%s) is played by no case", s.ID, s.Title)
		}
		for _, name := range strings.Fields(how.cases) {
			if _, err := os.Stat(filepath.Join("testdata", filepath.FromSlash(name)+".txtar")); err != nil {
				t.Errorf("%s: %v", s.ID, err)
			}
		}
		t.Logf("%s: %s", s.ID, strings.Join(append(strings.Fields(how.cases), how.differs), " "))
	}
	if seen != len(played) {
		t.Errorf("%d scenarios in the file, %d in the table", seen, len(played))
	}
}
