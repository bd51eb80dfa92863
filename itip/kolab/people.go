package kolab

import (
	"slices"
	"strings"

	"usher/itip"
)

// What Kolab knows of ROLE, CUTYPE and PARTSTAT. Other values are errors to its reader. ROOM and UNKNOWN are written
// by its software and read as GROUP, so that they are lost when it has read and written an object.
var (
	partstats = words("NEEDS-ACTION ACCEPTED DECLINED TENTATIVE DELEGATED COMPLETED IN-PROCESS")
	roles     = words("REQ-PARTICIPANT CHAIR OPT-PARTICIPANT NON-PARTICIPANT")
	cutypes   = words("INDIVIDUAL GROUP RESOURCE ROOM UNKNOWN")
)

// nameOf is the parameter for the names that Kolab keeps with a delegate's or delegator's address.
func nameOf(param string) string { return "X-KOLAB-" + param + "-CN" }

// native are the parameters of people that Kolab has a place for.
var native = words("CN PARTSTAT ROLE RSVP CUTYPE DELEGATED-TO DELEGATED-FROM X-KOLAB-DELEGATED-TO-CN X-KOLAB-DELEGATED-FROM-CN")

// address is the mail address of an organizer or attendee: that of EMAIL, if the value is none.
func addressOf(p itip.Prop) (string, bool) {
	if _, addr, ok := mailbox(p.Value); ok {
		return addr, true
	}
	_, addr, ok := mailbox("mailto:" + p.Param("EMAIL"))
	return addr, ok
}

// person writes organizer and attendee, or nil if there is no mail address: Kolab knows nobody without.
func person(name string, p itip.Prop) *node {
	addr, ok := addressOf(p)
	if !ok {
		return nil
	}
	params := branch("parameters")
	add := func(name, text string, known bool) {
		if known {
			params.nodes = append(params.nodes, branch(name, leaf("text", text)))
		}
	}
	add("cn", p.Param("CN"), p.Param("CN") != "")
	if name == "attendee" {
		add("partstat", p.Param("PARTSTAT"), partstats[p.Param("PARTSTAT")])
		add("role", p.Param("ROLE"), roles[p.Param("ROLE")])
		if rsvp := strings.ToLower(p.Param("RSVP")); rsvp == "true" || rsvp == "false" {
			params.nodes = append(params.nodes, branch("rsvp", leaf("boolean", rsvp)))
		}
		delegates(params, p, "DELEGATED-TO")
		delegates(params, p, "DELEGATED-FROM")
		add("cutype", p.Param("CUTYPE"), cutypes[p.Param("CUTYPE")])
	}
	n := branch(name)
	if len(params.nodes) > 0 {
		n.nodes = append(n.nodes, params)
	}
	n.nodes = append(n.nodes, calAddress("", addr))
	return n
}

// delegates writes those of a list that have a mail address.
func delegates(params *node, p itip.Prop, list string) {
	values, names := valuesOf(p, list), valuesOf(p, nameOf(list))
	n := branch(strings.ToLower(list))
	for i, v := range values {
		if _, addr, ok := mailbox(v); ok {
			name := ""
			if i < len(names) && len(names) == len(values) {
				name = names[i]
			}
			n.nodes = append(n.nodes, calAddress(name, addr))
		}
	}
	if len(n.nodes) > 0 {
		params.nodes = append(params.nodes, n)
	}
}

func valuesOf(p itip.Prop, param string) []string {
	for _, q := range p.Params {
		if strings.EqualFold(q.Name, param) {
			return q.Values
		}
	}
	return nil
}

// readPerson reads organizer and attendee.
func readPerson(n *node) itip.Prop {
	p := itip.Prop{Name: strings.ToUpper(n.name)}
	value := ""
	if a := n.child("cal-address"); a != nil {
		value = strings.TrimSpace(a.text)
	}
	name, addr, ok := mailbox(value)
	if p.Value = value; ok {
		p.Value = mailto(addr)
	}
	if params := n.child("parameters"); params != nil {
		for _, c := range params.nodes {
			p.Params = append(p.Params, readPersonParam(c)...)
		}
	}
	if name != "" && p.Param("CN") == "" {
		p = p.With("CN", name)
	}
	return p
}

func readPersonParam(n *node) []itip.Param {
	param := strings.ToUpper(n.name)
	switch param {
	case "DELEGATED-TO", "DELEGATED-FROM":
		return readDelegates(n, param)
	case "RSVP":
		return []itip.Param{{Name: param, Values: []string{strings.ToUpper(strings.TrimSpace(textOf(n)))}}}
	}
	if text := textOf(n); text != "" && isName(param) {
		return []itip.Param{{Name: param, Values: []string{text}}}
	}
	return nil
}

func readDelegates(n *node, param string) []itip.Param {
	var addrs, names []string
	for _, a := range n.all("cal-address") {
		name, addr, ok := mailbox(a.text)
		if !ok {
			continue
		}
		addrs, names = append(addrs, mailto(addr)), append(names, name)
	}
	if len(addrs) == 0 {
		return nil
	}
	params := []itip.Param{{Name: param, Values: addrs}}
	if slices.ContainsFunc(names, func(s string) bool { return s != "" }) {
		params = append(params, itip.Param{Name: nameOf(param), Values: names})
	}
	return params
}
