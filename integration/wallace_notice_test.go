package integration

import (
	"regexp"
	"slices"
	"strings"
)

// What a notice says in its subject, by kind and language, and what stands above names in it.
var (
	notices = map[string]map[string]string{
		"updated":   {"en": "has been updated", "de": "wurde aktualisiert"},
		"cancelled": {"en": "has been cancelled", "de": "wurde abgesagt"},
	}
	labels = map[string]string{"German label of ACCEPTED followed by `:`": "Zugesagt:"}
	named  = regexp.MustCompile(`"([^"]*)" has been (\w+)`)
	german = regexp.MustCompile(`^German `)
)

// informs is a notice to somebody about his calendar: it names the event, in his language, and is nothing for programs.
func (h *house) informs(w mailWant, authors []string) func(*letter) bool {
	language := "en"
	if german.MatchString(w.Subject) {
		language = "de"
	}
	says := named.FindStringSubmatch(w.Subject)
	return func(l *letter) bool {
		return says != nil && notices[says[2]] != nil && l.calendar == "" && slices.Contains(authors, l.author) &&
			strings.Contains(l.subject, says[1]) && strings.HasSuffix(l.subject, notices[says[2]][language])
	}
}

// isInvitation is the mail that was sent, delivered as it came.
func (h *house) isInvitation(w mailWant, authors []string) func(*letter) bool {
	return func(l *letter) bool {
		return l.object != nil && l.object.Method() == w.ITIP.Method && l.object.UID() == h.uid(w.ITIP.UID) &&
			slices.Contains(authors, l.author) && l.subject == w.Subject && strings.Count(l.calendar, "BEGIN:VEVENT") == w.ITIP.Count
	}
}

// summaryOf is what a letter is about: what the expectation says, or the event of the newest mail.
func (h *house) summaryOf(w mailWant) string {
	if says := named.FindStringSubmatch(w.Subject); says != nil && h.fixture.ofPeople() {
		return says[1]
	}
	if w.Summary != "" {
		return w.Summary
	}
	return h.last.summary
}

// hasWords tells whether a text has the words, or those that the file describes.
func hasWords(text, words string) bool {
	if label := labels[words]; label != "" {
		words = label
	}
	return strings.Contains(text, words)
}

// peopleFits is what an expectation in suite P looks for.
func (h *house) peopleFits(w mailWant) func(*letter) bool {
	authors := []string{w.From}
	if !strings.Contains(w.From, "@") {
		authors = []string{h.person(w.From).Mail}
	}
	switch {
	case w.ITIP != nil:
		return h.isInvitation(w, authors)
	case strings.HasPrefix(w.Subject, "German user_reply"):
		w.Status = "ACCEPTED"
	case w.Subject != "":
		return h.informs(w, authors)
	}
	answers := h.answers(w, authors)
	return func(l *letter) bool { return answers(l) && strings.Contains(l.text, w.Summary) }
}

// checkAnswersLanguage: the file has an answer in the language of who answers, while it is for the organizer, who
// reads it (scheduling.md, "Answers").
func (h *house) checkAnswersLanguage(w mailWant, l *letter) {
	h.t.Helper()
	if !strings.HasPrefix(w.Subject, "German user_reply") {
		return
	}
	if !strings.HasPrefix(l.subject, "Accepted: ") {
		h.differ("%s is not in the language of %s", l, h.last.organizer)
	}
	h.otherwise("scheduling.md")
}

var (
	hourOfDay = regexp.MustCompile(`T\d\d`)
	lastDigit = regexp.MustCompile(`\d$`)
)

// anotherOfPeople is another value for what is said of people; known is false where it is like everywhere.
func anotherOfPeople(key, value string) (wrong string, known bool) {
	switch key {
	case "from":
		return "bill", true // who writes to nobody that is asked for his mail
	case "folder":
		owner, folder, _ := strings.Cut(value, " ")
		folder, _, _ = strings.Cut(folder, "/")
		return map[bool]string{true: "lucy ", false: "bill "}[owner == "bill"] + folder, true
	case "start", "recurrence_id":
		return hourOfDay.ReplaceAllString(value, "T03"), true
	case "exdate_0_date", "rrule_until_date":
		return lastDigit.ReplaceAllString(value, "1"), true
	case "subject":
		return strings.Replace(value, `"`, `"not `, 1), strings.Contains(value, "has been")
	case "body_not_contains":
		return "jane.manager@example.org", true
	}
	return "", false
}

// answeredOnce: an update that needs no answer gets none, though it asks for one.
func (h *house) answeredOnce(key, uid string) {
	h.t.Helper()
	n := 0
	for _, l := range h.letters {
		if _, answers := l.reply(); answers && !l.purged && l.author == h.person(key).Mail && l.object.UID() == h.uid(uid) {
			n++
		}
	}
	if n != 1 {
		h.differ("%s has answered %d times about %s", key, n, uid)
	}
}

// isDeclined: what was declined is kept as such, and takes no time.
func (h *house) isDeclined(key, uid string) {
	h.t.Helper()
	yes := true
	h.expectCopy(copyWant{Folder: key + " " + calendarFolder, UID: uid, partWant: partWant{Partstat: map[string]string{key: "DECLINED"}, Transparent: &yes}})
}
