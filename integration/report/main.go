// Command report reads the output of go test -json and prints what a person wants to see of it: each package's
// result, the output of what failed, and at the end, with its reason, every test that was skipped. It ends with 1
// if anything failed or nothing was tested.
package main

import (
	"fmt"
	"os"
)

func main() {
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	if !r.summary() {
		os.Exit(1)
	}
}
