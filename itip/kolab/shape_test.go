package kolab

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"usher/itip"
)

// shape is what Kolab's reader should find in an object that Write wrote, made of the object alone and in the
// words of testdata/oracle.py.
func shape(t testing.TB, o *itip.Object) map[string]any {
	t.Helper()
	var all []map[string]any
	if m := o.Master(); m != nil {
		all = append(all, componentShape(m))
	}
	for _, c := range o.Overrides() {
		all = append(all, componentShape(c))
	}
	for _, m := range all {
		m["created"] = all[0]["created"] // as Kolab's writer has it
	}
	if len(all) > 1 {
		all[0]["exceptions"] = all[1:]
	}
	return plainJSON(t, all[0])
}

// plainJSON makes it comparable with what was read from JSON.
func plainJSON(t testing.TB, v any) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func componentShape(c *itip.Component) map[string]any {
	m := map[string]any{"uid": c.Text("UID"), "sequence": c.Sequence(), "summary": c.Text("SUMMARY"),
		"classification": "PUBLIC", "priority": atoi(c.Text("PRIORITY"))}
	m["last_modified"] = timeShape(c, "DTSTAMP")[0]
	m["created"] = m["last_modified"]
	if c.Has("CREATED") {
		m["created"] = timeShape(c, "CREATED")[0]
	}
	for prop, key := range map[string]string{"DESCRIPTION": "description", "LOCATION": "location", "URL": "url",
		"COMMENT": "comment", "STATUS": "status", "CLASS": "classification"} {
		if v := c.Text(prop); v != "" {
			m[key] = v
		}
	}
	for prop, key := range map[string]string{"DTSTART": "start", "DTEND": "end", "DUE": "due", "RECURRENCE-ID": "recurrence_id"} {
		if c.Has(prop) {
			m[key] = timeShape(c, prop)[0]
		}
	}
	for prop, key := range map[string]string{"RDATE": "rdates", "EXDATE": "exdates"} {
		if c.Has(prop) {
			m[key] = timeShape(c, prop)
		}
	}
	if p, _ := c.Prop("RECURRENCE-ID"); p.Param("RANGE") != "" {
		m["this_and_future"] = true
	}
	if c.Name == itip.Event {
		m["transparency"] = c.Transparent()
		if c.Has("DURATION") {
			m["duration"] = durationShape(c.Text("DURATION"))
		}
	} else {
		m["percent_complete"] = atoi(c.Text("PERCENT-COMPLETE"))
	}
	listsShape(c, m)
	return m
}

