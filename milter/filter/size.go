package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes as a postmaster writes it: 25MB (powers of 1000), 10MiB (powers of 1024) or 4096.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"B", 1},
}

// UnmarshalText reads a size; units are understood in any case.
func (s *Size) UnmarshalText(text []byte) error {
	number := strings.TrimRight(string(text), "bBkKmMgGiI ")
	n, err := strconv.ParseInt(number, 10, 64)
	unit := unitBytes(strings.TrimSpace(string(text[len(number):])))
	if err != nil || n < 0 || unit == 0 || n > math.MaxInt64/unit {
		return fmt.Errorf("want a size such as 25MB or 10MiB, not %q", text)
	}
	*s = Size(n * unit)
	return nil
}

func unitBytes(name string) int64 {
	if name == "" {
		return 1
	}
	for _, u := range sizeUnits {
		if strings.EqualFold(u.name, name) {
			return u.bytes
		}
	}
	return 0
}

// String writes the size in the largest unit that needs no fraction.
func (s Size) String() string {
	best := sizeUnits[len(sizeUnits)-1]
	for _, u := range sizeUnits {
		if s != 0 && int64(s)%u.bytes == 0 && u.bytes > best.bytes {
			best = u
		}
	}
	if best.bytes == 1 {
		return strconv.FormatInt(int64(s), 10)
	}
	return strconv.FormatInt(int64(s)/best.bytes, 10) + best.name
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
