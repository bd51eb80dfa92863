package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// defaultConfig is where the configuration is unless -config says otherwise.
const defaultConfig = "/etc/usher/usher.yaml"

// newFlags is a flag set whose mistakes end in the exit code for them.
func newFlags(name string, errout io.Writer) (flags *flag.FlagSet, file *string) {
	flags = flag.NewFlagSet("usher "+name, flag.ContinueOnError)
	flags.SetOutput(errout)
	return flags, flags.String("config", defaultConfig, "the configuration `file`")
}

// probeTime bounds what check -probe waits for all peers together.
const probeTime = 30 * time.Second

// check prints the mistakes, or the configuration as it counts; with -probe it also asks the peers.
func check(args []string, _ io.Reader, out, errout io.Writer) int {
	flags, file := newFlags("check", errout)
	probe := flags.Bool("probe", false, "ask directory and submission service too")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return exitUsage
	}
	c, err := load(*file)
	if err != nil {
		fmt.Fprintln(errout, err)
		return exitConfig
	}
	e, err := assemble(c, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Fprintln(errout, err)
		return exitConfig
	}
	defer e.close()
	for _, warning := range c.Warnings {
		fmt.Fprintln(errout, "warning:", warning)
	}
	if !*probe {
		return write(out, errout, c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	if err := e.probe(ctx); err != nil {
		fmt.Fprintln(errout, err)
		return exitFailed
	}
	fmt.Fprintln(out, "configuration and peers are well")
	return exitOK
}

func write(out, errout io.Writer, w io.WriterTo) int {
	if _, err := w.WriteTo(out); err != nil {
		fmt.Fprintln(errout, "usher:", err)
		return exitFailed
	}
	return exitOK
}
