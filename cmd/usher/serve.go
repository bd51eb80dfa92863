package main

import (
	"io"
	stdlog "log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"usher/milter/config"
)

// serve runs the milter until it is told to stop. SIGHUP loads the configuration anew; SIGTERM and SIGINT let
// the mails in work finish, and a second one does not.
func serve(s stdio, args []string) error {
	flags := newFlags("serve")
	file := flags.config()
	if err := flags.parse(s, args); err != nil {
		return err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT) // from the beginning, or an early SIGHUP would end us
	defer signal.Stop(signals)
	c, err := load(*file)
	if err != nil {
		return err
	}
	log := logger(c.Log, s.errout)
	takeOver(log)
	e, err := assemble(c, log)
	if err != nil {
		return err
	}
	service, err := newService(*file, e)
	if err == nil {
		err = service.run(signals)
	}
	if err != nil {
		log.Error("ended", "err", err)
		return done(exitSoftware) // the log has told why
	}
	return nil
}

func logger(c config.Log, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Slog()}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// takeOver makes libraries that log by themselves use our log.
func takeOver(log *slog.Logger) {
	slog.SetDefault(log)
	stdlog.SetFlags(0)
	stdlog.SetOutput(slog.NewLogLogger(log.Handler(), slog.LevelWarn).Writer())
}
