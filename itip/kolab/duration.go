package kolab

import (
	"regexp"
	"strings"
)

var durationForm = regexp.MustCompile(`^[+-]?P(\d{1,9}W)?(\d{1,9}D)?(T(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}S)?)?$`)

// isDuration tells whether iCalendar would write a duration so.
func isDuration(s string) bool {
	return durationForm.MatchString(s) && !strings.HasSuffix(s, "T") && len(s) > 2
}

// readDuration reads the duration of a document; Kolab's writer makes "P" of one without length.
func readDuration(s string) string {
	if s = strings.TrimSpace(s); strings.Trim(s, "+-PT") == "" {
		return "PT0S"
	}
	return s
}

var zeroes = regexp.MustCompile(`([PTWDHM])0+[WDHMS]`)

// settledDuration is a duration without what makes no difference to Kolab's writer: plus signs and parts of zero.
func settledDuration(s string) string {
	s = strings.TrimPrefix(s, "+")
	for range 6 {
		s = zeroes.ReplaceAllString(s, "$1")
	}
	if s = strings.TrimSuffix(s, "T"); strings.Trim(s, "+-P") == "" {
		return "P"
	}
	return s
}
