package scan

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"
)

// secrets are 200 rules shaped like vendors' tokens: a word of their own, then many characters of a few kinds.
func secrets() []Pattern {
	rnd := rand.New(rand.NewPCG(15, 16))
	shapes := []string{`\b%s_[0-9a-zA-Z]{36}\b`, `\b%s-[0-9a-f]{32,64}\b`, `(?i:\b%s[_-]?(?:key|token)\b)[ \t]{0,4}[:=][ \t]{0,4}["']?[0-9a-z]{20,40}`,
		`%s[A-Z2-7]{16}\b`, `.{0,50}?%s.{0,20}[0-9a-f]{32}`}
	var list []Pattern
	for i := range 200 {
		var name []byte
		for range 4 + rnd.IntN(3) {
			name = append(name, byte('a'+rnd.IntN(26)))
		}
		list = append(list, Pattern{Expr: fmt.Sprintf(shapes[i%len(shapes)], name)})
	}
	return list
}

// BenchmarkScan scans prose with one core and, in the same run, a part of it with package regexp.
func BenchmarkScan(b *testing.B) {
	text := prose(rand.New(rand.NewPCG(17, 18)), 8<<20)
	for _, tt := range []struct {
		name     string
		patterns []Pattern
	}{{"50 patterns", shared(b)}, {"200 secrets", secrets()}} {
		b.Run(tt.name, func(b *testing.B) {
			s := compile(b, tt.patterns...)
			l := Limits{Hits: 1 << 30, Bytes: 1 << 40}
			s.Scan(text[:1<<20], l)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Scan(text, l)
			}
			ours := float64(len(text)) * float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(ours/withRegexp(tt.patterns, text[:100_000]), "times-regexp")
		})
	}
}

// withRegexp is how many bytes a second package regexp reads, one pattern after the other.
func withRegexp(patterns []Pattern, text []byte) float64 {
	var list []*regexp.Regexp
	for _, p := range patterns {
		re := regexp.MustCompile(p.Expr)
		re.Longest()
		list = append(list, re)
	}
	start := time.Now()
	for _, re := range list {
		re.FindAllIndex(text, -1)
	}
	return float64(len(text)) / time.Since(start).Seconds()
}
