package envelope

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"usher/ldapdir"
	"usher/milter/filter"
)

// languageOf is the one an entry prefers, as far as we speak it. preferredLanguage may be a list with weights
// (RFC 2798 2.7): the first one we know counts.
func languageOf(e *ldapdir.Entry) *language {
	if e != nil {
		for part := range strings.SplitSeq(e.Language, ",") {
			tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
			tag, _, _ = strings.Cut(tag, "-")
			for i := range languages {
				if languages[i].tag == strings.TrimSpace(tag) {
					return &languages[i]
				}
			}
		}
	}
	return &languages[0]
}

// refusal writes a decision for the client: one line, who to ask, and the reason at its end.
func (p *policy) refusal(d decision, env *filter.Envelope) *filter.Refusal {
	spell := ascii
	if env.SMTPUTF8 {
		spell = func(s string) string { return s }
	}
	l := languageOf(d.pr.entry)
	text := p.sentence(l, d, spell)
	if p.Contact != "" {
		text += "; " + fmt.Sprintf(spell(l.contact), p.Contact)
	}
	r := replies[d.reason]
	return &filter.Refusal{Code: r.code, Enhanced: r.enhanced, Text: text + " (" + string(d.reason) + ")", Reason: string(d.reason)}
}

// sentence fills in the words for a reason. Our words are spelled, addresses are left as they are: strasse@ and
// straße@ are two people.
func (p *policy) sentence(l *language, d decision, spell func(string) string) string {
	say := func(format string, args ...any) string { return fmt.Sprintf(spell(format), args...) }
	switch {
	case d.reason == limitRate:
		window := l.hour
		if d.limit.window.Hours() > 1 {
			window = l.day
		}
		return say(l.rate, d.limit.most, spell(window), d.limit.used, d.limit.resets.In(p.zone).Format(l.clock))
	case d.reason == limitRcpts:
		return say(l.cap, d.limit.most)
	case d.reason == limitSize:
		return say(l.size, filter.Size(d.limit.most))
	case d.own != "":
		return spell(oneLine(d.own))
	case !d.pr.believed() && strings.HasPrefix(string(d.reason), "rcpt."):
		return say(l.stranger, d.about)
	}
	text := l.texts[d.reason]
	switch {
	case !strings.Contains(text, "%s"):
		return spell(text)
	case d.about == "":
		return spell(strings.TrimPrefix(text, "<%s>: "))
	}
	return say(text, d.about)
}

// maxOwnText bounds words from the directory, in characters.
const maxOwnText = 300

// oneLine is text from the directory as a reply can carry it.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > maxOwnText {
		s = string(r[:maxOwnText])
	}
	return s
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss", "œ", "oe", "’", "'")

// ascii spells a text without accents: a reply may hold others only where the client said SMTPUTF8 (RFC 6531
// 3.7.4.2).
func ascii(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(umlauts.Replace(s)))
}
