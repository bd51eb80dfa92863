package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// table is what was measured with one mail.
type table struct {
	mail    mail
	samples map[*target][]sample
	lab     *lab
}

// spread is the median of the rounds, and the least and the most.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return spread{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1]}
}

// text is the spread in the given form: median (least–most).
func (s spread) text(form string) string {
	return fmt.Sprintf(form+" ("+form+"–"+form+")", s.median, s.least, s.most)
}

// shares compares round by round: what disturbed one round disturbed both.
func shares(of, with []sample) spread {
	var values []float64
	for i := range of {
		values = append(values, of[i].perSecond/with[i].perSecond)
	}
	return spreadOf(values)
}

func column(samples []sample, value func(sample) float64) spread {
	var values []float64
	for _, s := range samples {
		values = append(values, value(s))
	}
	return spreadOf(values)
}

// String is the table as Markdown.
func (t table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A mail with an attachment, %s; %d rounds of about %v each, %d at a time:\n\n",
		t.mail.name, t.lab.rounds, t.lab.load, t.lab.sessions)
	fmt.Fprintln(&b, "| | mails/s | share of Postfix alone | CPU ms per mail | allocations per mail | mails/s without Postfix |")
	fmt.Fprintln(&b, "|---|---|---|---|---|---|")
	for _, target := range t.lab.targets {
		t.row(&b, target)
	}
	if t.lab.noop != nil {
		share := shares(t.samples[t.lab.targets[len(t.lab.targets)-1]], t.samples[t.lab.noop])
		fmt.Fprintf(&b, "\nUsher beside the C milter that does nothing: %s of its throughput.\n", share.text("%.2f"))
	}
	return b.String()
}

func (t table) row(b *strings.Builder, target *target) {
	samples := t.samples[target]
	rate := column(samples, func(s sample) float64 { return s.perSecond })
	if target == t.lab.alone {
		fmt.Fprintf(b, "| %s | %s | 1 | | | |\n", target.name, rate.text("%.0f"))
		return
	}
	cpu := column(samples, func(s sample) float64 { return float64(s.cpu) / float64(time.Millisecond) })
	allocs := ""
	if a := column(samples, func(s sample) float64 { return s.allocs }); a.median > 0 {
		allocs = fmt.Sprintf("%.0f", a.median)
	}
	direct := column(samples, func(s sample) float64 { return s.direct })
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", target.name, rate.text("%.0f"),
		shares(samples, t.samples[t.lab.alone]).text("%.2f"), cpu.text("%.2f"), allocs, direct.text("%.0f"))
}
