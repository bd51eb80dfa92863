package main

import (
	"errors"
	"fmt"
	"io"
)

// stdio is where a command reads and writes.
type stdio struct {
	in          io.Reader
	out, errout io.Writer
}

// command is one subcommand. Its error says with what the process ends: an *ending as it says, any other with
// exitFailed.
type command func(s stdio, args []string) error

var commands = map[string]command{
	"serve":   serve,
	"check":   check,
	"filter":  filterMail,
	"explain": explain,
	"audit":   auditLog,
	"doctor":  examine,
	"suspend": suspend,
	"resume":  resume,
	"limits":  limits,
	"lint":    lint,
	"rooms":   rooms,
	"demo":    demo,
	"version": printVersion,

	"footer":    wording("footer"),
	"signature": wording("signature"),
}

// ending is an error with its exit code. A nil err has been told already.
type ending struct {
	code int
	err  error
}

func (e *ending) Error() string { return fmt.Sprintf("exit code %d: %v", e.code, e.err) }
func (e *ending) Unwrap() error { return e.err }

// failed gives an error its exit code; nil stays nil.
func failed(code int, err error) error {
	if err == nil {
		return nil
	}
	return &ending{code, err}
}

// done ends a command whose last word has been said.
func done(code int) error {
	if code == exitOK {
		return nil
	}
	return &ending{code: code}
}

// run is a whole process: arguments in, exit code out.
func run(args []string, s stdio) int {
	err := dispatch(args, s)
	if err == nil {
		return exitOK
	}
	end := &ending{exitFailed, err}
	errors.As(err, &end)
	switch {
	case end.err == nil:
	case end.code == exitConfig: // file:line first, for editors
		fmt.Fprintln(s.errout, end.err)
	default:
		fmt.Fprintln(s.errout, "usher:", end.err)
	}
	return end.code
}

func dispatch(args []string, s stdio) error {
	if len(args) == 0 {
		fmt.Fprint(s.errout, usage)
		return done(exitUsage)
	}
	switch name, rest := args[0], args[1:]; name {
	case "help", "-h", "-help", "--help":
		return help(s, rest)
	case "-version", "--version":
		return printVersion(s, rest)
	default:
		c, err := find(name)
		if err != nil {
			return err
		}
		return c(s, rest)
	}
}

func find(name string) (command, error) {
	c, ok := commands[name]
	if !ok {
		return nil, failed(exitUsage, fmt.Errorf("unknown command %q, usher help lists them", name))
	}
	return c, nil
}

// help prints the usage, or what a command says about itself.
func help(s stdio, args []string) error {
	if len(args) == 0 {
		return say(s, usage)
	}
	c, err := find(args[0])
	if err != nil {
		return err
	}
	return c(s, []string{"-h"})
}

// say writes what somebody asked for; that it could not be written is a failure.
func say(s stdio, text string) error {
	_, err := io.WriteString(s.out, text)
	return err
}
