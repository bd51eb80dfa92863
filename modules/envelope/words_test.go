package envelope

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
)

func TestEveryReasonHasWordsInEveryLanguage(t *testing.T) {
	for r, reply := range replies {
		if reply.code/100 != int(reply.enhanced[0]-'0') || strings.Count(reply.enhanced, ".") != 2 {
			t.Errorf("%s: %d %s", r, reply.code, reply.enhanced)
		}
		for _, l := range languages {
			if _, special := map[reason]bool{limitRate: true, limitRcpts: true, limitSize: true}[r]; !special && l.texts[r] == "" {
				t.Errorf("%s has no words in %s", r, l.tag)
			}
		}
	}
	for _, l := range languages {
		for r := range l.texts {
			if _, ok := replies[r]; !ok {
				t.Errorf("%s: words for %s, which is no reason", l.tag, r)
			}
			if strings.Contains(l.texts[r], "%s") != strings.Contains(languages[0].texts[r], "%s") {
				t.Errorf("%s: %s names an address in one language only", l.tag, r)
			}
		}
	}
}

func TestRefusalTexts(t *testing.T) {
	person := func(language string) principal {
		return principal{login: "alice", entry: &ldapdir.Entry{DN: "uid=alice,dc=x", Language: language}}
	}
	board := outcome{reason: rcptGroupMembers, about: "board@example.org"}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		d    decision
		utf8 bool
		want string
	}{
		{"english", decision{outcome: board, pr: person("")},
			false, "550 5.7.2 <board@example.org>: only members may write to this list; questions: abuse@example.org (rcpt.group-members)"},
		{"german without accents", decision{outcome: outcome{reason: rcptSenderRestricted, about: "x@example.org"}, pr: person("de-AT, en;q=0.5")},
			false, "550 5.7.1 <x@example.org>: an diese Adresse duerfen Sie nicht schreiben; Fragen an abuse@example.org (rcpt.sender-restricted)"},
		{"german with accents", decision{outcome: outcome{reason: rcptSenderRestricted, about: "straße@example.org"}, pr: person("DE")},
			true, "550 5.7.1 <straße@example.org>: an diese Adresse dürfen Sie nicht schreiben; Fragen an abuse@example.org (rcpt.sender-restricted)"},
		{"an address is never spelled otherwise", decision{outcome: outcome{reason: rcptSenderRestricted, about: "straße@example.org"}, pr: person("de")},
			false, "550 5.7.1 <straße@example.org>: an diese Adresse duerfen Sie nicht schreiben; Fragen an abuse@example.org (rcpt.sender-restricted)"},
		{"french", decision{outcome: outcome{reason: principalDisabled}, pr: person("xx, fr")},
			false, "550 5.7.13 ce compte est desactive; questions : abuse@example.org (principal.disabled)"},
		{"a stranger learns the class", decision{outcome: board},
			false, "550 5.7.2 <board@example.org>: this address does not accept your mail; questions: abuse@example.org (rcpt.group-members)"},
		{"words of its own", decision{outcome: outcome{reason: principalSuspended, own: "Please\r\n call 1234"}, pr: person("de")},
			false, "550 5.7.13 Please call 1234; Fragen an abuse@example.org (principal.suspended)"},
		{"a rate says what is used and when it ends", decision{outcome: outcome{reason: limitRate, limit: limit{100, 101, time.Hour, at}}, pr: person("")},
			false, "450 4.7.1 100 recipients per hour are allowed, 101 are used; please try again after 2026-03-02 10:00 CET; questions: abuse@example.org (limit.rate)"},
		{"a rate per day", decision{outcome: outcome{reason: limitRate, limit: limit{100, 101, 24 * time.Hour, at}}, pr: person("de")},
			false, "450 4.7.1 100 Empfaenger je Tag sind erlaubt, 101 sind verbraucht; bitte nach 02.03.2026 10:00 CET noch einmal versuchen; Fragen an abuse@example.org (limit.rate)"},
		{"a size", decision{outcome: outcome{reason: limitSize, limit: limit{most: 25 << 20}}, pr: person("")},
			false, "552 5.3.4 mails of at most 25MiB are allowed; questions: abuse@example.org (limit.size)"},
		{"a cap", decision{outcome: outcome{reason: limitRcpts, limit: limit{most: 50}}, pr: person("fr")},
			false, "550 5.5.3 au plus 50 destinataires par message sont permis; questions : abuse@example.org (limit.rcpt-per-message)"},
	}
	p := &policy{Config: Config{Contact: "abuse@example.org"}, zone: time.FixedZone("CET", 3600)}
	for _, tt := range tests {
		r := p.refusal(tt.d, &filter.Envelope{SMTPUTF8: tt.utf8})
		if r.String() != tt.want || r.Reason != string(tt.d.reason) {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, r, tt.want)
		}
	}
}

// TestTextsTellNothing: no refusal of any case names an entry, a rule or a member.
func TestTextsTellNothing(t *testing.T) {
	base, mine := loadSuite(t, "testdata/envelope-cases.yaml"), loadSuite(t, "testdata/rules.yaml")
	mine.Defaults = base.Defaults
	for dn, e := range base.Directory {
		if _, ok := mine.Directory[dn]; !ok {
			mine.Directory[dn] = e
		}
	}
	mine.complete()
	refusals := 0
	for _, c := range slices.Concat(base.Cases, mine.Cases) {
		for _, got := range playPure(t, c) {
			for _, line := range got.answers {
				if strings.HasPrefix(line, " ") { // a fact
					continue
				}
				refusals++
				line = strings.ReplaceAll(line, `"*)(uid=bob"@`, "") // what the client said itself
				if strings.Contains(line, "dc=") || strings.Contains(line, "uid=") || strings.Contains(line, "cn=") {
					t.Errorf("%s: %s", c.ID, line)
				}
			}
		}
	}
	if refusals < 100 {
		t.Errorf("only %d refusals were looked at", refusals)
	}
}

func TestStatusHasWordsOfItsOwn(t *testing.T) {
	var r reader
	c := defaults
	c.Status.Text = "please call"
	p := r.policy(c)
	p.attrs = p.Attributes.over("kolab", "ad").lower()
	tests := []struct {
		attr, value string
		want        reason
		text        string
	}{
		{"mailstatus", "Suspended", principalSuspended, "please call"},
		{"mailstatus", "suspended Your account sends spam", principalSuspended, "Your account sends spam"},
		{"mailstatus", "disabled: gone", principalDisabled, "gone"},
		{"mailstatus", "active", accepted, ""},
		{"mailstatus", "", accepted, ""},
		{"inetuserstatus", "deleted", principalDisabled, "please call"},
		{"useraccountcontrol", "514", principalDisabled, "please call"},
		{"useraccountcontrol", "512", accepted, ""},
		{"useraccountcontrol", "suspended", accepted, ""},
	}
	for _, tt := range tests {
		why, text := p.stopped(&ldapdir.Entry{Attrs: map[string][]string{tt.attr: {tt.value}}})
		if why != tt.want || text != tt.text {
			t.Errorf("%s: %s is %q, %q; want %q, %q", tt.attr, tt.value, why, text, tt.want, tt.text)
		}
	}
	both := &ldapdir.Entry{Attrs: map[string][]string{"mailstatus": {"disabled"}, "inetuserstatus": {"suspended"}}}
	if why, _ := p.stopped(both); why != principalDisabled {
		t.Errorf("disabled and suspended is %s", why)
	}
}
