package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set at link time: -ldflags "-X main.version=…".
var version string

// release is the version: as linked, else what Go noted about the checkout it was built from.
func release() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// printVersion prints one line: what, which, built with what.
func printVersion(s stdio, args []string) error {
	if err := newFlags("version").parse(s, args); err != nil {
		return err
	}
	return say(s, fmt.Sprintf("usher %s (%s %s/%s)\n", release(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
}
