package itip

import (
	"errors"
	"strings"
	"testing"
)

// What the organizer took out of a series comes back when he says so, and what its owner took out of his copy does not.
func TestS6638_03_WhoTookAnInstanceOut(t *testing.T) {
	const out = "EXDATE;TZID=Europe/Berlin:"
	series := func(sequence, stamp, lines string) string {
		return "METHOD:REQUEST\nDTSTAMP:" + stamp + "\n" + strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:"+sequence, 1) + invited + lines
	}
	cancel := func(sequence, id string) string {
		return "METHOD:CANCEL\nDTSTAMP:20260110T000000Z\nSEQUENCE:" + sequence + "\nRECURRENCE-ID" + id + "\n" + boss
	}
	wed := cancel("3", ":20260304T090000Z")
	fromThu := cancel("3", ";RANGE=THISANDFUTURE:20260305T090000Z")
	const first, all = "20260101T000000Z", "0302T1000 0303T1000 0304T1000 0305T1000 0306T1000"
	const noWed, noThu = "0302T1000 0303T1000 0305T1000 0306T1000", "0302T1000 0303T1000 0304T1000 0306T1000"
	const ended = "0302T1000 0303T1000 0304T1000"
	tests := []struct {
		name     string
		stored   string   // by the owner, after the first message
		messages []string // after that
		want     string
		err      error // of the last message
	}{
		{"cancelled, then back", "", []string{wed, series("4", first, "")}, all, nil},
		{"D_05 cancelled, then back with the same SEQUENCE", "", []string{wed, series("3", "20260111T000000Z", "")}, all, nil},
		{"S5546_55 cancelled, then an older series", "", []string{wed, series("2", "20260111T000000Z", "")}, noWed, nil},
		{"S5546_55 cancelled, then a series of the same age", "", []string{wed, series("3", "20260110T000000Z", "")}, noWed, nil},
		{"S5546_55 cancelled, an older series, then back", "", []string{wed, series("2", first, ""), series("4", first, "")}, all, nil},
		{"S5546_55 cancelled, then the instance, older", "", []string{wed, "METHOD:REQUEST\n" + strings.Replace(movedWed, "SEQUENCE:1", "SEQUENCE:2", 1) + invited}, noWed, ErrOutdated},
		{"cancelled, then the instance, newer", "", []string{wed, "METHOD:REQUEST\n" + strings.Replace(movedWed, "SEQUENCE:1", "SEQUENCE:4", 1) + invited}, "0302T1000 0303T1000 0304T1500 0305T1000 0306T1000", nil},
		{"taken out by the owner and cancelled", out + "20260304T100000", []string{wed, series("4", first, "")}, noWed, nil},
		{"one cancelled, another taken out", out + "20260305T100000", []string{wed, series("4", first, "")}, noThu, nil},
		{"a series without it, then with", "", []string{series("2", first, out+"20260304T100000"), series("3", first, "")}, all, nil},
		{"a day without it, then with", "", []string{series("2", first, "EXDATE;VALUE=DATE:20260304"), series("3", first, "")}, all, nil},
		{"a series without one, another taken out", out + "20260305T100000", []string{series("2", first, out+"20260304T100000"), series("3", first, "")}, noThu, nil},
		{"taken out by both", out + "20260304T100000", []string{series("2", first, out+"20260304T100000"), series("3", first, "")}, noWed, nil},
		{"two messages without two", "", []string{series("2", first, out+"20260304T100000,20260305T100000"), series("3", first, out+"20260305T100000")}, noThu, nil},
		{"cancelled, and the series says so too", "", []string{wed, series("4", first, out+"20260304T100000"), series("5", first, "")}, all, nil},
		{"cancelled, back by itself, taken out by the owner", "", []string{wed, "METHOD:REQUEST\nSEQUENCE:4\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T090000Z\nDURATION:PT1H\n" + invited, "own:" + out + "20260304T100000", series("5", first, "")}, noWed, nil},
		{"cancelled, back with the series, taken out by the owner", "", []string{wed, series("4", first, ""), "own:" + out + "20260304T100000", series("5", first, "")}, noWed, nil},
		{"cancelled, an older series with a newer instance", "", []string{wed, series("2", first, "\n---\n"+strings.Replace(movedWed, "SEQUENCE:1", "SEQUENCE:4", 1)+invited)}, "0302T1000 0303T1000 0304T1500 0305T1000 0306T1000", nil},
		{"cancelled, added, taken out by the owner", "", []string{wed, "METHOD:ADD\nSEQUENCE:4\nDTSTART:20260304T090000Z\nDURATION:PT1H\n" + invited, "own:" + out + "20260304T100000", series("5", first, "")}, noWed, nil},
		{"S5545_26 ended, then back", "", []string{fromThu, series("4", first, "")}, all, nil},
		{"S5546_55 ended, then an older series", "", []string{fromThu, series("2", first, "")}, ended, nil},
		{"S5546_55 ended, then a later instance, older", "", []string{fromThu, "METHOD:REQUEST\nSEQUENCE:2\nRECURRENCE-ID:20260306T090000Z\nDTSTART:20260306T120000Z\nDURATION:PT1H\n" + invited}, ended, ErrOutdated},
		{"ended, an older series with a later override", "", []string{fromThu, series("2", first, "\n---\nSEQUENCE:2\nRECURRENCE-ID:20260306T090000Z\nDTSTART:20260306T120000Z\nDURATION:PT1H\n"+invited)}, ended, nil},
		{"cancelled and ended", "", []string{wed, cancel("3", ";RANGE=THISANDFUTURE:20260306T090000Z"), series("2", first, "")}, "0302T1000 0303T1000 0305T1000", nil},
		{"ended earlier later", "", []string{fromThu, cancel("3", ";RANGE=THISANDFUTURE:20260303T090000Z"), series("2", first, "")}, "0302T1000", nil},
	}
	for _, kept := range []bool{false, true} {
		for _, tt := range tests {
			o, err := Merge(nil, object(t, series("1", first, "")), ann)
			must(t, err)
			if tt.stored != "" {
				o.Master().Add(prop(t, tt.stored))
			}
			for i, m := range tt.messages {
				if line, own := strings.CutPrefix(m, "own:"); own {
					o.keep(func(c *Component) bool { return !c.Has("RECURRENCE-ID") })
					o.Master().Add(prop(t, line))
					continue
				}
				var next *Object
				if m := object(t, m); m.Method() != "CANCEL" {
					next, err = Merge(o, m, ann)
				} else if kept {
					next, err = Struck(o, m, ann)
				} else {
					next, _, err = Cancelled(o, m, ann)
				}
				if last := i == len(tt.messages)-1; last && !errors.Is(err, tt.err) || !last && err != nil {
					t.Fatalf("%s: message %d: %v", tt.name, i, err)
				}
				if err == nil {
					o = reparse(t, next)
				}
			}
			if is := goingOn(starts(t, o, "2026-03-01", "2026-04-01", berlin)); is != tt.want {
				t.Errorf("%s (kept %v):\n got %s\nwant %s\n%s", tt.name, kept, is, tt.want, content(o))
			}
			if !kept && strings.Contains(tt.want, "T1500") && o.Master().Has("EXDATE") {
				t.Errorf("%s: what takes place is excluded, too\n%s", tt.name, content(o))
			}
		}
	}
}

