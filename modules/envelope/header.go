package envelope

import (
	"mime"
	"slices"
	"strings"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
)

// fields are all fields of a name, also where white space stands between it and the colon: some mail servers
// and readers take From : for From.
func fields(h message.Header, name string) []message.Field {
	var all []message.Field
	for _, f := range h {
		if isField(f, name) {
			all = append(all, f)
		}
	}
	return all
}

func isField(f message.Field, name string) bool {
	return f.Is(name) || len(f.Name) > len(name) && strings.EqualFold(strings.Trim(f.Name, " \t\r\n\x00"), name)
}

// whole tells whether a field has no line break but folds: a reader might take the rest for another field.
func whole(f message.Field) bool {
	raw := strings.ReplaceAll(f.Raw, "\r\n", "\n")
	for i := range len(raw) {
		if raw[i] == '\r' || raw[i] == '\n' && (i+1 == len(raw) || raw[i+1] != ' ' && raw[i+1] != '\t') {
			return false
		}
	}
	return true
}

// authors are the mailboxes of the one From field; ok is false if there is none, or more than one.
func authors(h message.Header) ([]address.Address, bool) {
	from := fields(h, "From")
	if len(from) != 1 || !from[0].Is("From") || !whole(from[0]) {
		return nil, false
	}
	boxes, err := mailboxes(from[0].Value())
	return boxes, err == nil && len(boxes) > 0
}

// redirected are the mailboxes of the topmost Resent-From: who sent the mail on last (RFC 5322 3.6.6).
func (p *policy) redirected(h message.Header) ([]address.Address, bool) {
	resent := fields(h, "Resent-From")
	if !p.AllowResent || len(resent) == 0 {
		return nil, false
	}
	boxes, err := mailboxes(resent[0].Value())
	return boxes, err == nil && whole(resent[0]) && len(boxes) > 0
}

// header decides at the end of the header, about people who logged in.
func (p *policy) header(f *facts, env *filter.Envelope, h message.Header) outcome {
	if !p.SenderChecks || env.User == "" {
		return outcome{}
	}
	f.begin()
	pr, t := p.principal(f, env)
	if t == unsure {
		return unavailable()
	}
	for _, step := range []func(*facts, *filter.Envelope, principal, message.Header) outcome{p.from, p.report, p.replyTo} {
		f.begin()
		p.principal(f, env)
		if o := f.guard(step(f, env, pr, h)); o.reason != accepted {
			return o
		}
	}
	return outcome{}
}

// from: every author needs a grant; a Sender field excuses nothing.
func (p *policy) from(f *facts, env *filter.Envelope, pr principal, h message.Header) outcome {
	boxes, ok := authors(h)
	if !ok {
		f.stale = false // the header says so itself
		return refuse(headerFromMalformed, "")
	}
	if p.HeaderFrom == "none" {
		return outcome{}
	}
	if resent, ok := p.redirected(h); ok {
		boxes = resent
	} else if p.AllowResent && len(fields(h, "Resent-From")) > 0 {
		f.stale = false
		return refuse(headerFromMalformed, "")
	}
	if o := p.mayAll(f, pr, boxes, headerFromNotOwned); o.reason != accepted {
		return o
	}
	if p.HeaderFrom == "aligned" && env.From != "" {
		for _, a := range boxes {
			if a != env.From {
				f.stale = false
				return refuse(headerNotAligned, a)
			}
		}
	}
	return outcome{}
}

// mayAll wants a grant for each address.
func (p *policy) mayAll(f *facts, pr principal, boxes []address.Address, otherwise reason) outcome {
	for _, a := range boxes {
		switch c := p.grant(f, pr, a); {
		case c.kind != none:
		case c.known != yes:
			return unavailable()
		default:
			return refuse(otherwise, a)
		}
	}
	return outcome{}
}

// report: the null sender is for people only to say that a mail was read (RFC 8098).
func (p *policy) report(f *facts, env *filter.Envelope, _ principal, h message.Header) outcome {
	if env.From != "" || p.AuthNullSender != "mdn-only" {
		return outcome{}
	}
	f.stale = false
	if types := fields(h, "Content-Type"); len(types) == 1 && isMDN(types[0].Value()) {
		return outcome{}
	}
	return refuse(senderNullNotMDN, "")
}

func isMDN(contentType string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "multipart/report" && strings.EqualFold(params["report-type"], "disposition-notification")
}

// replyTo: answers to a colleague who did not ask for them.
func (p *policy) replyTo(f *facts, _ *filter.Envelope, pr principal, h message.Header) outcome {
	if p.ReplyTo != "local-owned" {
		return outcome{}
	}
	for _, field := range fields(h, "Reply-To") {
		boxes, err := mailboxes(field.Value())
		if err != nil || !whole(field) {
			f.stale = false
			return refuse(headerReplyToNotOwned, "")
		}
		boxes = slices.DeleteFunc(boxes, func(a address.Address) bool { return f.ours(a.Domain()) == no })
		for _, a := range boxes {
			switch _, t := f.owners(a); t {
			case unsure:
				return unavailable()
			case yes:
				if o := p.mayAll(f, pr, []address.Address{a}, headerReplyToNotOwned); o.reason != accepted {
					return o
				}
			}
		}
	}
	return outcome{}
}
