// Command bench measures what Usher costs a mail server, as shares of what the same Postfix does without a milter
// in the same run: absolute figures say more about the machine than about the program. Beside Usher stands a
// milter in C that does nothing (noop.c), because part of the cost is the milter protocol's.
//
// Rounds are interleaved, so that a machine that gets slower gets slower for all; the table has the median, the
// least and the most of the rounds.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

type settings struct {
	usher    string        // the program
	rounds   int           // how often everything is measured
	load     time.Duration // how long each measurement is to take, about
	sessions int           // SMTP connections at a time
	inFlight int           // connections of the memory measurement
	mailSize int           // and the size of the mail each of them holds
}

// small makes the measurement one that only shows that everything runs.
func (s settings) small() settings {
	s.rounds, s.load, s.inFlight, s.mailSize = 1, 50*time.Millisecond, 5, 1<<20
	return s
}

func main() {
	s := settings{inFlight: 100, mailSize: 25 << 20}
	short := flag.Bool("short", false, "only show that everything runs: one round of a few mails")
	flag.StringVar(&s.usher, "usher", "bin/usher", "the program to measure")
	flag.IntVar(&s.rounds, "rounds", 5, "how often everything is measured")
	flag.DurationVar(&s.load, "load", 1500*time.Millisecond, "how long each measurement takes, about")
	flag.IntVar(&s.sessions, "sessions", 1, "SMTP connections at a time")
	flag.Parse()
	if *short {
		s = s.small()
	}
	if err := run(s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	fmt.Printf("make bench BENCH=%q\n", strings.Join(os.Args[1:], " "))
}

// run measures everything and writes tables as it goes.
func run(s settings, out io.Writer) error {
	lab, err := newLab(s)
	if err != nil {
		return err
	}
	defer lab.close()
	fmt.Fprintf(out, "%s\n\n", machine())
	for _, m := range mails() {
		table, err := lab.throughput(m)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, table)
	}
	held, err := lab.memory()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, held)
	return nil
}