// goingOn leaves out what is cancelled.
func goingOn(starts string) string {
	var on []string
	for s := range strings.FieldsSeq(starts) {
		if !strings.HasSuffix(s, "?") {
			on = append(on, s)
		}
	}
	return strings.Join(on, " ")
}

func prop(t *testing.T, line string) Prop {
	t.Helper()
	p, err := ParseProp(line)
	must(t, err)
	return p
}

func TestS6638_08_WhatComesBackIsAsked(t *testing.T) {
	o := object(t, daily5+annsOwn)
	o, _, err := Cancelled(o, object(t, "METHOD:CANCEL\nSEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\n"+boss), ann)
	must(t, err)
	for lines, want := range map[string]bool{"": true, "EXDATE:20260304T090000Z": false} {
		if got := Asks(o, object(t, "METHOD:REQUEST\n"+strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:3", 1)+invited+lines), ann); got != want {
			t.Errorf("with %q: %v", lines, got)
		}
	}
}

func TestExclusionsAreOfTheSeries(t *testing.T) {
	o, _, err := Cancelled(object(t, daily5+annsOwn), object(t, "METHOD:CANCEL\nSEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\n"+boss), ann)
	must(t, err)
	c, err := o.Override(at("2026-03-05T09:00"))
	must(t, err)
	if !o.Master().Has(exclusionProperty) || c.Has(exclusionProperty) {
		t.Errorf("it stands elsewhere\n%s", content(o))
	}
}

func TestExclusionsAreNotForged(t *testing.T) {
	got, err := Merge(nil, object(t, "METHOD:REQUEST\n"+daily5+invited+"X-USHER-EXDATE:9 20260101T000000Z 20260304T090000Z\n"), ann)
	must(t, err)
	lines(t, content(got), nil, []string{"X-USHER"})
	o := object(t, daily5+annsOwn+"EXDATE:20260304T090000Z\nX-USHER-EXDATE:1\nX-USHER-EXDATE:x 20260101T000000Z 20260304T090000Z\nX-USHER-EXDATE:1 y 20260304T090000Z\nX-USHER-EXDATE:1 - z\n")
	if es := o.Master().exclusions(); len(es) != 0 {
		t.Errorf("read %v", es)
	}
}

// Many dates are noted on lines that everybody can read, and read again.
func TestExclusionsOfManyDates(t *testing.T) {
	var dates []string
	for d := at("2026-03-02T09:00"); len(dates) < 180; d = d.AddDate(0, 0, 1) {
		dates = append(dates, d.Format(utcForm))
	}
	request := object(t, "METHOD:REQUEST\nSEQUENCE:1\nDTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=200\nEXDATE:"+strings.Join(dates, ",")+"\n"+invited)
	got, err := Merge(nil, request, ann)
	must(t, err)
	got = reparse(t, got)
	if n, on := len(got.Master().All(exclusionProperty)), len(got.Master().exclusions()); n != 4 || on != len(dates) {
		t.Errorf("%d dates on %d lines", on, n)
	}
}
