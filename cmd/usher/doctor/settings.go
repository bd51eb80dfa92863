package doctor

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// place is where a setting counts, and where it is written.
type place struct {
	service *Service // nil: main.cf
	where   string
	value   string
}

// places are where a setting counts for mail that comes to us: main.cf, and services that have their own.
func (c *checkup) places(name string) []place {
	all := []place{{nil, "main.cf", c.Get(nil, name)}}
	services := c.smtpds()
	if cleanup := c.service("cleanup"); cleanup != nil {
		services = append(services, cleanup)
	}
	for _, s := range services {
		if _, own := s.set[name]; own {
			all = append(all, place{s, s.ID(), c.Get(s, name)})
		}
	}
	return all
}

// as is a setting as the place wants it written.
func (p place) as(name, value string) string {
	if p.service == nil {
		return name + " = " + value
	}
	return option(name, value)
}

// settings looks at what counts for all milters.
func (c *checkup) settings() {
	for _, p := range c.places("milter_default_action") {
		c.action(p, p.value, p.as("milter_default_action", "tempfail"))
	}
	for _, p := range c.places("milter_protocol") {
		if protocol(p.value) < 6 {
			c.say(Wrong, "setting.protocol", p.where, p.as("milter_protocol", "6"),
				"milter_protocol is "+p.value+": before 6 Postfix neither asks what we want to know nor hands over header fields as they are")
		}
	}
	for _, p := range c.places("message_strip_characters") {
		if !strings.Contains(p.value, `\0`) {
			c.say(Wrong, "setting.nul", p.where, p.as("message_strip_characters", `\0`),
				"message_strip_characters lacks \\0: in the milter protocol a NUL ends a field, and what stands behind it would go out unseen")
		}
	}
	c.aliases()
	c.sizes()
	c.entries()
}

// aliases: Postfix has put those behind a group on the envelope before we take the group off it. Only with the original
// recipients does it forget them then; else who comes in the place of the group has been there before, and gets nothing.
func (c *checkup) aliases() {
	for _, p := range c.places("enable_original_recipient") {
		if s := cmp.Or(p.service, c.service("cleanup")); p.value == "no" && strings.TrimSpace(c.Get(s, "virtual_alias_maps")) != "" {
			c.say(Wrong, "setting.original-recipient", p.where, p.as("enable_original_recipient", "yes"),
				"enable_original_recipient is no, and there are virtual_alias_maps: where Usher opens a group for one of its members, nobody else behind it gets the mail")
		}
	}
}

// action: a mail must wait while we are not there. Otherwise stopping Usher is the way around it.
func (c *checkup) action(p place, value, remedy string) {
	switch strings.ToLower(value) {
	case "tempfail", "shutdown": // both answer 4xx
	case "reject":
		c.say(Wrong, "setting.default-action", p.where, remedy, "the default action is reject: mail bounces while Usher is restarted")
	default:
		c.say(Wrong, "setting.default-action", p.where, remedy, "the default action is "+value+": mail goes on unchecked while Usher is not there")
	}
}

func (c *checkup) sizes() {
	for _, p := range c.places("message_size_limit") {
		n, err := strconv.ParseInt(p.value, 10, 64)
		switch {
		case err != nil:
		case n <= 0:
			c.say(Hint, "setting.size", p.where, p.as("message_size_limit", strconv.FormatInt(min(c.ours.Spool/10, 1<<30), 10)),
				"message_size_limit is 0: one mail may be as large as it likes, and limits.spool is what all of them may have")
		case n > c.ours.Spool:
			c.say(Wrong, "setting.size", p.where, p.as("message_size_limit", strconv.FormatInt(c.ours.Spool/10, 10)), fmt.Sprintf(
				"message_size_limit is %d, limits.spool %d bytes: a mail between them never gets through", n, c.ours.Spool))
		}
	}
}

// entries looks at the settings that a milter's entry has of its own.
func (c *checkup) entries() {
	each := func(s *Service, name string) {
		for _, m := range milters(c.Get(s, name)) {
			if _, ok := c.ourOne(s, m); !ok {
				continue
			}
			p := place{s, c.source(s, name), ""}
			if value, set := m.settings["default_action"]; set {
				c.action(p, value, "default_action=tempfail in the entry "+m.text)
			}
			for _, t := range c.limits() {
				if value, set := m.settings[strings.TrimPrefix(t.name, "milter_")]; set {
					p.value = value
					c.timeout(p, t, strings.TrimPrefix(t.name, "milter_")+"="+t.usual+" in the entry "+m.text)
				}
			}
		}
	}
	for _, s := range c.smtpds() {
		each(s, "smtpd_milters")
	}
	each(c.service("cleanup"), "non_smtpd_milters")
}
