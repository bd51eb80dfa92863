package itip

import (
	"slices"
	"strings"

	"usher/address"
)

// Answerer is the attendee whose answer a REPLY is: the one it lists, the same in all its components. With
// delegation it may list two (RFC 5546 4.2.5, 4.2.6): then it is the delegate if he has answered, else the
// delegator. ErrAnswerer for anything else. Who may send it is for the caller to judge by this.
func Answerer(reply *Object) (User, error) {
	var one User
	for i, c := range reply.Scheduled() {
		u, ok := c.answerer()
		if !ok || i > 0 && u.Address != one.Address {
			return User{}, ErrAnswerer
		}
		if i == 0 {
			one = u
		}
	}
	if one.Address == "" {
		return User{}, ErrAnswerer
	}
	return one, nil
}

func (c *Component) answerer() (User, bool) {
	us := c.Attendees()
	switch len(us) {
	case 1:
		return us[0], us[0].Address != ""
	case 2:
		delegator, delegate := us[0], us[1]
		if !delegates(delegator, delegate) {
			delegator, delegate = us[1], us[0]
		}
		if !delegates(delegator, delegate) {
			return User{}, false
		}
		if delegate.Partstat != NeedsAction {
			return delegate, true
		}
		return delegator, true
	}
	return User{}, false
}

// delegates tells whether one attendee has delegated to the other, as far as either line says.
func delegates(from, to User) bool {
	return from.Address != "" && to.Address != "" && from.Address != to.Address &&
		(slices.Contains(from.DelegatedTo, to.Address) || slices.Contains(to.DelegatedFrom, from.Address))
}

// answerParams are what an attendee says on his own line, one answer replacing the other. Everything else there
// is the organizer's (S5546-01, S5546-30).
var answerParams = []string{"PARTSTAT", "DELEGATED-TO", "SENT-BY", "X-NUM-GUESTS", commentParam}

// commentParam keeps what an attendee wrote to the organizer; the name is the one that Google uses (DEV-11).
const commentParam = "X-RESPONSE-COMMENT"

// maxComment is how many bytes of a comment are kept.
const maxComment = 1000

// comment is the COMMENT of a component or what Google sends for it.
func (c *Component) comment(u User) string {
	var texts []string
	for _, p := range c.All("COMMENT") {
		texts = append(texts, strings.TrimSpace(p.Text()))
	}
	if len(texts) == 0 {
		texts = append(texts, strings.TrimSpace(u.Prop.Param(commentParam)))
	}
	return shortened(strings.Join(texts, "\n"))
}

func shortened(comment string) string {
	if len(comment) > maxComment {
		comment = strings.ToValidUTF8(comment[:maxComment], "")
	}
	return comment
}

// statusCodes are the codes of the REQUEST-STATUS lines, at most ten.
func (c *Component) statusCodes() []string {
	var codes []string
	for _, p := range c.All("REQUEST-STATUS") {
		code, _, _ := strings.Cut(strings.TrimSpace(p.Value), ";")
		if statusCode(code) && !slices.Contains(codes, code) && len(codes) < 10 {
			codes = append(codes, code)
		}
	}
	return codes
}

// statusCode knows two- and three-part codes (S5545-34).
func statusCode(s string) bool {
	parts := strings.Split(s, ".")
	return (len(parts) == 2 || len(parts) == 3) && len(s) < 12 &&
		!slices.ContainsFunc(parts, func(n string) bool { return n == "" || !digits(n) })
}

// failed tells whether codes say that the request was not dealt with, so that PARTSTAT answers nothing (S5546-33).
func failed(codes []string) bool {
	return slices.ContainsFunc(codes, func(code string) bool { return code[0] == '3' || code[0] == '5' })
}

// setAttendee replaces the lines of an attendee by one, or adds it.
func (c *Component) setAttendee(p Prop) { c.setAttendees(p) }

// withAddresses adds addresses to a parameter that lists them, each once.
func (p Prop) withAddresses(name string, add ...address.Address) Prop {
	var values []string
	for _, q := range p.Params {
		if q.Name == name {
			values = append(values, q.Values...)
		}
	}
	for _, a := range add {
		if !slices.Contains(calAddresses(p, name), a) {
			values = append(values, "mailto:"+a.String())
		}
	}
	if len(values) == 0 {
		return p
	}
	return p.With(name, values...)
}
