package filtertest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/milter/filter"
	"usher/milter/message"
)

// came is everything a case may want, as files.
func (r *runner) came(t testing.TB, s *stage, p played) []txtar.File {
	t.Helper()
	files := []txtar.File{{Name: "want", Data: []byte(r.plan(t, p))}}
	if m := p.outcome.Message; m != nil {
		files = append(files, file("want-mail", string(bytesOf(t, m))))
	}
	snapshot := s.calendars.Snapshot()
	for _, name := range slices.Sorted(maps.Keys(snapshot)) {
		if text := stored(map[string]map[string]string{name: snapshot[name]}); text != "" {
			files = append(files, file("want-calendars/"+name, text))
		}
	}
	for i, m := range s.outbox.Mails() {
		var to []string
		for _, rcpt := range m.To {
			to = append(to, strings.Join(append([]string{rcpt.Address}, rcpt.Args...), " "))
		}
		head := fmt.Sprintf("MAIL FROM:<%s>\nRCPT TO:%s\n\n", m.From, strings.Join(to, ", "))
		files = append(files, file(fmt.Sprintf("want-sent/%d", i+1), head+unmarked(m.Data)))
	}
	return files
}

// unmarked is a mail without the mark of ours, which says the same of every one of them: cases show what differs.
func unmarked(mail []byte) string {
	return strings.Replace(string(mail), message.OwnField+": "+hostname+"\r\n", "", 1)
}

// file has LF line ends, and ends with one, as txtar wants it. Bytes that text does not hold are escaped.
func file(name, text string) txtar.File {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return txtar.File{Name: name, Data: []byte(text)}
}

// plan is the outcome in lines, one thing each.
func (r *runner) plan(t testing.TB, p played) string {
	t.Helper()
	var b strings.Builder
	for _, line := range p.refused {
		fmt.Fprintln(&b, "refused", line)
	}
	o := p.outcome
	switch {
	case p.early:
		fmt.Fprintln(&b, "accepted at the end of the header")
	case o.Refuse != nil:
		fmt.Fprintln(&b, "refused", o.Refuse)
	case o.Discard:
		fmt.Fprintln(&b, "discarded")
	default:
		fmt.Fprintln(&b, "accepted")
	}
	for _, rcpt := range o.Drop {
		fmt.Fprintln(&b, "drop", rcpt.Address)
	}
	for _, rcpt := range o.Add {
		fmt.Fprintln(&b, "add", rcpt.Address)
	}
	if o.From != nil {
		fmt.Fprintf(&b, "from <%s>\n", *o.From)
	}
	if o.Quarantine != "" {
		fmt.Fprintln(&b, "quarantine", o.Quarantine)
	}
	for _, e := range o.Effects {
		fmt.Fprintln(&b, effect(e))
	}
	if why := o.Why(); why != "" {
		fmt.Fprintln(&b, "why", why)
	}
	return b.String()
}

func effect(e filter.Effect) string {
	switch e := e.(type) {
	case filter.PutEvent:
		if e.Claim != nil {
			return fmt.Sprintf("book %s %s %d period(s)", e.Calendar, e.UID, len(e.Claim.Periods))
		}
		return fmt.Sprintf("put %s %s", e.Calendar, e.UID)
	case filter.DeleteEvent:
		return fmt.Sprintf("delete %s %s", e.Calendar, e.UID)
	case filter.Send:
		return "send " + e.ID
	}
	return fmt.Sprintf("%T", e)
}

// stored is calendars as text: every object as it lies there.
func stored(calendars map[string]map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(calendars)) {
		for _, uid := range slices.Sorted(maps.Keys(calendars[name])) {
			b.WriteString(strings.ReplaceAll(calendars[name][uid], "\r\n", "\n"))
		}
	}
	return b.String()
}

func bytesOf(t testing.TB, m *message.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
