package itip

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzParse holds that what Parse takes it takes again after Encode, and finds the same in it, and that whatever
// is done with it comes to an end.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		text("DTSTART:20260101T100000Z"), text("METHOD:REQUEST\n" + daily5 + "\n---\n" + movedTue),
		text(fmt.Sprintf(exchangeBerlin, "A") + "DTSTART;TZID=A:20260101T100000\nATTENDEE;CN=\"a,b\"^'^n:mailto:a@b.example"),
		"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nDUE:20260101\nEND:VTODO\n", "\xff\xfeB\x00", "\xef\xbb\xbfBEGIN:VCALENDAR\n",
		text("DTSTART:20260101T100000Z\nATTENDEE;;mailto:a@b\nSUMMARY;X=\":^\nRDATE;VALUE=PERIOD:20260101T100000Z/P1D,20260102T100000Z/20260102T110000Z"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		objects, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		for _, o := range objects {
			encoded := o.Encode()
			again, err := Parse(encoded)
			if err != nil || len(again) != 1 {
				t.Fatalf("%d objects, %v\n%q\n%q", len(again), err, data, encoded)
			}
			if !reflect.DeepEqual(o.Root, again[0].Root) {
				t.Fatalf("changed by writing\n%q\n%q", encoded, again[0].Encode())
			}
			for line := range bytes.SplitSeq(encoded, []byte("\r\n")) {
				if len(line) > 75 {
					t.Fatalf("line of %d bytes", len(line))
				}
			}
			exercise(t, o)
		}
	})
}

// exercise does with an object what a message may do to it.
func exercise(t *testing.T, o *Object) {
	o.Bounds(berlin)
	_, _ = o.Organizer()
	if !TimeChanged(o, o, berlin) != (timesReadable(o)) {
		t.Fatal("an object differs from itself")
	}
	if c := CompareObjects(o, o); c != Same && len(o.Scheduled()) == 1 {
		t.Fatalf("an object is %s than itself", c)
	}
	Reply(o, "a@b.example", Accepted, at("2026-01-01"), "")
	if u, err := Update(o, o); err == nil {
		if _, err := Parse(u.Encode()); err != nil {
			t.Fatalf("update cannot be read: %v", err)
		}
	}
	if rest, gone, err := Cancelled(o, o); err == nil && !gone {
		if _, err := Parse(rest.Encode()); err != nil {
			t.Fatalf("rest of a cancellation cannot be read: %v", err)
		}
	}
}

func timesReadable(o *Object) bool {
	_, err := o.times(berlin)
	return err == nil
}

// FuzzInstances holds that every window is answered, in order, within itself and within the limits, and that
// Bounds tells no lies.
func FuzzInstances(f *testing.F) {
	f.Add("20260302T100000", "FREQ=DAILY", "20260303T100000", "20260304T100000", int64(1772000000), int64(86400*40))
	f.Add("20260302", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "20260303", "20260304", int64(1772000000), int64(86400*4000))
	f.Add("20260302T100000Z", "FREQ=SECONDLY;BYSECOND=1;INTERVAL=2", "", "", int64(1772000000), int64(86400))
	f.Add("20260302T023000", "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU;BYHOUR=1,2,3", "20260302T023000Z", "20260401T023000", int64(-1772000000), int64(1<<40))
	f.Add("00010101T000000", "FREQ=YEARLY;BYWEEKNO=53;WKST=SU;COUNT=99999", "", "99991231T000000", int64(1772000000), int64(1<<60))
	f.Fuzz(func(t *testing.T, start, rule, exdate, id string, from, length int64) {
		objects, err := Parse([]byte(text("DTSTART;TZID=Europe/Berlin:" + start + "\nDURATION:PT1H\nRRULE:" + rule + "\nEXDATE;TZID=Europe/Berlin:" + exdate +
			"\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:" + id + "\nDTSTART;TZID=Europe/Berlin:" + id + "\nDURATION:P1D")))
		if err != nil {
			return
		}
		for _, o := range objects {
			checkWindow(t, o, time.Unix(from, 0), time.Unix(from+length, 0))
		}
	})
}