func listsShape(c *itip.Component, m map[string]any) {
	add := func(key string, v any) {
		list, _ := m[key].([]any)
		m[key] = append(list, v)
	}
	for _, p := range c.Props {
		switch p.Name {
		case "CATEGORIES":
			for _, s := range regexp.MustCompile(`(\\.|[^,\\])+`).FindAllString(p.Value, -1) {
				add("categories", itip.Unescape(s))
			}
		case "RELATED-TO":
			add("related_to", p.Text())
		case "ORGANIZER":
			m["organizer"] = contactShape(p)
		case "ATTENDEE":
			add("attendees", attendeeShape(p))
		case "ATTACH":
			add("attachments", attachShape(p))
		case "RRULE":
			m["rrule"] = ruleShape(p.Value)
		}
		if strings.HasPrefix(p.Name, "X-") {
			add("custom", map[string]any{"name": p.Name, "value": p.Text()})
		}
	}
	for _, a := range c.Parts {
		add("alarms", alarmShape(a))
	}
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

var timeForm = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$`)

func timeShape(c *itip.Component, name string) []any {
	var out []any
	for _, p := range c.All(name) {
		for v := range strings.SplitSeq(p.Value, ",") {
			f := timeForm.FindStringSubmatch(v)
			date := f[1] + "-" + f[2] + "-" + f[3]
			clock := date + "T" + f[4] + ":" + f[5] + ":" + f[6]
			switch {
			case f[4] == "" && name == "DTEND":
				out = append(out, dayBefore(v))
			case f[4] == "":
				out = append(out, date)
			case f[7] == "" && p.Param("TZID") != "":
				out = append(out, map[string]any{"local": clock, "tzid": p.Param("TZID")})
			default:
				out = append(out, clock+f[7])
			}
		}
	}
	return out
}

func durationShape(s string) map[string]any {
	m := map[string]any{"negative": strings.HasPrefix(s, "-"), "weeks": 0, "days": 0, "hours": 0, "minutes": 0, "seconds": 0}
	for _, f := range regexp.MustCompile(`(\d+)([WDHMS])`).FindAllStringSubmatch(s, -1) {
		m[map[string]string{"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}[f[2]]] = atoi(f[1])
	}
	return m
}

func contactShape(p itip.Prop) map[string]any {
	m := map[string]any{"email": strings.TrimPrefix(p.Value, "mailto:")}
	if cn := p.Param("CN"); cn != "" {
		m["name"] = cn
	}
	return m
}

func attendeeShape(p itip.Prop) map[string]any {
	or := func(param, otherwise string) string {
		if v := p.Param(param); v != "" {
			return v
		}
		return otherwise
	}
	list := func(param string) []any {
		out := []any{}
		names := valuesOf(p, "X-KOLAB-"+param+"-CN")
		for i, v := range valuesOf(p, param) {
			m := map[string]any{"email": strings.TrimPrefix(v, "mailto:")}
			if len(names) > i && names[i] != "" {
				m["name"] = names[i]
			}
			out = append(out, m)
		}
		return out
	}
	cutype := or("CUTYPE", "INDIVIDUAL")
	if cutype == "ROOM" || cutype == "UNKNOWN" { // Kolab's reader knows no better
		cutype = "GROUP"
	}
	return map[string]any{"contact": contactShape(p), "partstat": or("PARTSTAT", "NEEDS-ACTION"),
		"role": or("ROLE", "REQ-PARTICIPANT"), "cutype": cutype, "rsvp": p.Param("RSVP") == "TRUE",
		"delegated_to": list("DELEGATED-TO"), "delegated_from": list("DELEGATED-FROM")}
}

func attachShape(p itip.Prop) map[string]any {
	m := map[string]any{"mimetype": p.Param("FMTTYPE")}
	if l := p.Param("X-LABEL"); l != "" {
		m["label"] = l
	}
	if p.Param("VALUE") == "BINARY" {
		data, _ := base64.StdEncoding.DecodeString(p.Value)
		m["data_bytes"] = len(data)
	} else {
		m["uri"] = p.Value
	}
	return m
}

func ruleShape(rule string) map[string]any {
	m := map[string]any{"interval": 1, "wkst": "MO"}
	for part := range strings.SplitSeq(rule, ";") {
		name, value, _ := strings.Cut(part, "=")
		key, list := strings.ToLower(name), []any{}
		for v := range strings.SplitSeq(value, ",") {
			if n, err := strconv.Atoi(v); err == nil {
				list = append(list, n)
			} else {
				list = append(list, v)
			}
		}
		switch key {
		case "bysetpos": // Kolab's reader does not tell
		case "until":
			c := &itip.Component{Props: []itip.Prop{{Name: "UNTIL", Value: value}}}
			m[key] = timeShape(c, "UNTIL")[0]
		case "freq", "interval", "count", "wkst":
			m[key] = list[0]
		default:
			m[key] = list
		}
	}
	return m
}

func alarmShape(a *itip.Component) map[string]any {
	m := map[string]any{"action": a.Text("ACTION")}
	if d := a.Text("DESCRIPTION"); d != "" {
		m["description"] = d
	}
	if a.Text("ACTION") == "EMAIL" {
		m["summary"] = a.Text("SUMMARY")
	}
	for _, p := range a.All("ATTENDEE") {
		list, _ := m["attendees"].([]any)
		m["attendees"] = append(list, contactShape(p))
	}
	if p, ok := a.Prop("ATTACH"); ok {
		m["audio"] = attachShape(p)
	}
	if p, _ := a.Prop("TRIGGER"); p.Param("VALUE") == "DATE-TIME" {
		m["trigger"] = timeShape(a, "TRIGGER")[0]
	} else {
		related := p.Param("RELATED")
		if related == "" {
			related = "START"
		}
		m["trigger"] = map[string]any{"related": related, "offset": durationShape(p.Value)}
	}
	if a.Has("REPEAT") {
		m["repeat"], m["repeat_every"] = atoi(a.Text("REPEAT")), durationShape(a.Text("DURATION"))
	}
	return m
}
