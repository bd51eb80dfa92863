package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
)

// posted is a mail on its way to one host.
type posted struct {
	env  filter.Envelope
	to   []string
	mail *message.Message
}

// conversation is some hosts that write to each other, and what people got to read.
type conversation struct {
	hosts map[string]*host // by domain
	seen  map[string]int   // of each host, how many of its mails are on their way
	inbox map[string][]string
}

// until plays all that comes of a mail until nobody writes any more, and says in how many rounds.
func (c *conversation) until(t *testing.T, first posted, most int) (rounds int) {
	t.Helper()
	letters := []posted{first}
	for ; len(letters) > 0; rounds++ {
		if rounds == most {
			t.Fatalf("they are still writing after %d rounds: %v", rounds, c.inbox)
		}
		var next []posted
		for _, l := range letters {
			next = append(next, c.deliver(t, l)...)
		}
		letters = append(next, c.written(t)...)
	}
	return rounds
}

// deliver hands a letter to the host of its first recipient, or of who logs in; what is for others is relayed.
func (c *conversation) deliver(t *testing.T, l posted) (relayed []posted) {
	t.Helper()
	domain := domainOf(l.to[0])
	if l.env.User != "" {
		domain = l.env.From.Domain()
	}
	h := c.hosts[domain]
	out := h.receive(t, l.env, l.mail, l.to...)
	if out.Refuse != nil {
		t.Fatalf("%s for %v: %v: %s", domain, l.to, out.Refuse, out.Why())
	}
	left := slices.DeleteFunc(slices.Clone(l.to), func(a string) bool {
		return out.Discard || slices.ContainsFunc(out.Drop, func(r filter.Recipient) bool { return r.Address.String() == a })
	})
	mail := l.mail
	if out.Message != nil {
		mail = out.Message
	}
	for _, a := range left {
		if domainOf(a) == domain {
			c.inbox[a] = append(c.inbox[a], mail.Header.Get("Subject"))
		} else {
			relayed = append(relayed, inbound(l.env.From, a, mail))
		}
	}
	return relayed
}

