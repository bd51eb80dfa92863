package kolab

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"usher/itip"
)

// sorted is the line with its parameters in order, which makes no difference.
func sorted(p itip.Prop) string {
	p.Params = slices.Clone(p.Params)
	slices.SortStableFunc(p.Params, func(a, b itip.Param) int { return strings.Compare(a.Name, b.Name) })
	return p.String()
}

func sameLine(a, b itip.Prop) bool { return sorted(a) == sorted(b) }

func sameLines(a, b []itip.Prop) bool { return slices.EqualFunc(a, b, sameLine) }

// settled is a line as it still is when Kolab's own software has read and written it: it leaves defaults out or
// puts them in, and loses BYSETPOS and WKST.
func settled(p itip.Prop) string {
	switch p.Name {
	case "RRULE":
		p.Value = settledRule(p.Value)
	case "DURATION":
		p.Value = settledDuration(p.Value)
	case "TRIGGER":
		if p.Param("VALUE") == "" {
			p.Value = settledDuration(p.Value)
		}
		p = withoutDefault(p, "RELATED", "START")
	case "ATTENDEE":
		p = withoutDefault(withoutDefault(p, "PARTSTAT", itip.NeedsAction), "ROLE", "REQ-PARTICIPANT")
		p = withoutDefault(withoutDefault(p, "RSVP", "FALSE"), "CUTYPE", "INDIVIDUAL")
		if blurred[p.Param("CUTYPE")] {
			p = p.With("CUTYPE", "GROUP")
		}
	}
	return sorted(p)
}

// blurred are the values of CUTYPE that Kolab's own software reads as GROUP.
var blurred = words("ROOM UNKNOWN")

// fragile tells whether Kolab's own software loses more of a line than defaults. Such lines are kept even if they
// are written exactly.
func fragile(p itip.Prop) bool {
	return p.Name == "ATTENDEE" && blurred[p.Param("CUTYPE")] || p.Name == "RRULE" && settledRule(p.Value) != p.Value
}

func withoutDefault(p itip.Prop, param, value string) itip.Prop {
	if p.Param(param) == value {
		return p.Without(param)
	}
	return p
}

// digest is what lines are known by, in few letters.
func digest(lines []itip.Prop) string {
	h := sha256.New()
	for _, p := range lines {
		h.Write([]byte(settled(p) + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// alarmKept is what Kolab's own software keeps of an alarm, by its action.
var alarmKept = map[string]map[string]bool{
	"DISPLAY": words("ACTION DESCRIPTION TRIGGER DURATION REPEAT"),
	"EMAIL":   words("ACTION SUMMARY DESCRIPTION ATTENDEE TRIGGER DURATION REPEAT"),
	"AUDIO":   words("ACTION ATTACH TRIGGER DURATION REPEAT"),
}

// digestAlarm is what an alarm is known by.
func digestAlarm(c *itip.Component) string {
	var lines []string
	for _, p := range c.Props {
		if alarmKept[c.Text("ACTION")][p.Name] && p.Value != "" {
			lines = append(lines, settled(p))
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(c.Name + "\n" + strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:8])
}

// fragileAlarm tells whether Kolab's own software loses something of an alarm.
func fragileAlarm(c *itip.Component) bool {
	return slices.ContainsFunc(c.Props, func(p itip.Prop) bool { return !alarmKept[c.Text("ACTION")][p.Name] && p.Value != "" })
}
