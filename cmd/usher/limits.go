package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// limits shows what accounts have used and may use, and who is suspended.
func limits(s stdio, args []string) error {
	flags := newFlags("limits", "LOGIN-OR-ADDRESS")
	file := flags.config()
	asJSON := flags.Bool("json", false, "one JSON object, for programs")
	d, err := desk(flags, s, args, file, true)
	if err != nil {
		return err
	}
	defer d.close()
	account := ""
	if d.name != "" {
		if account, err = d.account(); err != nil {
			return err
		}
	}
	all, err := d.keeper.report(d.ctx, account)
	if err != nil {
		return err
	}
	slices.SortFunc(all.Accounts, func(a, b spending) int { return strings.Compare(a.Account, b.Account) })
	if *asJSON {
		return json.NewEncoder(s.out).Encode(all)
	}
	return say(s, all.tables())
}

// tables are for people: who is suspended, then what was counted.
func (all statement) tables() string {
	var b strings.Builder
	all.stopped(&b)
	all.counted(&b)
	if b.Len() == 0 {
		return "nothing is counted, and nobody is suspended\n"
	}
	if all.More > 0 {
		fmt.Fprintf(&b, "and %d more accounts: ask for them by name\n", all.More)
	}
	return b.String()
}

func (all statement) stopped(b *strings.Builder) {
	table := newTable(b)
	head := "SUSPENDED\tSINCE\tBY\tWHY\n"
	for _, u := range all.Accounts {
		if s := u.Suspended; s != nil {
			fmt.Fprintf(table, "%s%s\t%s\t%s\t%s\n", head, shown(u.Account), clockTime(s.Since), shown(byWhom(s.By)), shown(s.Why))
			head = ""
		}
	}
	table.Flush() // into memory
	if head == "" {
		b.WriteString("\n")
	}
}

func (all statement) counted(b *strings.Builder) {
	table := newTable(b)
	head := "ACCOUNT\tCOUNTER\tWITHIN\tUSED\tLIMIT\tRESETS\n"
	for _, u := range all.Accounts {
		for _, r := range u.Counters {
			fmt.Fprintf(table, "%s%s\t%s\t%s\t%d\t%s\t%s\n", head, shown(u.Account), shown(r.Counter), span(r.Window), r.Used, r.most(), r.again())
			head = ""
		}
	}
	table.Flush() // into memory
}

func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

// byWhom is who suspended an account; without a name it was a limit.
func byWhom(name string) string {
	if name == "" {
		return "usher"
	}
	return name
}

func (r reading) most() string {
	if r.Limit == 0 {
		return "-"
	}
	return fmt.Sprint(r.Limit)
}

func (r reading) again() string {
	if r.Resets == nil {
		return "-"
	}
	return clockTime(*r.Resets)
}

func clockTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// span is a window as people say it.
func span(seconds int) string {
	text := (time.Duration(seconds) * time.Second).String()
	for _, zero := range []string{"0s", "0m"} {
		if cut := strings.TrimSuffix(text, zero); cut != "" && !strings.ContainsAny(cut[len(cut)-1:], "0123456789") {
			text = cut
		}
	}
	return text
}
