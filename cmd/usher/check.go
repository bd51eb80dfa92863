package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// probeTime bounds what check -probe waits for all peers together; a large directory is walked for its resources.
const probeTime = 2 * time.Minute

// check prints the mistakes, or the configuration as it counts; with -probe it asks the peers instead.
func check(s stdio, args []string) error {
	flags := newFlags("check")
	file := flags.config()
	probe := flags.Bool("probe", false, "ask the directory, the calendars in IMAP and the submission service whether they are there")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	e, err := open(*file, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer e.close()
	for _, warning := range e.config.Warnings {
		fmt.Fprintln(s.errout, "warning:", warning)
	}
	if *probe {
		return probed(s, e)
	}
	_, err = e.config.WriteTo(s.out)
	return err
}

func probed(s stdio, e *engine) error {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	if err := e.probe(ctx); err != nil {
		return err
	}
	return say(s, "configuration and peers are well\n")
}