func checkWindow(t *testing.T, o *Object, from, to time.Time) {
	began := time.Now()
	is, err := o.Instances(from, to, berlin)
	if took := time.Since(began); took > 20*time.Second {
		t.Fatalf("took %s", took)
	}
	if err != nil {
		if !errors.Is(err, ErrTooMany) && !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrZone) {
			t.Fatalf("error of no kind: %v", err)
		}
		return
	}
	first, last, endless := o.Bounds(berlin)
	read, err := o.Readings(from, to, berlin)
	if err != nil && !errors.Is(err, ErrTooMany) || err == nil && len(read) < len(is) {
		t.Fatalf("%d instances and %d readings, %v", len(is), len(read), err)
	}
	for _, i := range read {
		if i.Start.Before(first) || !endless && i.End.After(last) {
			t.Fatalf("reading %v to %v is out of bounds %v to %v", i.Start, i.End, first, last)
		}
	}
	if len(is) > MaxInstances {
		t.Fatalf("%d instances", len(is))
	}
	for n, i := range is {
		switch {
		case n > 0 && i.Start.Before(is[n-1].Start):
			t.Fatalf("%v after %v", i.Start, is[n-1].Start)
		case i.End.Before(i.Start):
			t.Fatalf("ends %v before it starts %v", i.End, i.Start)
		case !i.Start.Before(to) || i.End.Before(from):
			t.Fatalf("%v to %v is outside of %v to %v", i.Start, i.End, from, to)
		case i.Start.Before(first) || !endless && i.End.After(last):
			t.Fatalf("%v to %v is out of bounds %v to %v", i.Start, i.End, first, last)
		}
	}
}

