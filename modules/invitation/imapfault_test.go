package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/itip/imapcal/imaptest"
	"usher/milter/filter"
	"usher/milter/imip"
	"usher/milter/message"
	"usher/milter/world"
)

// untrue says what a mail says that is in no calendar yet, or "".
func (h *household) untrue(m world.Mail) string {
	mail, err := message.Read(strings.NewReader(string(m.Data)), 1<<20)
	if err != nil {
		return err.Error()
	}
	for _, i := range imip.Read(mail, itip.Event).Items {
		for _, u := range i.Object.Master().Attendees() {
			said := fmt.Sprintf("%s:%s", u.Address.Local(), u.Partstat)
			if i.Object.Method() == "REPLY" && len(u.DelegatedFrom) == 0 && !strings.Contains(h.holds(u.Address.Local()), said) {
				return fmt.Sprintf("answered %s, while the copy has %q", said, h.holds(u.Address.Local()))
			}
		}
	}
	heading := ""
	for line := range strings.Lines(strings.ReplaceAll(string(m.Data), "\r\n", "\n")) {
		line = strings.TrimRight(line, "\n")
		if said := summaryHeadings[line]; said != "" {
			heading = said
		}
		name, _, _ := strings.Cut(line, "@")
		name = name[strings.LastIndexAny(name, " <")+1:]
		if heading != "" && strings.HasPrefix(line, "  ") && !strings.Contains(h.holds("boss"), name+":"+heading) {
			return fmt.Sprintf("the summary says %s:%s, while the copy has %s", name, heading, h.holds("boss"))
		}
	}
	return ""
}

// summaryHeadings are what stands above attendees in a summary, by PARTSTAT.
var summaryHeadings = map[string]string{"Accepted:": "ACCEPTED", "Declined:": "DECLINED", "Delegated:": "DELEGATED", "Pending:": "NEEDS-ACTION"}

// wantTrue checks what leaves in the place of a mail, if anything does.
func (h *household) wantTrue(mail *message.Message) {
	h.t.Helper()
	if mail == nil {
		return
	}
	var b strings.Builder
	if _, err := mail.WriteTo(&b); err != nil {
		h.t.Fatal(err)
	}
	if why := h.untrue(world.Mail{Data: []byte(b.String())}); why != "" {
		h.t.Error(why)
	}
	h.summaries++
}

// errUntrue is what the outbox says to a mail that is not true.
var errUntrue = errors.New("untrue")

// day is a request, the answers to it and a cancellation, each handed in until it is taken. again makes the host that
// gets what was not taken the first time.
func (h *household) day(host *host, again func() *host) {
	h.t.Helper()
	attendees := "ORGANIZER:mailto:boss@example.org\r\nATTENDEE;RSVP=TRUE:mailto:ann@example.org\r\nATTENDEE;RSVP=TRUE:mailto:jane@example.org\r\nATTENDEE;RSVP=TRUE:mailto:jack@example.org"
	h.empty(attendees)
	to := []string{"ann@example.org", "jane@example.org", "jack@example.org"}
	boss := filter.Envelope{Role: filter.Submission, User: "boss", From: "boss@example.org"}
	insist := func(env filter.Envelope, mail *message.Message, to ...string) {
		for range 3 {
			out := host.receive(h.t, env, mail, to...)
			h.said = append(h.said, fmt.Sprint(out.Refuse, out.Why()))
			if out.Refuse == nil {
				h.wantTrue(out.Message)
				return
			}
			if !out.Refuse.Temporary() {
				h.t.Errorf("refused for good: %s", out.Why())
				return
			}
			if again == nil {
				h.t.Fatal(out.Why())
			}
			host = again()
		}
		h.t.Error("never taken")
	}
	insist(boss, imipMail(h.t, "boss@example.org", to[0], "REQUEST", "u1", attendees), to...)
	for _, m := range host.outbox.Mails() {
		mail, err := message.Read(strings.NewReader(string(m.Data)), 1<<20)
		if err != nil {
			h.t.Fatal(err)
		}
		insist(filter.Envelope{Role: filter.Own}, mail, m.To[0].Address)
	}
	cancel := imipMail(h.t, "boss@example.org", to[0], "CANCEL", "u1", "STATUS:CANCELLED\r\nSEQUENCE:1\r\n"+attendees)
	insist(boss, cancel, to...)
}

// host is one with the household's calendars as it reaches them.
func (h *household) host(store calendar.Store, outbox *world.Outbox) *host {
	host := newHost(h.t, "example.org", h.people, "", store)
	if outbox.Deliver == nil {
		outbox.Deliver = func(_ context.Context, m world.Mail) error {
			if why := h.untrue(m); why != "" {
				h.t.Error(why)
				return errUntrue
			}
			return nil
		}
	}
	host.outbox = outbox
	host.World = world.New(world.Parts{Store: store, Submitter: outbox, Hostname: "mx.example.org", Clock: func() time.Time { return morning }})
	return host
}

// end is what is there when all is done: what the calendars hold, and who has got what.
func (h *household) end(outbox *world.Outbox) (all map[string]string) {
	h.t.Helper()
	all = map[string]string{"mails": strings.Join(outbox.Distinct(), "\n")}
	for name := range h.homes {
		all[name] = h.holds(name)
		if name != "boss" { // how others have answered is brought again with the next answer
			all[name] = h.owns(name)
		}
	}
	return all
}

// TestCalendarsCutAnywhere cuts the connection to the calendars at every command of a day of scheduling, before, inside
// and after it; the server is there again at once, or not before the mail comes again to a process that was started
// anew. No answer leaves that is not stored, no summary says what is not, and in the end everything is as if nothing had
// happened.
func TestCalendarsCutAnywhere(t *testing.T) {
	const shards = 8
	stride := 23
	if os.Getenv("USHER_LARGE") != "" { // every command: minutes
		stride = 1
	}
	for shard := range shards {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			h := newHousehold(t)
			tap := imaptest.NewTap(t, h.server.Addr)
			outbox := new(world.Outbox)
			h.day(h.host(h.open(tap.Addr), outbox), nil)
			if h.summaries == 0 {
				t.Fatal("no summary")
			}
			want, commands := h.end(outbox), tap.Commands()
			for step := 1 + shard*stride; step <= len(commands); step += shards * stride {
				for _, when := range []imaptest.When{imaptest.Before, imaptest.Inside, imaptest.Done} {
					h.cutAt(tap, step, when, false, want)
					h.cutAt(tap, step, when, true, want)
					if t.Failed() {
						t.Fatalf("at command %d of %d (%s, %v)", step, len(commands), commands[step-1], when)
					}
				}
			}
		})
	}
}

func (h *household) cutAt(tap *imaptest.Tap, step int, when imaptest.When, gone bool, want map[string]string) {
	h.t.Helper()
	h.said = nil
	outbox := new(world.Outbox)
	first := h.host(h.open(tap.Addr), outbox)
	seen := 0
	tap.On(imaptest.Fault{N: step, When: when, Do: imaptest.Cut})
	if gone {
		tap.On(imaptest.Fault{Line: func(string) bool { seen++; return seen > step }, Do: imaptest.Cut})
	}
	defer tap.Clear()
	h.day(first, func() *host {
		tap.Clear()
		return h.host(h.open(tap.Addr), outbox)
	})
	is := h.end(outbox)
	for _, what := range slices.Sorted(maps.Keys(want)) {
		if is[what] != want[what] {
			h.t.Errorf("%s: in the end\n%s\nwant\n%s\nafter\n%s", what, is[what], want[what], strings.Join(h.said, "\n"))
		}
	}
}
