package main

import (
	"fmt"
	"io"
	"runtime"
)

// printVersion prints one line: what, which, built with what.
func printVersion(args []string, _ io.Reader, out, errout io.Writer) int {
	if len(args) > 0 {
		fmt.Fprintln(errout, "usage: usher version")
		return exitUsage
	}
	fmt.Fprintf(out, "usher %s (%s %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return exitOK
}
