package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// defaultConfig is where the configuration is unless -config says otherwise.
const defaultConfig = "/etc/usher/usher.yaml"

// flags are those of one command, and which arguments may follow them; one that ends with ... as often as needed.
type flags struct {
	*flag.FlagSet
	command  string
	operands []string
}

func newFlags(command string, operands ...string) *flags {
	f := &flags{flag.NewFlagSet(command, flag.ContinueOnError), command, operands}
	f.SetOutput(io.Discard) // what it would print, we say in our own way
	return f
}

func (f *flags) config() *string {
	return f.String("config", defaultConfig, "the configuration `FILE`")
}

// errHelped ends a command that was only asked about its flags.
var errHelped = &ending{code: exitOK}

// parse reads the arguments. Asked for help it prints the flags and returns errHelped.
func (f *flags) parse(s stdio, args []string) error {
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		if err := say(s, f.help()); err != nil {
			return err
		}
		return errHelped
	}
	if err == nil && f.NArg() > len(f.operands) && !f.many() {
		err = fmt.Errorf("unexpected argument %q", f.Arg(len(f.operands)))
	}
	if err != nil {
		return failed(exitUsage, fmt.Errorf("%w\n%s", err, f.usage()))
	}
	return nil
}

// many tells whether there is no end to the arguments.
func (f *flags) many() bool {
	return len(f.operands) > 0 && strings.HasSuffix(f.operands[len(f.operands)-1], "...")
}

func (f *flags) usage() string {
	line := "usage: usher " + f.command
	if f.any() {
		line += " [flags]"
	}
	for _, o := range f.operands {
		line += " [" + o + "]"
	}
	return line
}

func (f *flags) any() (some bool) {
	f.VisitAll(func(*flag.Flag) { some = true })
	return some
}

// help is the usage and one line for each flag.
func (f *flags) help() string {
	var b strings.Builder
	fmt.Fprintln(&b, f.usage())
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	f.VisitAll(func(one *flag.Flag) {
		value, text := flag.UnquoteUsage(one)
		if one.DefValue != "" && one.DefValue != "false" {
			text += " (default " + one.DefValue + ")"
		}
		fmt.Fprintf(table, "  -%s\t%s\n", strings.TrimSpace(one.Name+" "+value), text)
	})
	table.Flush() // into memory
	return b.String()
}
