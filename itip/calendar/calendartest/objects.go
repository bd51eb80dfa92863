package calendartest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"usher/itip"
	"usher/itip/calendar"
)

// objects is what a store does with objects.
var objects = []test{
	{"nothing is there at first", func(r *room) {
		r.booked()
		if o, ok, v := r.find("a"); ok {
			r.Fatalf("found %v, version %q", o, v)
		}
	}},
	{"what was put is found, at every host", func(r *room) {
		o := Event("a", "09:00", "10:00", "X-UNKNOWN;X-P=1:kept")
		r.put(o)
		got, ok, _ := r.elsewhere().find("a")
		if !ok || text(got) != text(o) {
			r.Fatalf("found %v: %s", ok, got.Encode())
		}
	}},
	{"calendars are apart", func(r *room) {
		r.put(Event("a", "09:00", "10:00"))
		r.cal = r.other
		r.booked()
		if _, ok, _ := r.find("a"); ok {
			r.Fatal("found in the other calendar")
		}
	}},
	{"an override comes and goes with its series", func(r *room) {
		r.put(Object(Component("a", "09:00", "10:00", "RRULE:FREQ=WEEKLY;COUNT=3"),
			Component("a", "7 11:00", "7 12:00", "RECURRENCE-ID:"+utc("7 09:00"))))
		o, _, v := r.find("a")
		if len(o.Overrides()) != 1 {
			r.Fatalf("overrides: %s", o.Encode())
		}
		r.must(r.store.Delete(r.ctx, r.cal, "a", v))
		r.busy("00:00", "30 00:00")
	}},
	{"each state has its version", func(r *room) {
		first := r.put(Event("a", "09:00", "10:00"))
		second := r.put(Event("a", "10:00", "11:00"))
		_, _, again := r.elsewhere().find("a")
		if first == second || again != second {
			r.Fatalf("versions %q, %q, %q", first, second, again)
		}
	}},
	{"a put on what has changed is stale", func(r *room) {
		first := r.put(Event("a", "09:00", "10:00", "SUMMARY:first"))
		r.put(Event("a", "09:00", "10:00", "SUMMARY:second"))
		for _, base := range []calendar.Version{"", first, "unheard-of"} {
			third := Event("a", "09:00", "10:00", "SUMMARY:third")
			r.stale("put", r.store.Put(r.ctx, calendar.Put{Calendar: r.cal, UID: "a", Object: third, Base: base}))
		}
		if got := r.summary("a"); got != "second" {
			r.Fatalf("stored: %q", got)
		}
	}},
	{"a put on what is gone is stale", func(r *room) {
		v := r.put(Event("a", "09:00", "10:00"))
		r.must(r.store.Delete(r.ctx, r.cal, "a", v))
		r.stale("put", r.store.Put(r.ctx, calendar.Put{Calendar: r.cal, UID: "a", Object: Event("a", "09:00", "11:00"), Base: v}))
	}},
	{"what is over is told, the oldest first", func(r *room) {
		r.put(Event("late", "5 09:00", "5 10:00"))
		r.put(Event("old", "1 09:00", "1 10:00"))
		r.put(Event("cancelled", "2 09:00", "2 10:00", "STATUS:CANCELLED", "TRANSP:TRANSPARENT"))
		r.put(Event("ended", "09:00", "10:00", "RRULE:FREQ=DAILY;COUNT=4"))
		r.put(Event("endless", "09:00", "10:00", "RRULE:FREQ=WEEKLY"))
		r.put(Event("moved", "1 11:00", "1 12:00"))
		r.put(Event("moved", "9 11:00", "9 12:00"))
		for _, tt := range []struct {
			before string
			limit  int
			want   []string
		}{
			{"09:00", 10, nil}, {"4 00:00", 10, []string{"old", "cancelled", "ended"}}, {"4 00:00", 2, []string{"old", "cancelled"}},
			{"3 09:30", 10, []string{"old", "cancelled"}}, {"30 00:00", 10, []string{"old", "cancelled", "ended", "late", "moved"}},
		} {
			got, err := r.store.Ended(r.ctx, r.cal, At(tt.before), tt.limit)
			r.must(err)
			if !slices.Equal(got, tt.want) {
				r.Fatalf("ended before %s: %q; want %q", tt.before, got, tt.want)
			}
		}
		if got, err := r.store.Ended(r.ctx, r.other, At("30 00:00"), 10); err != nil || len(got) > 0 {
			r.Fatalf("ended in an empty calendar: %q, %v", got, err)
		}
	}},
	{"delete removes what was read, and nothing else", func(r *room) {
		v := r.put(Event("a", "09:00", "10:00"))
		r.put(Event("b", "10:00", "11:00"))
		r.must(r.store.Delete(r.ctx, r.cal, "a", v))
		r.booked("10:00-11:00 b")
		r.must(r.store.Delete(r.ctx, r.cal, "a", v))
		r.must(r.store.Delete(r.ctx, r.other, "a", v))
		r.stale("delete", r.store.Delete(r.ctx, r.cal, "b", ""))
		r.stale("delete", r.store.Delete(r.ctx, r.cal, "b", v))
		r.booked("10:00-11:00 b")
	}},
	{"the version of a calendar moves with its objects", func(r *room) {
		version := func() calendar.Version {
			_, v, err := r.store.Busy(r.ctx, r.cal, Between("20:00", "21:00"))
			r.must(err)
			return v
		}
		empty := version()
		v := r.put(Event("a", "09:00", "10:00"))
		one := version()
		r.put(Event("b", "09:00", "10:00"))
		two := version()
		if empty == one || one == two || two != version() {
			r.Fatalf("versions %q, %q, %q, %q", empty, one, two, version())
		}
		r.must(r.store.Delete(r.ctx, r.cal, "a", v))
		if version() == two {
			r.Fatal("the same version after a deletion")
		}
	}},
	{"a UID may hold anything and is compared byte for byte", func(r *room) {
		uids := []string{"uid", "UID", "uid-2", "d", "a/b", "../../etc/passwd", "..", ".", "-", "*", "a b", "<a@b>", "%2e%2e",
			"a,b;c\\d", "ünïcödé", "\u0075\u0308n", "\u00fcn", "a:b\"c", strings.Repeat("x", 1024), strings.Repeat("x", 1023) + "y"}
		for i, uid := range uids {
			r.put(Event(uid, "09:00", "10:00", "SUMMARY:"+strconv.Itoa(i)))
		}
		for i, uid := range uids {
			if got := r.elsewhere().summary(uid); got != strconv.Itoa(i) {
				r.Errorf("under %q lies %q, want %d", uid, got, i)
			}
		}
		if got := r.summary("ui"); got != "-" {
			r.Errorf("under a part of a UID lies %q", got)
		}
	}},
	{"what is handed out is nobody else's", func(r *room) {
		o := Event("a", "09:00", "10:00", "SUMMARY:first")
		r.put(o)
		o.Master().SetText("SUMMARY", "changed after the put")
		got, _, _ := r.find("a")
		got.Master().SetText("SUMMARY", "changed after the find")
		if got := r.summary("a"); got != "first" {
			r.Fatalf("stored: %q", got)
		}
	}},
	{"an object that is not what the put says is refused", func(r *room) {
		for _, p := range []calendar.Put{
			{Calendar: r.cal, UID: "b", Object: Event("a", "09:00", "10:00")},
			{Calendar: r.cal, UID: "", Object: Event("a", "09:00", "10:00")},
			{Calendar: r.cal, UID: "a"},
		} {
			if err := r.store.Put(r.ctx, p); err == nil || errors.Is(err, calendar.ErrStale) {
				r.Errorf("put as %q: %v", p.UID, err)
			}
			if _, err := r.store.Hold(r.ctx, p); err == nil || errors.Is(err, calendar.ErrStale) {
				r.Errorf("hold as %q: %v", p.UID, err)
			}
		}
		r.booked()
	}},
	{"who has no time left changes nothing", func(r *room) {
		v := r.put(Event("a", "09:00", "10:00"))
		ctx, cancel := context.WithCancel(r.ctx)
		cancel()
		_, _, busy := r.store.Busy(ctx, r.cal, Between("00:00", "24:00"))
		_, _, _, find := r.store.Find(ctx, r.cal, "a")
		_, hold := r.store.Hold(ctx, r.claim("b", "11:00", "12:00", 1))
		put := r.store.Put(ctx, calendar.Put{Calendar: r.cal, UID: "c", Object: Event("c", "12:00", "13:00")})
		del := r.store.Delete(ctx, r.cal, "a", v)
		for what, err := range map[string]error{"busy": busy, "find": find, "hold": hold, "put": put, "delete": del} {
			if !errors.Is(err, context.Canceled) || errors.Is(err, calendar.ErrStale) {
				r.Errorf("%s: %v", what, err)
			}
		}
		r.booked("09:00-10:00 a")
		r.book(r.claim("d", "11:00", "12:00", 1))
	}},
	{"a user has a default calendar", func(r *room) {
		folders, err := r.store.Folders(r.ctx, "jane@example.org")
		r.must(err)
		for _, f := range folders {
			if f.Default && !f.Tasks {
				_, _, err := r.store.Busy(r.ctx, f.Name, Between("00:00", "24:00"))
				r.must(err)
				return
			}
		}
		r.Fatalf("folders: %v", folders)
	}},
	{"nobody's change is lost", func(r *room) {
		r.put(Event("a", "09:00", "10:00", "SUMMARY:0"))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { r.elsewhere().count("a", 10) })
		}
		wg.Wait()
		if got := r.summary("a"); got != "40" {
			r.Fatalf("counted to %s; want 40", got)
		}
	}},
}

// text is an object as it is encoded, but for PRODID: who wrote it last may say so.
func text(o *itip.Object) string {
	o = o.Clone()
	o.Root.Remove("PRODID")
	return string(o.Encode())
}

// count adds to the number that is an object's summary, again and again.
func (r *room) count(uid string, times int) {
	for done := 0; done < times; {
		o, _, v, err := r.store.Find(r.ctx, r.cal, uid)
		if err != nil {
			r.Error(err)
			return
		}
		n, _ := strconv.Atoi(o.Master().Text("SUMMARY"))
		o.Master().Set(itip.Prop{Name: "SUMMARY", Value: strconv.Itoa(n + 1)})
		err = r.store.Put(r.ctx, calendar.Put{Calendar: r.cal, UID: uid, Object: o, Base: v})
		if err == nil {
			done++
		} else if !errors.Is(err, calendar.ErrStale) {
			r.Error(err)
			return
		}
	}
}
