package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
	Elapsed    float64
}

// report gathers what a run says.
type report struct {
	out                     io.Writer
	output                  map[string][]string // package and test -> what it printed
	skipped                 []string
	packages, tests, failed int
}

func newReport(out io.Writer) *report {
	return &report{out: out, output: map[string][]string{}}
}

// read takes the run in, printing as it goes. What is not JSON is passed on as it is.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) line(line []byte) {
	var e event
	if !bytes.HasPrefix(line, []byte("{")) || json.Unmarshal(line, &e) != nil {
		r.out.Write(line)
		return
	}
	if e.Test == "" {
		r.ofPackage(e)
	} else {
		r.ofTest(e)
	}
}

func (r *report) ofPackage(e event) {
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		r.keep(e)
	case "pass":
		r.packages++
		fmt.Fprintf(r.out, "ok    %-40s %7.2fs\n", e.Package, e.Elapsed)
	case "fail":
		r.failed++
		fmt.Fprintf(r.out, "FAIL  %-40s %7.2fs\n", e.Package, e.Elapsed)
		r.print(e)
	}
}

func (r *report) ofTest(e event) {
	switch e.Action {
	case "output":
		r.keep(e)
	case "pass":
		r.tests++
		r.forget(e)
	case "fail":
		r.failed++
		r.print(e)
	case "skip":
		r.skipped = append(r.skipped, fmt.Sprintf("%s %s: %s", e.Package, e.Test, r.reason(e)))
		r.forget(e)
	}
}

// summary says what was skipped and tells whether all is well.
func (r *report) summary() bool {
	if len(r.skipped) > 0 {
		fmt.Fprintf(r.out, "\nSKIPPED, %d tests:\n", len(r.skipped))
		for _, s := range r.skipped {
			fmt.Fprintf(r.out, "  %s\n", s)
		}
	}
	fmt.Fprintf(r.out, "\n%d packages with tests ok, %d tests passed, %d skipped, %d failures\n",
		r.packages, r.tests, len(r.skipped), r.failed)
	return r.failed == 0 && r.tests > 0
}

func key(e event) string { return e.Package + " " + e.Test }

func (r *report) keep(e event)   { r.output[key(e)] = append(r.output[key(e)], e.Output) }
func (r *report) forget(e event) { delete(r.output, key(e)) }

// print shows what a failed test or package said.
func (r *report) print(e event) {
	for _, s := range r.output[key(e)] {
		fmt.Fprint(r.out, s)
	}
	r.forget(e)
}

// reason is what a skipped test said last, without the file's name.
func (r *report) reason(e event) string {
	reason := "no reason given"
	for _, s := range r.output[key(e)] {
		if _, said, ok := strings.Cut(s, ".go:"); ok {
			_, said, _ = strings.Cut(said, ": ")
			reason = strings.TrimSpace(said)
		}
	}
	return reason
}
