package audit

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
)

// clock is how times are told.
const clock = "2006-01-02 15:04:05"

// WriteTo tells the report to people.
func (r Report) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	if r.Lines == 0 {
		b.WriteString("nothing would have been refused or done: the log has no line of audit mode\n")
	} else {
		fmt.Fprintf(&b, "%d lines of audit, %s to %s\n", r.Lines, r.From.Format(clock), r.To.Format(clock))
	}
	section := ""
	for _, g := range r.Groups {
		if title := g.title(); title != section {
			section = title
			fmt.Fprintf(&b, "\n%s\n", title)
		}
		g.write(&b)
	}
	if r.Dropped > 0 {
		fmt.Fprintf(&b, "\n%d rare ones of too many users are left out\n", r.Dropped)
	}
	if r.Long > 0 {
		fmt.Fprintf(&b, "\n%d lines were too long to be read\n", r.Long)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func (g Group) title() string {
	if g.Refusal {
		return "would have been refused:"
	}
	return "would have been done by modules:"
}

func (g Group) write(b *strings.Builder) {
	fmt.Fprintf(b, "%7d  %s  %s", g.Count, g.who(), cmp.Or(g.Reason, g.Step))
	if g.Code != 0 {
		fmt.Fprintf(b, " (%d)", g.Code)
	}
	if len(g.Subjects) > 0 {
		fmt.Fprintf(b, "  %s", strings.Join(g.Subjects, ", "))
	}
	if g.More {
		b.WriteString(", …")
	}
	fmt.Fprintf(b, "\n         %s, last at %s", times(g.First, g.Last), g.Example.place())
	if g.Remedy != "" {
		fmt.Fprintf(b, "\n         allow: %s", g.Remedy)
	}
	b.WriteString("\n")
}

func (g Group) who() string {
	if g.User != "" {
		return g.User
	}
	return "(" + cmp.Or(g.Client, "nobody") + ")"
}

func times(first, last time.Time) string {
	if first.Equal(last) {
		return first.Format(clock)
	}
	return first.Format(clock) + " to " + last.Format(clock)
}

// place is where the example was: stage, envelope, queue.
func (e Example) place() string {
	text := cmp.Or(e.Stage, "the end") + ": <" + e.From + ">"
	if e.Rcpt != "" {
		text += " to <" + e.Rcpt + ">"
	}
	if e.Listener != "" {
		text += " by " + e.Listener
	}
	if e.Queue != "" {
		text += ", queue " + e.Queue
	}
	return text
}
