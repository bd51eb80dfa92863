package envelope

import (
	"strconv"
	"strings"

	"usher/ldapdir"
)

// stopped tells whether an entry was suspended or disabled, and the words for its owner. The attribute's value is
// a word of status, perhaps followed by words of its own: "suspended Please call 1234".
func (p *policy) stopped(e *ldapdir.Entry) (why reason, text string) {
	for _, attr := range p.attrs.Status {
		for _, value := range attrOf(e, attr) {
			is, words := p.statusValue(attr, value)
			if is == principalDisabled || is != accepted && why == accepted {
				why, text = is, words
			}
		}
	}
	if why != accepted && text == "" {
		text = p.Status.Text
	}
	return why, text
}

func (p *policy) statusValue(attr, value string) (reason, string) {
	if attr == "useraccountcontrol" { // Active Directory: bit 2 is ADS_UF_ACCOUNTDISABLE
		if n, err := strconv.ParseUint(value, 10, 32); err == nil && n&2 != 0 {
			return principalDisabled, ""
		}
		return accepted, ""
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	return p.stops[ldapdir.Fold(strings.TrimSuffix(word, ":"))], strings.TrimSpace(rest)
}

func attrOf(e *ldapdir.Entry, lower string) []string {
	if e == nil {
		return nil
	}
	return e.Attrs[lower]
}

// halted is stopped, and suspended here (usher suspend, or too many refusals).
func (p *policy) halted(f *facts, e *ldapdir.Entry, account string) (why reason, text string, t truth) {
	if why, text = p.stopped(e); why != accepted {
		return why, text, yes
	}
	if account == "" {
		return accepted, "", no
	}
	if t := f.suspended(account); t != no {
		return principalSuspended, p.Status.Text, t
	}
	return accepted, "", no
}
