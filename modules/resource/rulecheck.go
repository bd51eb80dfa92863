package resource

import (
	"errors"
	"fmt"
	"time"

	"usher/milter/filter"
)

// longest is the longest time a rule may speak of: ten years.
const longest = 10 * 365 * 24 * time.Hour

// ranges bound rules that are numbers or times.
var ranges = map[string]struct{ least, most int64 }{
	"booking_window":       {0, int64(longest)},
	"max_duration":         {0, int64(longest)},
	"min_duration":         {0, int64(longest)},
	"max_conflicts":        {0, 10_000},
	"max_conflict_percent": {0, 100},
	"parallel":             {1, 1000},
	"buffer_before":        {0, int64(24 * time.Hour)},
	"buffer_after":         {0, int64(24 * time.Hour)},
	"capacity":             {0, 1_000_000},
	"expire_days":          {0, 36_500},
	"alternatives":         {0, 3},
}

// maxRuleText bounds texts and lists of texts, in bytes and values: they get into answers.
const (
	maxRuleText   = 2000
	maxRuleValues = 200
)

// check says what is wrong with the value a rule has.
func (f ruleField) check(r *Rules) error {
	v := f.of(r)
	if bounds, ok := ranges[f.key]; ok && (v.Int() < bounds.least || v.Int() > bounds.most) {
		if _, isSpan := v.Interface().(time.Duration); isSpan {
			return fmt.Errorf("want between %s and %s", spanText(time.Duration(bounds.least)), spanText(time.Duration(bounds.most)))
		}
		return fmt.Errorf("want between %d and %d", bounds.least, bounds.most)
	}
	if f.list() && v.Len() > maxRuleValues {
		return fmt.Errorf("want at most %d values", maxRuleValues)
	}
	if text := f.text(r); len(text) > maxRuleText && !f.list() {
		return fmt.Errorf("want at most %d bytes", maxRuleText)
	}
	for _, p := range r.Policy {
		if f.key == "policy" && p.does == "" {
			return errors.New("want a policy for requests such as accept or manual: this one says nothing about them")
		}
	}
	if f.key == "zone" {
		if _, err := time.LoadLocation(r.Zone); err != nil {
			return fmt.Errorf("want a time zone such as Europe/Berlin, not %q", r.Zone)
		}
	}
	return nil
}

// mistakes are what is wrong with rules that were set one by one.
func (r *Rules) mistakes() (wrong filter.Mistakes) {
	for _, f := range ruleFields {
		if err := f.check(r); err != nil {
			wrong = append(wrong, filter.Mistake{Key: f.key, Text: err.Error()})
		}
	}
	if r.MaxDuration > 0 && r.MinDuration > r.MaxDuration {
		wrong = append(wrong, filter.Mistake{Key: "min_duration", Text: "is longer than max_duration: nothing could be booked"})
	}
	return wrong
}

// location is where the resource is.
func (r *Rules) location(otherwise *time.Location) *time.Location {
	if zone, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		return zone
	}
	return otherwise
}
