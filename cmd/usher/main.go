// Command usher gives an ordinary mail server the manners of a groupware server: a milter that Postfix hands
// every mail, and the tools to check, try and explain what it does.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	_ "time/tzdata" // zones are known even where the machine has none
)

// version is set at link time: -ldflags "-X main.version=…".
var version = "devel"

// Exit codes are those of sysexits.h, so that scripts and pipes of mail servers understand them.
const (
	exitOK          = 0
	exitFailed      = 1  // it ran, and something was not as it should be
	exitUsage       = 64 // wrong flags or arguments
	exitNoInput     = 66 // a mail could not be read
	exitUnavailable = 69 // filter, explain: the mail is refused for good (5xx)
	exitSoftware    = 70 // serve: something broke while running
	exitTemporary   = 75 // filter, explain: the mail is deferred (4xx)
	exitConfig      = 78 // the configuration has mistakes; nothing was started
	exitDiscarded   = 99 // filter, explain: accepted and dropped, every recipient was taken off
)

const usage = `usher gives a mail server the manners of a groupware server.

  usher serve   [-config FILE]                 run the milter
  usher check   [-config FILE] [-probe]        print the mistakes, or the effective configuration
  usher filter  [-config FILE] [flags] [MAIL]  the mail as it would leave, on standard output
  usher explain [-config FILE] [flags] [MAIL]  what would happen to the mail, and why
  usher demo    [-v]                           a morning in the office, with nothing else needed
  usher version

filter and explain perform nothing. MAIL is a file, or standard input. Their flags say what SMTP would have said:
  -role ROLE -listener NAME -login USER -client ADDRESS -from ADDRESS -rcpt ADDRESS (as often as needed) -time RFC3339
The manual: usher(1), usher.yaml(5).
`

// command is one subcommand: it gets its arguments and says with what the process ends.
type command func(args []string, in io.Reader, out, errout io.Writer) int

var commands = map[string]command{
	"serve":   serve,
	"check":   check,
	"filter":  filterMail,
	"explain": explain,
	"demo":    demo,
	"version": printVersion,
}

func main() { os.Exit(run()) }

// run is main for the tests of commands as commands.
func run() int {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		return exitUsage
	}
	name := strings.TrimLeft(os.Args[1], "-")
	if name == "h" || name == "help" {
		fmt.Print(usage)
		return exitOK
	}
	c, ok := commands[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "usher: unknown command %q\n\n%s", os.Args[1], usage)
		return exitUsage
	}
	return c(os.Args[2:], os.Stdin, os.Stdout, os.Stderr)
}
