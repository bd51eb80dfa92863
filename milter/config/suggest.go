package config

import (
	"reflect"
	"slices"
	"strings"
)

// suggestKey says what somebody may have meant by a key, and which key that is.
func suggestKey(key string, fs []field) (hint, guess string) {
	known := names(fs)
	if secret := key + "_file"; slices.Contains(known, secret) {
		return ": secrets are kept in files, use " + quote(secret), secret
	}
	if homes := homesOf(key, fs); len(homes) == 1 {
		return " (it belongs below " + quote(homes[0]) + ")", ""
	}
	if best := closest(key, known); best != "" {
		return " (did you mean " + quote(best) + "?)", best
	}
	if len(known) == 0 {
		return ": there are no keys here", ""
	}
	return ": known are " + list(known, "and"), ""
}

// homesOf lists the keys below which a key is known.
func homesOf(key string, fs []field) []string {
	var homes []string
	for _, f := range fs {
		if slices.Contains(f.inside, key) {
			homes = append(homes, f.name)
		}
		if f.value.Kind() != reflect.Struct {
			continue
		}
		below := fieldsOf(f.value)
		if slices.Contains(names(below), key) {
			homes = append(homes, f.name)
		}
		for _, home := range homesOf(key, below) {
			homes = append(homes, f.name+"."+home)
		}
	}
	return homes
}

// closest is the word nearest to s, or "" if none is near.
func closest(s string, words []string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "-", "_"))
	best, least := "", len(s)/3+1
	for _, w := range words {
		if d := distance(s, w); d <= least && d < max(len(s), len(w)) && (best == "" || d < distance(s, best)) {
			best = w
		}
	}
	return best
}

// distance counts the slips between two words: letters left out, added, mistaken or swapped with their
// neighbour (optimal string alignment). Words are cut at a length no key has.
func distance(a, b string) int {
	const most = 40
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	var d [most + 1][most + 1]int
	for i := range len(a) + 1 {
		for j := range len(b) + 1 {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
