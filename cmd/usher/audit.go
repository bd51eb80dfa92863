package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"usher/cmd/usher/audit"
)

// auditLog ranks what audit mode would have refused, from its log.
func auditLog(s stdio, args []string) error {
	flags := newFlags("audit", "LOG...")
	var a audit.Audit
	flags.Func("since", "only lines from this `TIME` on, such as 2026-11-20T10:00:00Z, or from as long ago: 24h, 7d", func(text string) (err error) {
		a.Since, err = since(text, time.Now())
		return err
	})
	asJSON := flags.Bool("json", false, "for programs")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	if err := readLogs(&a, s, flags.Args()); err != nil {
		return failed(exitNoInput, err)
	}
	if *asJSON {
		return sayJSON(s, a.Report())
	}
	_, err := a.Report().WriteTo(s.out)
	return err
}

// readLogs takes in files, or standard input.
func readLogs(a *audit.Audit, s stdio, names []string) error {
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		if err := readLog(a, s, name); err != nil {
			return err
		}
	}
	return nil
}

func readLog(a *audit.Audit, s stdio, name string) error {
	if name == "-" {
		if err := a.Read(s.in); err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := a.Read(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

var days = regexp.MustCompile(`^(\d{1,5})d$`)

// since reads a time, or how long ago it was.
func since(text string, now time.Time) (time.Time, error) {
	if m := days.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits, few of them
		return now.AddDate(0, 0, -n), nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, errors.New("want a time such as 2026-11-20T10:00:00+01:00, or how long ago: 24h, 7d")
	}
	return t, nil
}

// sayJSON writes one object for programs, its text as it is.
func sayJSON(s stdio, v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
