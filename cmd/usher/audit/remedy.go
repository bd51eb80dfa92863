package audit

import (
	"cmp"
	"strings"
)

// subject is the address a refusal is about.
func subject(reason string, r record) string {
	switch area, _, _ := strings.Cut(reason, "."); area {
	case "rcpt", "moderation":
		return r.value("rcpt")
	case "sender":
		return cmp.Or(r.value("from"), "<>")
	case "header", "policy":
		_, about, _ := strings.Cut(r.value("why"), reason+": ")
		return cmp.Or(about, r.value("rcpt"))
	case "principal":
		if reason == "principal.network" {
			return r.value("client")
		}
		_, owner, _ := strings.Cut(r.value("why"), reason+": ") // of an address, who need not be the one who sends
		return owner
	}
	return ""
}

// remedies say what would allow a mail, by the name of the reason. {user} is the login, {about} the first address.
var remedies = map[string]string{
	"principal.none":      "the client has to log in; a machine that cannot: hosts: {NAME: {net: {client}, senders: [{from}]}}",
	"principal.unknown":   "an entry with this login in the directory (logins of its schema, strip_realms for a realm), or accounts: {{user}: {senders: [{from}]}}",
	"principal.suspended": "usher resume {stopped}, or another value of the status attribute on the entry of {stopped}",
	"principal.disabled":  "another value of the status attribute on the entry of {user}",
	"principal.network":   "groups.networks: the network of {client} for the group that binds {user}",

	"sender.not-owned":      "its owner names {user} as a delegate (kolabDelegate) or for send-as, or accounts: {{user}: {senders: [{about}]}}, or a login map of Postfix",
	"sender.unknown-local":  "an alias {about} on the entry of {user}, or accounts: {{user}: {senders: [{about}]}}",
	"sender.external":       "accounts: {{user}: {senders: [{about}]}}, or a sender pattern on the entry of {user}",
	"sender.owner-disabled": "another value of the status attribute on the owner of {about}, or the address as an alias of somebody else",
	"sender.null":           "auth_null_sender: mdn-only or allow; for a machine hosts: {NAME: {null_sender: true}}",
	"sender.not-logged-in":  "the client has to log in; a machine that cannot: hosts: {NAME: {net: {client}, senders: [{about}]}}; for everybody local_sender: accept",
	"sender.null-not-mdn":   "auth_null_sender: allow",

	"limit.size":             "limits.size, or accounts: {{user}: {limits: {size: …}}}",
	"limit.rcpt-per-message": "limits.rcpt_per_message, or accounts: {{user}: {limits: {rcpt_per_message: …}}}",
	"limit.rate":             "limits.rcpt_per_hour and rcpt_per_day, accounts: {{user}: {limits: …}}, or rate_exempt: [{user}]",

	"rcpt.sender-restricted": "a rule {about} in kolabAllowSMTPRecipient on the entry of {user}, or in accounts: {{user}: {recipient_rules: …}}; for everybody exempt_recipients: [{about}]",
	"rcpt.recipient-denies":  "a rule {from} in kolabAllowSMTPSender on the entry of {about}, or in sender_rules: {{about}: …}; where a list of the site denies, allow_senders: [{from}]",
	"rcpt.disabled":          "another value of the status attribute on the entry of {about}",
	"rcpt.unknown":           "an entry or alias {about} in the directory, or unknown_recipient: {DOMAIN: pass}",
	"rcpt.group-closed":      "a rule {from} in kolabAllowSMTPSender on the group {about}; for reports groups.accept_null_sender: true",
	"rcpt.group-members":     "membership of {from} in {about}, or posting: {{about}: internal}",
	"rcpt.group-internal":    "a login of the sender, hosts: {NAME: {internal: true}} for a machine of ours, or posting: {{about}: public}",

	"header.from-malformed":     "one From field that can be read; the client is to be mended, for its mail says it is from nobody or from two",
	"header.from-not-owned":     "as for the envelope sender: delegate, send-as, or accounts: {{user}: {senders: [{about}]}}; for everybody header_from: none",
	"header.not-aligned":        "header_from: authorized, which lets From differ from the envelope sender where both are granted",
	"header.reply-to-not-owned": "reply_to: any, or a grant for {about}",

	"directory.unavailable":  "nothing to allow: the directory did not answer then (usher check -probe)",
	"policy.malformed":       "the rule is to be mended: usher lint names the entry",
	"moderation.unavailable": "moderators of {about} who are in the directory and not disabled, or another posting mode for it",
}

// remedy fills in what is known of a group.
func remedy(g Group) string {
	text, known := remedies[g.Reason]
	if !known {
		return ""
	}
	about := "ADDRESS"
	if len(g.Subjects) > 0 {
		about = g.Subjects[0]
	}
	stopped := cmp.Or(g.User, "USER")
	if len(g.Subjects) > 0 {
		stopped = about
	}
	return strings.NewReplacer("{stopped}", stopped, "{user}", cmp.Or(g.User, "USER"), "{about}", about,
		"{from}", cmp.Or(g.Example.From, "<>"), "{client}", cmp.Or(g.Client, "ADDRESS")).Replace(text)
}
