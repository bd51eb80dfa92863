// Command usher gives an ordinary mail server the manners of a groupware server: a milter that Postfix hands
// every mail, and the tools to check, try and explain what it does.
//
// It knows how the parts of the house are put together, and what a process says to its environment: flags, exit
// codes, signals, log, metrics. What is done with mail it does not know; modules do.
package main

import (
	"os"
	_ "time/tzdata" // zones are known even where the machine has none
)

// Exit codes are those of sysexits.h, so that scripts and pipes of mail servers understand them.
const (
	exitOK          = 0
	exitFailed      = 1  // it ran, and something was not as it should be
	exitUsage       = 64 // wrong flags or arguments
	exitNoInput     = 66 // a mail, a log or Postfix's configuration could not be read
	exitNoUser      = 67 // suspend, resume, limits, rooms, footer, signature: there is no such account or room
	exitUnavailable = 69 // filter, explain: the mail is refused for good (5xx)
	exitSoftware    = 70 // serve: it could not start, or broke while running
	exitTemporary   = 75 // filter, explain: the mail is deferred (4xx); suspend, resume, limits, rooms, footer: try again
	exitConfig      = 78 // the configuration has mistakes; nothing was started
	exitDiscarded   = 99 // filter, explain: accepted and dropped, every recipient was taken off
)

const usage = `usher gives a mail server the manners of a groupware server.

  usher serve   [-config FILE]                 run the milter
  usher check   [-config FILE] [-probe]        print the mistakes, or the effective configuration
  usher filter  [-config FILE] [flags] [MAIL]  the mail as it would leave, on standard output
  usher explain [-config FILE] [flags] [MAIL]  what would happen to the mail, and why
  usher audit   [-since TIME] [-json] [LOG...] who would have been refused, and what would allow it
  usher doctor  [-config FILE] [-postfix DIR]  what Postfix is told, compared with our listeners
  usher suspend [-why TEXT] LOGIN-OR-ADDRESS   take nothing from an account until it is resumed
  usher resume  LOGIN-OR-ADDRESS               let it send again
  usher limits  [-json] [LOGIN-OR-ADDRESS]     what accounts have used and may use, and who is suspended
  usher lint    [-config FILE] [-json]         what is wrong with rules and names in the directory
  usher rooms   [-config FILE] [ADDRESS...]    what can be booked, under which rules and who says so
  usher rooms   -week ADDRESS [-from DATE]     a week of one room
  usher footer  render -user USER              what would be added to a person's mail
  usher footer  apply [flags] [MAIL]           the mail with the words, on standard output
  usher signature render|apply                 the same for signatures
  usher demo    [-v]                           a morning in the office, with nothing else needed
  usher version                                which version this is
  usher help    [COMMAND]                      this text, or the flags of a command

filter and explain perform nothing. MAIL is a file, or standard input. Their flags say what SMTP would have said:
  -role ROLE -listener NAME -login USER -client ADDRESS -from ADDRESS -rcpt ADDRESS (as often as needed) -time RFC3339
explain needs no mail: -n asks about the envelope alone, -header-from ADDRESS also about a From field; -json is for programs.
The manual: usher(1), usher.yaml(5).
`

func main() { os.Exit(run(os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr})) }
