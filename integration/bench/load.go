package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"usher/integration/need"
)

// sample is one measurement of one target.
type sample struct {
	perSecond float64       // mails through Postfix
	cpu       time.Duration // of the milter, per mail
	allocs    float64       // of the milter, per mail; 0: unknown
	direct    float64       // mails per second without Postfix; 0: no milter
}

// throughput measures all targets with one mail.
func (l *lab) throughput(m mail) (table, error) {
	file := filepath.Join(l.dir, "mail")
	if err := os.WriteFile(file, m.data, 0o644); err != nil {
		return table{}, err
	}
	counts, err := l.calibrate(m, file)
	if err != nil {
		return table{}, err
	}
	t := table{mail: m, samples: map[*target][]sample{}, lab: l}
	for round := range l.rounds {
		for i := range l.targets {
			target := l.targets[(i+round)%len(l.targets)] // nobody is always first
			s, err := l.measure(target, m, file, counts[target])
			if err != nil {
				return table{}, fmt.Errorf("%s: %w", target.name, err)
			}
			t.samples[target] = append(t.samples[target], s)
		}
	}
	return t, nil
}

// calibrate warms everything up and finds how many mails each takes in the wanted time.
func (l *lab) calibrate(m mail, file string) (map[*target]int, error) {
	const few = 10
	counts := map[*target]int{}
	for _, t := range l.targets {
		if _, err := l.send(t, m, file, few); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		took, err := l.send(t, m, file, few)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		counts[t] = max(few, int(few*l.load/took))
	}
	return counts, nil
}

func (l *lab) measure(t *target, m mail, file string, count int) (s sample, err error) {
	before, err := l.used(t)
	if err != nil {
		return s, err
	}
	took, err := l.send(t, m, file, count)
	if err != nil {
		return s, err
	}
	after, err := l.used(t)
	if err != nil {
		return s, err
	}
	s = sample{
		perSecond: float64(count) / took.Seconds(),
		cpu:       (after.cpu - before.cpu) / time.Duration(count),
		allocs:    max(0, (after.mallocs-before.mallocs-l.usher.scrape)/float64(count)),
	}
	if socket := t.sockets[m.role]; socket != "" {
		s.direct, err = directRate(socket, m, l.load/4)
	}
	return s, err
}

// usage is what a milter has used since it started.
type usage struct {
	cpu     time.Duration
	mallocs float64
}

func (l *lab) used(t *target) (u usage, err error) {
	if t.child == nil {
		return u, nil
	}
	if u.cpu, err = cpuTime(t.child.pid()); err != nil {
		return u, err
	}
	if t.child == l.usher.child {
		u.mallocs, err = l.usher.mallocs()
	}
	return u, err
}

// send lets Postfix's own load generator hand in the mail count times.
func (l *lab) send(t *target, m mail, file string, count int) (time.Duration, error) {
	source, _ := need.Find("smtp-source")
	cmd := exec.Command(source, "-s", fmt.Sprint(l.sessions), "-m", fmt.Sprint(count),
		"-F", file, "-f", m.from, "-t", m.to, l.mta.Addr(service(t, m.role)))
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("smtp-source: %w: %s", err, out)
	}
	return time.Since(start), nil
}
