package config

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// duration decodes a time.Duration, with days and weeks besides what Go knows: a horizon is 180d, not 4320h.
func (d *decoder) duration(n *yaml.Node, v reflect.Value) {
	span, ok := parseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || !ok {
		text := "want a duration such as 30s, not " + describe(n)
		if _, err := strconv.ParseFloat(n.Value, 64); err == nil {
			text = "want a duration with its unit, such as " + n.Value + "s, not " + describe(n)
		}
		d.say(n, "", text)
		return
	}
	v.SetInt(int64(span))
}

var longUnit = regexp.MustCompile(`^([0-9]{1,6})([wd])`)

// parseDuration reads 90s, 1h30m, 2w or 1d12h; nothing here lasts less than no time.
func parseDuration(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	var total time.Duration
	rest := s
	for m := longUnit.FindStringSubmatch(rest); m != nil; m = longUnit.FindStringSubmatch(rest) {
		days, _ := strconv.Atoi(m[1])
		if m[2] == "w" {
			days *= 7
		}
		if total += time.Duration(min(days, maxDays+1)) * 24 * time.Hour; total > maxDays*24*time.Hour {
			return 0, false
		}
		rest = rest[len(m[0]):]
	}
	if rest == "" {
		return total, s != ""
	}
	short, err := time.ParseDuration(rest)
	if err != nil || short < 0 || rest[0] == '+' || rest[0] == '-' || short > math.MaxInt64-total {
		return 0, false
	}
	return total + short, true
}

// maxDays is a hundred years, far from what time.Duration can hold.
const maxDays = 36525

// formatDuration writes what parseDuration reads, without the zeros that String leaves at the end.
func formatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d > day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
