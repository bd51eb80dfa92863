package itip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// bombs are rules that are short to write and long to follow.
func bombs() []string {
	all := ";BYHOUR=" + upTo(24) + ";BYMINUTE=" + upTo(60) + ";BYSECOND=" + upTo(60)
	return []string{
		"FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
		"FREQ=SECONDLY;INTERVAL=2;BYSECOND=1", "FREQ=HOURLY;INTERVAL=2;BYHOUR=1", "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
		"FREQ=SECONDLY;BYSETPOS=2", "FREQ=SECONDLY;COUNT=999999999", "FREQ=DAILY;COUNT=999999999;BYMONTHDAY=31;BYMONTH=2",
		"FREQ=SECONDLY;UNTIL=99991231T235959Z;BYHOUR=23", "FREQ=DAILY;INTERVAL=1000000000", "FREQ=YEARLY;INTERVAL=1000000000",
		"FREQ=MONTHLY;BYDAY=-53MO", "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
		"FREQ=YEARLY" + all + ";BYSETPOS=366", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU" + all, "FREQ=DAILY" + all + ";UNTIL=99991231T235959Z",
		"FREQ=HOURLY" + all + ";BYSETPOS=-366", "FREQ=WEEKLY;COUNT=999999999;BYHOUR=" + upTo(24) + ";BYSETPOS=300", "FREQ=DAILY;UNTIL=99991231;BYYEARDAY=366,-366;BYWEEKNO=1",
		"FREQ=MINUTELY;INTERVAL=999999937;BYDAY=MO;BYMONTHDAY=31;BYMONTH=2,4", "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=0;BYMINUTE=0;BYSECOND=1;BYMONTH=1;BYDAY=MO",
		"FREQ=YEARLY;COUNT=999999999;BYYEARDAY=" + upTo(367)[2:], "FREQ=SECONDLY;BYYEARDAY=" + upTo(367)[2:] + ";BYMONTHDAY=" + upTo(32)[2:] + ";BYSETPOS=2",
	}
}

// bombObjects sets each rule off in a zone with changing clocks and one that is written out; and many at once.
func bombObjects(t testing.TB) map[string]*Object {
	t.Helper()
	objects := map[string]*Object{}
	for _, rule := range bombs() {
		objects[fmt.Sprintf("%.60s", rule)] = object(t, "DTSTART;TZID=Europe/Berlin:20260101T000000\nDURATION:PT0S\nRRULE:"+rule)
	}
	written := object(t, fmt.Sprintf(exchangeBerlin, "X")+"DTSTART;TZID=X:00010101T000000\nDURATION:P30000D\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31\nRRULE:FREQ=YEARLY;COUNT=999999999")
	objects["written zone"] = written
	objects["all rules"] = object(t, "DTSTART:20260101T000000Z\nRRULE:"+strings.Join(bombs(), "\nRRULE:"))
	objects["moved far away"] = object(t, "DTSTART:00010101T000000Z\nDURATION:P40000D\nRRULE:FREQ=MINUTELY;INTERVAL=1439;BYSECOND=1\n---\nRECURRENCE-ID;RANGE=THISANDFUTURE:00010101T000000Z\nDTSTART:99991231T000000Z\nDURATION:P40000D")
	return objects
}

// TestRuleBombs holds that whatever is asked of a bomb has an answer, or ErrTooMany, and that it is bounded by steps:
// no test can wait for an endless loop.
func TestRuleBombs(t *testing.T) {
	for name, o := range bombObjects(t) {
		for _, from := range []time.Time{at("2026-01-02"), at("2500-01-01"), at("0001-01-01")} {
			began := time.Now()
			is, err := o.Instances(from, from.AddDate(2, 0, 0), nil)
			if err != nil && !errors.Is(err, ErrTooMany) || len(is) > MaxInstances {
				t.Errorf("%s: %d instances, %v", name, len(is), err)
			}
			if _, err := Conflicts(o, o, from, from.AddDate(2, 0, 0), berlin); err != nil && !errors.Is(err, ErrTooMany) {
				t.Errorf("%s: Conflicts: %v", name, err)
			}
			if i, ok, err := o.Next(from, nil); err != nil && !errors.Is(err, ErrTooMany) || ok && !i.Start.After(from) {
				t.Errorf("%s: next is %v, %v", name, i.Start, err)
			}
			if _, _, err := o.Last(nil); err != nil && !errors.Is(err, ErrTooMany) {
				t.Errorf("%s: Last: %v", name, err)
			}
			o.Bounds(nil)
			o.Clone().SettleZones(from, from.AddDate(2, 0, 0), nil)
			if took := time.Since(began); took > 300*time.Millisecond {
				t.Logf("%s from %d: %s", name, from.Year(), took) // for a reader; a machine under load is no failure
			}
		}
	}
}

func BenchmarkRuleBombs(b *testing.B) {
	objects := bombObjects(b)
	for name, o := range objects {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = o.Instances(at("2026-01-02"), at("2028-01-02"), berlin)
			}
		})
	}
}

func BenchmarkConflictsOfAYear(b *testing.B) {
	x := object(b, "DTSTART;TZID=Europe/Berlin:20200106T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO")
	y := object(b, "DTSTART;TZID=America/New_York:20200106T043000\nDURATION:PT1H\nRRULE:FREQ=DAILY")
	for b.Loop() {
		if cs, err := Conflicts(x, y, at("2026-01-01"), at("2027-01-01"), berlin); err != nil || len(cs) != 52 {
			b.Fatal(len(cs), err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	o := object(b, "DTSTART;TZID=Europe/Berlin:20200106T100000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=-1MO")
	for b.Loop() {
		if _, ok, err := o.Next(at("2026-01-01"), berlin); err != nil || !ok {
			b.Fatal(err)
		}
	}
}

// FuzzNext holds that Next, Last and Instances agree, whatever the rule, and that all of them come to an end.
func FuzzNext(f *testing.F) {
	for _, rule := range bombs() {
		f.Add("20260302T023000", rule, "20260303T023000", int64(1772000000))
	}
	f.Add("20260329T023000", "FREQ=DAILY;BYHOUR=2;UNTIL=20280101", "20260330T023000", int64(1772000000))
	f.Fuzz(func(t *testing.T, start, rule, exdate string, after int64) {
		objects, err := Parse([]byte(text("DTSTART;TZID=Europe/Berlin:" + start + "\nRRULE:" + rule + "\nEXDATE;TZID=Europe/Berlin:" + exdate)))
		if err != nil || len(objects) != 1 {
			return
		}
		o := objects[0]
		from := time.Unix(after%(1<<37), 0)
		next, ok, err := o.Next(from, berlin)
		if err != nil {
			return
		}
		to := from.AddDate(1, 0, 0)
		if ok {
			to = next.Start
		}
		is, err := o.Instances(from.Add(time.Second), to, berlin)
		for _, i := range is {
			if i.Start.After(from) && err == nil {
				t.Fatalf("next after %v is %v, %v, but there is %v", from, next.Start, ok, i.Start)
			}
		}
		if last, there, err := o.Last(berlin); err == nil && there && ok && last.Start.Before(next.Start) {
			t.Fatalf("last is %v, but then comes %v", last.Start, next.Start)
		}
	})
}
