package doctor

import (
	"slices"
	"strconv"
	"strings"
)

// needed are the macros without which we do not know who sends to whom.
var needed = []struct{ list, macro, why string }{
	{"milter_mail_macros", "{auth_authen}", "everybody would be a stranger, also who has logged in"},
	{"milter_mail_macros", "{mail_addr}", "the sender would be taken from the command alone"},
	{"milter_rcpt_macros", "{rcpt_addr}", "recipients would be taken from the command alone"},
	{"milter_end_of_data_macros", "i", "the log would not name the mail in the queue"},
}

// macros: we ask Postfix for those we need, and from protocol 6 on it listens to that; what main.cf hides still counts
// for other milters, and for us where the protocol is older.
func (c *checkup) macros() {
	for _, n := range needed {
		for _, p := range c.places(n.list) {
			if slices.Contains(words(p.value), n.macro) {
				continue
			}
			severity, text := Wrong, ": with this milter_protocol "+n.why
			if c.asks(p.service) {
				severity, text = Hint, "; Usher asks for it all the same, with an older milter_protocol "+n.why
			}
			c.say(severity, "macro.hidden", p.where, p.as(n.list, strings.TrimSpace(p.value+" "+n.macro)), n.list+" lacks "+n.macro+text)
		}
	}
	for _, p := range c.places("milter_macro_defaults") {
		if strings.Contains(p.value, "auth_authen") {
			c.say(Wrong, "macro.invented", p.where, "", "milter_macro_defaults invents {auth_authen}: who has not logged in gets a login by it")
		}
	}
}

// asks tells whether the protocol lets a milter name the macros it wants.
func (c *checkup) asks(s *Service) bool { return protocol(c.Get(s, "milter_protocol")) >= 6 }

// protocol is the version in milter_protocol; words for extensions may follow.
func protocol(value string) int {
	for _, word := range words(value) {
		if n, err := strconv.Atoi(word); err == nil {
			return n
		}
	}
	return 0
}
