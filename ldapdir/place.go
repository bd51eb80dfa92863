package ldapdir

import (
	"strconv"
	"strings"
)

// CutPlace takes the place in an order off a value, as {0} in {0}ACT_ACCEPT: a directory keeps no order of the values
// of an attribute. ok is false if there is none.
func CutPlace(value string) (rest string, place int, ok bool) {
	value = strings.TrimSpace(value)
	number, rest, found := strings.Cut(value, "}")
	digits, braced := strings.CutPrefix(number, "{")
	n, err := strconv.ParseUint(digits, 10, 16)
	if !found || !braced || err != nil {
		return value, 0, false
	}
	return strings.TrimSpace(rest), int(n), true
}
