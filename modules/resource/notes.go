package resource

import (
	"cmp"
	"fmt"
	"time"
)

// notes are what a verdict rests on, for explain: which instances were looked at, what is in the way, and which rule
// decided, with where its value comes from. They hold times and UIDs, nobody's words.
func (b *booking) notes(v verdict) []string {
	var lines []string
	say := func(format string, args ...any) {
		lines = append(lines, b.room.Name+": "+fmt.Sprintf(format, args...))
	}
	for _, w := range b.room.wrong {
		say("cannot be read: %s", w)
	}
	if is := perInstance(v.instances); len(is) > 0 {
		say("%d instance(s) looked at, from %s to %s", len(is), noted(first(v.instances)), noted(last(v.instances)))
	}
	for n, c := range v.clashes {
		if n == maxExplained {
			say("and %d more clashes", len(v.clashes)-n)
			break
		}
		say("%s clashes with %.100q from %s to %s", noted(c.instance.Start), c.period.UID, noted(c.period.From), noted(c.period.To))
	}
	for n, r := range v.refused {
		if n == maxExplained {
			say("and %d more against a rule", len(v.refused)-n)
			break
		}
		say("%s is against %s", noted(r.instance.Start), b.ruleWords(r.rule))
	}
	if b.asksHimself(v) {
		say("%s, as the organizer is an owner", stepAccept)
	} else {
		say("%s%s", v.step, b.decided(v))
	}
	return lines
}

// plainRules are the rules that are none of the configuration, in words.
var plainRules = map[string]string{
	ruleAhead: ", as none of it lies ahead within the horizon",
	ruleTimes: ", as its times cannot be followed",
	ruleBusy:  ", as the time is taken",
}

// decided names the rule that decided; where nothing was in the way, that is the policy.
func (b *booking) decided(v verdict) string {
	if words, ok := plainRules[v.rule]; ok {
		return words
	}
	return " by " + b.ruleWords(cmp.Or(v.rule, "policy"))
}

// ruleWords is a rule with its value and where that comes from.
func (b *booking) ruleWords(key string) string {
	f, ok := ruleNamed(key)
	if !ok {
		return key
	}
	return fmt.Sprintf("%s: %s (%s)", key, f.text(&b.room.rules), cmp.Or(b.room.origins[key], "default"))
}

func noted(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }
