package integration

import (
	"regexp"
	"slices"
	"strings"
)

// expectMail looks for a letter that no expectation has found before and that came because of the newest mail.
func (h *house) expectMail(w mailWant) {
	h.t.Helper()
	fits := h.fits(w)
	mailbox := h.person(orJohn(w.Mailbox)).Mail
	i := slices.IndexFunc(h.letters, func(l *letter) bool {
		return !l.purged && (w.Absent || !l.found) && l.HasRcpt(mailbox) && l.broken == "" && fits(l)
	})
	if w.Absent || i < 0 {
		if w.Absent != (i < 0) {
			h.differ("%s %s from %q, wanted: %v; unexpected are %v", orJohn(w.Mailbox), w.Status+w.Subject, w.From, !w.Absent, h.fresh(mailbox))
		}
		return
	}
	l := h.letters[i]
	l.found = true
	h.bind(w.From, l.author)
	h.checkLetter(w, l)
	if w.KeepAs != "" {
		h.asked[w.KeepAs] = l
	}
}

// fits tells which letters an expectation may mean.
func (h *house) fits(w mailWant) func(*letter) bool {
	h.t.Helper()
	switch {
	case h.fixture.ofPeople():
		return h.peopleFits(w)
	case strings.HasSuffix(w.Subject, "requires confirmation"):
		return h.asks(w)
	case w.Subject != "":
		return h.tells(w, h.authors(w.From))
	}
	return h.answers(w, h.authors(w.From))
}

func orJohn(mailbox string) string {
	if mailbox == "" {
		return "john"
	}
	return mailbox
}

// fresh are the letters in a mailbox that nothing has looked for.
func (h *house) fresh(mailbox string) (all []*letter) {
	for _, l := range h.letters {
		if !l.purged && !l.found && l.HasRcpt(mailbox) {
			all = append(all, l)
		}
	}
	return all
}

// answers is an iTIP answer of one of these about the newest booking.
func (h *house) answers(w mailWant, authors []string) func(*letter) bool {
	return func(l *letter) bool {
		partstat, ok := l.reply()
		return ok && partstat == w.Status && slices.Contains(authors, l.author) && l.object.UID() == h.last.uid
	}
}

// asks is the request to confirm a booking of the resource that the subject names.
func (h *house) asks(w mailWant) func(*letter) bool {
	return func(l *letter) bool {
		for _, r := range h.fixture.Resources {
			if strings.Contains(w.Subject, " for "+r.CN+" ") {
				return l.confirmation() && strings.HasPrefix(l.author, strings.TrimSuffix(r.Mail, "@"+mailDomain))
			}
		}
		return false
	}
}

// tells is a notice to people, not to calendars, about a resource that is one of these.
func (h *house) tells(w mailWant, authors []string) func(*letter) bool {
	return func(l *letter) bool {
		name := h.fixture.resource(l.author).CN
		subject := strings.Replace(w.Subject, "<cn of "+w.From+">", name, 1)
		return l.calendar == "" && slices.Contains(authors, l.author) && strings.Contains(subject, " for "+name+" ") &&
			strings.Contains(l.text, name) && strings.Contains(l.text, h.last.summary)
	}
}

var (
	aMember = regexp.MustCompile(`member ([A-Z])\b`)
	never   = regexp.MustCompile(`never (\w+)|[A-Z] != ([A-Z])`)
	justOne = regexp.MustCompile(`\(= (\w+)\)`)
)

// authors are the addresses that the file means by "audi", "M" (known from an answer before), "one member M of cars
// (never audi: it is busy)", "another member N of the same collection, N != M", or nothing: whoever was invited.
func (h *house) authors(from string) (all []string) {
	h.t.Helper()
	if from == "" && !h.last.to.collection() {
		return []string{h.last.to.Mail}
	}
	if r, ok := h.resource(from); ok {
		return []string{r.Mail}
	}
	switch {
	case len(from) == 1:
		return nil // a member whom no answer has named
	case from != "" && aMember.FindString(from) == "":
		h.t.Fatalf("nobody is called %q", from)
	}
	for _, key := range h.membersOfLast() {
		r := h.fixture.resource(key)
		bound, known := h.members[letterOfMember(from)]
		if one := justOne.FindStringSubmatch(from); one != nil && one[1] != key || known && bound != key || h.excluded(from, key) {
			continue
		}
		all = append(all, r.Mail)
	}
	return all
}

func (h *house) excluded(from, key string) bool {
	m := never.FindStringSubmatch(from)
	return m != nil && (m[1] == key || m[2] != "" && h.members[m[2]] == key)
}

func letterOfMember(from string) string {
	if m := aMember.FindStringSubmatch(from); m != nil {
		return m[1]
	}
	return ""
}

// bind remembers who member M is.
func (h *house) bind(from, author string) {
	if name := letterOfMember(from); name != "" {
		h.members[name] = h.fixture.resource(author).Key
	}
}

// membersOfLast are the members of the collection that was invited, or of the one that holds who was.
func (h *house) membersOfLast() []string {
	if h.last.to.collection() {
		return h.last.to.Members
	}
	for _, r := range h.fixture.Resources {
		if slices.Contains(r.Members, h.last.to.Key) {
			return r.Members
		}
	}
	return nil
}
