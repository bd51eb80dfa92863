package config

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	tests := []struct {
		in   string
		want time.Duration
		out  string
	}{
		{"30s", 30 * time.Second, "30s"},
		{"1h30m", 90 * time.Minute, "1h30m"},
		{"90s", 90 * time.Second, "1m30s"},
		{"24h", 24 * time.Hour, "24h"},
		{"1d", 24 * time.Hour, "24h"},
		{"2w1d", 15 * 24 * time.Hour, "15d"},
		{"1d12h", 36 * time.Hour, "36h"},
		{"180d", 180 * 24 * time.Hour, "180d"},
		{"1.5h", 90 * time.Minute, "1h30m"},
		{"0", 0, "0s"},
		{"250ms", 250 * time.Millisecond, "250ms"},
		{"", -1, ""},
		{"30", -1, ""},
		{"-3s", -1, ""},
		{"1d-3s", -1, ""},
		{"1d+3s", -1, ""},
		{"d", -1, ""},
		{"5 apples", -1, ""},
		{"99999d", -1, ""},
		{"999999w999999w", -1, ""},
		{"36525d2562047h", -1, ""},
	}
	for _, tt := range tests {
		got, ok := parseDuration(tt.in)
		if ok != (tt.want >= 0) || ok && (got != tt.want || formatDuration(got) != tt.out) {
			t.Errorf("%q = %v (%s), %v; want %v (%s)", tt.in, got, formatDuration(got), ok, tt.want, tt.out)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"30s", "2w1d", "1d12h", "1.5h", "36525d", "0", "1d1ns", "9d9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span, ok := parseDuration(text)
		if !ok {
			return
		}
		if again, ok := parseDuration(formatDuration(span)); !ok || again != span || span < 0 {
			t.Errorf("%q is %d, written %s, read again %d, %v", text, span, formatDuration(span), again, ok)
		}
	})
}

func TestClosest(t *testing.T) {
	words := []string{"horizon", "timeout", "text_file", "on_error", "url", "log", "max_members"}
	tests := []struct{ in, want string }{
		{"horizont", "horizon"},
		{"hroizon", "horizon"},
		{"Timeout", "timeout"},
		{"text-file", "text_file"},
		{"onerror", "on_error"},
		{"ulr", "url"},
		{"lgo", "log"},
		{"zzz", ""},
		{"", ""},
		{"x", ""},
		{"maximum", ""},
		{"members", ""},
	}
	for _, tt := range tests {
		if got := closest(tt.in, words); got != tt.want {
			t.Errorf("closest to %q is %q; want %q", tt.in, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "acb", 1}, {"abcd", "badc", 2}, {"kitten", "sitting", 3}, {"same", "same", 0},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b); got != tt.want || distance(tt.b, tt.a) != got {
			t.Errorf("distance(%q, %q) = %d; want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestAbove(t *testing.T) {
	tests := map[string]string{"": "", "a": "", "a[1]": "", "a.b": "a", "a.b[1]": "a", "a[1].b": "a[1]", "a[1][2].b[3]": "a[1][2]", "]": ""}
	for key, want := range tests {
		if got := above(key); got != want {
			t.Errorf("above(%q) = %q; want %q", key, got, want)
		}
	}
}