// FuzzZone holds that any VTIMEZONE gives an offset or none, that finding an instant and showing it agree, and
// that it does not matter in which order one asks.
func FuzzZone(f *testing.F) {
	f.Add("16010101T030000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "19800101T000000", "+0200", "+0100", "W. Europe Standard Time", int64(1772000000))
	f.Add("19700101T000000", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20300101T000000Z", "", "-1200", "+1400", "(UTC+01:00) x", int64(1<<40))
	f.Add("20200101T000000", "FREQ=YEARLY;COUNT=9;INTERVAL=3", "20190101T000000", "+0000", "+0000", "tzone://Microsoft/Utc", int64(-1<<40))
	f.Fuzz(func(t *testing.T, start, rule, rdate, offsetFrom, offsetTo, name string, wall int64) {
		if loc, ok := Location(name); ok {
			_ = time.Unix(0, 0).In(loc).String()
		}
		objects, err := Parse([]byte(text("BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:" + start + "\nRRULE:" + rule + "\nTZOFFSETFROM:" + offsetFrom + "\nTZOFFSETTO:" + offsetTo +
			"\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700301T000000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1SU\nRDATE:" + rdate + "\nTZOFFSETFROM:" + offsetTo + "\nTZOFFSETTO:" + offsetFrom +
			"\nEND:DAYLIGHT\nEND:VTIMEZONE\n---\nDTSTART;TZID=X:20260101T000000")))
		if err != nil {
			return
		}
		z, err := objects[0].Zones(nil).Find("X")
		if err != nil {
			return
		}
		wall %= 1 << 38 // some eight thousand years
		at, exists := z.instant(wall)
		if shown := z.wall(at); exists != (shown == wall) {
			t.Fatalf("%d is the instant %d (exists %v), which shows as %d", wall, at, exists, shown)
		}
		fresh, err := objects[0].Zones(nil).Find("X")
		if err != nil || fresh.offset(at) != z.offset(at) {
			t.Fatalf("offset %d, then %d, %v", z.offset(at), fresh.offset(at), err)
		}
	})
}

// FuzzMessages holds that whatever two objects that can be read do to each other comes to an end, changes neither,
// and gives what can be read again, and that doing it twice is doing it once.
func FuzzMessages(f *testing.F) {
	series := daily5 + "SUMMARY:Talk\n" + people
	for _, pair := range [][2]string{
		{series, "METHOD:REQUEST\n" + series}, {series, "METHOD:REPLY\nSEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org"},
		{series + "\n---\n" + movedTue + people, "METHOD:REPLY\nSEQUENCE:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z\nATTENDEE;DELEGATED-FROM=\"mailto:ann@example.org\";PARTSTAT=DECLINED:mailto:dan@example.org"},
		{series, "METHOD:CANCEL\nSEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\n" + boss}, {series, "METHOD:ADD\nSEQUENCE:2\nDTSTART:20260320T090000Z\n" + people},
		{annsOwn + daily5 + "EXDATE:20260303T090000Z", "METHOD:REQUEST\n" + movedWed + invited},
		{"BEGIN:VTODO\nUID:u1\nDUE;VALUE=DATE:20260302\nRRULE:FREQ=WEEKLY\n" + people + "END:VTODO", "METHOD:REPLY\nBEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\nRECURRENCE-ID;VALUE=DATE:20260309\nPERCENT-COMPLETE:50\nATTENDEE;PARTSTAT=IN-PROCESS:mailto:ann@example.org\nEND:VTODO"},
	} {
		f.Add([]byte(text(pair[0])), []byte(text(pair[1])))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		stored, err := Parse(a)
		incoming, errB := Parse(b)
		if err != nil || errB != nil {
			return
		}
		for _, s := range stored[:min(2, len(stored))] {
			for _, in := range incoming[:min(2, len(incoming))] {
				affect(t, s, in)
			}
		}
	})
}

// affect applies one object to another in every way there is.
func affect(t *testing.T, stored, in *Object) {
	before, asked := stored.Encode(), in.Encode()
	for name, apply := range map[string]func(*Object) (*Object, error){
		"Update":  func(o *Object) (*Object, error) { return Update(o, in) },
		"Merge":   func(o *Object) (*Object, error) { return Merge(o, in, ann) },
		"Add":     func(o *Object) (*Object, error) { return Add(o, in, ann) },
		"Struck":  func(o *Object) (*Object, error) { return Struck(o, in) },
		"Answers": func(o *Object) (*Object, error) { got, _, err := Answered(o, in, nil); return got, err },
	} {
		got, err := apply(stored)
		if err != nil {
			continue
		}
		got = readable(t, name, got)
		again, err := apply(got)
		if err == nil && !SameContent(got, again) {
			t.Fatalf("%s twice is not %s once: %s\n%s\n%s", name, name, diff(got, again), before, asked)
		}
		Changed(stored, got)
	}
	for name, build := range map[string]func() (*Object, error){
		"Message": func() (*Object, error) { return Message(in, "REQUEST", at("2026-01-01")), nil },
		"For":     func() (*Object, error) { return For(in, ann) },
		"Delegate": func() (*Object, error) {
			_, onward, err := Delegate(in, User{Address: ann}, User{Address: dan}, at("2026-01-01"), "x")
			return onward, err
		},
		"Reply": func() (*Object, error) {
			r, _, err := Delegate(in, User{Address: ann}, User{Address: dan}, at("2026-01-01"), "x")
			return r, err
		},
		"Cancel":     func() (*Object, error) { return Cancel(in, nil, nil, at("2026-01-01")) },
		"Cancel one": func() (*Object, error) { return Cancel(in, nil, []time.Time{at("2026-03-04T09:00")}, at("2026-01-01")) },
		"ReplyEach": func() (*Object, error) {
			return ReplyEach(in, ann, Said{Partstat: Accepted}, []Said{{Instance: at("2026-03-04T09:00"), Partstat: Declined}}, at("2026-01-01"))
		},
		"Refresh":        func() (*Object, error) { return Refresh(in, ann, at("2026-01-01")), nil },
		"DeclineCounter": func() (*Object, error) { return DeclineCounter(in, at("2026-01-01"), "x"), nil },
	} {
		if got, err := build(); err == nil && in.fits() == nil {
			readable(t, name, got)
		}
	}
	if !bytes.Equal(before, stored.Encode()) || !bytes.Equal(asked, in.Encode()) {
		t.Fatal("an argument was changed")
	}
}

// diff are the lines that one of two objects has and the other has not.
func diff(a, b *Object) string {
	var out []string
	left, right := strings.Split(content(a), "\r\n"), strings.Split(content(b), "\r\n")
	for _, l := range left {
		if !slices.Contains(right, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range right {
		if !slices.Contains(left, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

// readable is an object as it is read again.
func readable(t *testing.T, name string, o *Object) *Object {
	t.Helper()
	again, err := Parse(o.Encode())
	if err != nil || len(again) != 1 || !SameContent(o, again[0]) {
		t.Fatalf("%s: %d objects, %v\n%q", name, len(again), err, o.Encode())
	}
	return again[0]
}