// written are the mails that hosts have made since the last look.
func (c *conversation) written(t *testing.T) (all []posted) {
	t.Helper()
	for domain, h := range c.hosts {
		mails := h.outbox.Mails()
		for _, m := range mails[c.seen[domain]:] {
			mail, err := message.Read(strings.NewReader(string(m.Data)), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range m.To {
				if domainOf(r.Address) == domain {
					all = append(all, posted{filter.Envelope{Role: filter.Own}, []string{r.Address}, mail})
				} else {
					all = append(all, inbound("", r.Address, mail))
				}
			}
		}
		c.seen[domain] = len(mails)
	}
	return all
}

// inbound is a letter from elsewhere, in which the mail server of the recipient has found what DMARC says.
func inbound(from address.Address, to string, mail *message.Message) posted {
	author := mail.Header.Get("From")
	domain := strings.TrimRight(author[strings.LastIndexByte(author, '@')+1:], "> ")
	found := message.NewField("Authentication-Results", fmt.Sprintf("mx.%s; dmarc=pass header.from=%s", domainOf(to), domain))
	h := append(message.Header{found}, mail.Header...)
	return posted{filter.Envelope{Role: filter.Inbound, From: from}, []string{to}, mail.WithHeader(h)}
}

func domainOf(a string) string { return a[strings.LastIndexByte(a, '@')+1:] }

// TestTwoUshers: two sites that both answer by themselves write to each other until everything is said, and then stop.
func TestTwoUshers(t *testing.T) {
	eager := []string{"ALL_CANCEL_DELETE_AND_NOTIFY", "ALL_UPDATE_AND_NOTIFY", "ALL_ACCEPT"}
	lazy := []string{"ALL_DELEGATE", "ALL_UPDATE_AND_NOTIFY"}
	c := &conversation{seen: map[string]int{}, inbox: map[string][]string{}, hosts: map[string]*host{
		"a.example": newHost(t, "a.example", someone("john", "a.example", eager...)+someone("ann", "a.example", eager...),
			"", calendar.NewMemory(calendar.Options{})),
		"b.example": newHost(t, "b.example", someone("jane", "b.example", eager...)+someone("jack", "b.example", lazy...)+"kolabDelegate: jill\n"+someone("jill", "b.example", lazy...)+"kolabDelegate: jack\n",
			"", calendar.NewMemory(calendar.Options{})),
	}}
	a := c.hosts["a.example"]
	everybody := []string{"ann@a.example", "jane@b.example", "jack@b.example"}
	lines := "ORGANIZER:mailto:john@a.example"
	for _, who := range everybody {
		lines += "\r\nATTENDEE;RSVP=TRUE:mailto:" + who
	}
	a.put(t, "john@a.example", object("", "u1", lines))
	send := func(method, lines string) {
		rounds := c.until(t, posted{filter.Envelope{Role: filter.Submission, User: "john", From: "john@a.example"}, everybody,
			imipMail(t, "john@a.example", everybody[0], method, "u1", lines)}, 8)
		t.Logf("%s: silence after %d rounds, %v", method, rounds, c.inbox)
	}
	send("REQUEST", lines)
	want := map[string]string{"ann": itip.Accepted, "jane": itip.Accepted, "jack": itip.Delegated, "jill": itip.NeedsAction}
	if is := a.partstats(t, "john@a.example", "u1"); fmt.Sprint(is) != fmt.Sprint(want) {
		t.Errorf("at last the organizer knows %v, want %v", is, want)
	}
	if n := len(c.inbox["john@a.example"]); n == 0 || n > len(everybody) {
		t.Errorf("the organizer has to read %q", c.inbox["john@a.example"])
	}
	if len(c.inbox["ann@a.example"])+len(c.inbox["jane@b.example"]) > 0 {
		t.Errorf("who answers by himself has to read %v", c.inbox)
	}
	send("CANCEL", "STATUS:CANCELLED\r\nSEQUENCE:1\r\n"+lines)
	if _, ok, _, err := a.store.Find(t.Context(), "ann@a.example", "u1"); ok || err != nil {
		t.Errorf("what is cancelled is still there, %v", err)
	}
}

// TestReplyAmongOrganizers: two people who each take the other one for the organizer of the same UID answer nothing.
func TestReplyAmongOrganizers(t *testing.T) {
	eager := []string{"ALL_UPDATE_AND_NOTIFY", "ALL_ACCEPT"}
	c := &conversation{seen: map[string]int{}, inbox: map[string][]string{}, hosts: map[string]*host{}}
	for i, domain := range []string{"a.example", "b.example"} {
		me, other := []string{"john@a.example", "jane@b.example"}[i], []string{"jane@b.example", "john@a.example"}[i]
		h := newHost(t, domain, someone(strings.Split(me, "@")[0], domain, eager...), "gather: 0s", calendar.NewMemory(calendar.Options{}))
		h.put(t, me, object("", "u1", "ORGANIZER:mailto:"+me+"\r\nATTENDEE;RSVP=TRUE:mailto:"+other))
		c.hosts[domain] = h
	}
	c.until(t, posted{filter.Envelope{Role: filter.Submission, User: "john", From: "john@a.example"}, []string{"jane@b.example"},
		imipMail(t, "john@a.example", "jane@b.example", "REPLY", "u1", "ORGANIZER:mailto:jane@b.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:john@a.example")}, 4)
	if is := c.hosts["b.example"].partstats(t, "jane@b.example", "u1")["john"]; is != itip.Accepted {
		t.Errorf("john is %s", is)
	}
	if n := len(c.inbox["jane@b.example"]); n != 1 || len(c.inbox["john@a.example"]) > 0 {
		t.Errorf("they have to read %v, want one summary for jane", c.inbox)
	}
}

// TestOwnServiceOfOneProcess: where our own mail comes back in, nothing is submitted that would have to come in there,
// too: the summary leaves in the place of the answer. One process is enough for that service, however many answer.
func TestOwnServiceOfOneProcess(t *testing.T) {
	names := []string{"auto1", "auto2", "auto3", "auto4"}
	people, attendees := staff(names...)
	h := newHost(t, "example.org", people, "gather: 0s", calendar.NewMemory(calendar.Options{}))
	h.put(t, "boss@example.org", object("", "u1", attendees))
	process, read := make(chan struct{}, 1), make(chan string, 100)
	h.outbox.Deliver = func(_ context.Context, m world.Mail) error {
		select {
		case process <- struct{}{}:
			defer func() { <-process }()
		case <-time.After(10 * time.Second):
			return errors.New("every process is busy")
		}
		mail, err := message.Read(strings.NewReader(string(m.Data)), 1<<20)
		if err != nil {
			return err
		}
		out := h.receive(t, filter.Envelope{Role: filter.Own}, mail, m.To[0].Address)
		if out.Refuse != nil || out.Discard || out.Message == nil || len(out.Drop)+len(out.Add) > 0 {
			t.Errorf("the answer to %s: %+v, %s", m.To[0].Address, out.Refuse, out.Why())
			return nil
		}
		var b strings.Builder
		if _, err := out.Message.WriteTo(&b); err != nil {
			return err
		}
		read <- b.String()
		return nil
	}
	var rcpts []string
	for _, who := range names {
		rcpts = append(rcpts, who+"@example.org")
	}
	out := h.receive(t, filter.Envelope{Role: filter.Submission, User: "boss", From: "boss@example.org"},
		imipMail(t, "boss@example.org", rcpts[0], "REQUEST", "u1", attendees), rcpts...)
	if !out.Discard {
		t.Fatalf("%v: %s", out.Refuse, out.Why())
	}
	if len(read) != len(names) {
		t.Fatalf("the boss got %d mails, want %d", len(read), len(names))
	}
	for range names {
		mail := <-read
		for _, want := range []string{"From: \"boss\" <boss@example.org>", "Subject: \"Budget\" has been updated", "Auto-Submitted: auto-generated", "X-Usher-Own: ", "Message-ID: <"} {
			if !strings.Contains(mail, want) || strings.Contains(mail, "BEGIN:VCALENDAR") {
				t.Errorf("no %q in\n%s", want, mail)
			}
		}
	}
	for who, is := range h.partstats(t, "boss@example.org", "u1") {
		if is != itip.Accepted {
			t.Errorf("%s is %s", who, is)
		}
	}
}
