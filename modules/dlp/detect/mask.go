package detect

import "strings"

// mask shows the last four characters of a long number, the last two of a short one, and the length.
func mask[T string | []byte](number T) string {
	show := 4
	switch {
	case len(number) < 8:
		show = 0
	case len(number) < 12:
		show = 2
	}
	hidden := len(number) - show
	return strings.Repeat("*", min(hidden, 60)) + string(number[hidden:])
}
