package imapcal

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// TestHoldMark writes what a hold says of itself and reads it again.
func TestHoldMark(t *testing.T) {
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	tests := []hold{
		{owner: "o", key: "request for a", claim: calendar.Claim{Parallel: 1}},
		{owner: "o", key: "", base: "abc", plain: true, claim: calendar.Claim{Parallel: 1}},
		{owner: "o", key: "ü \r\n;", base: "abc", place: 7, claim: calendar.Claim{Parallel: 3, Periods: []calendar.Span{
			{From: at(-100), To: at(-50)}, {From: at(1772442000), To: at(1772445600)}, {From: at(1772445600), To: at(4000000000)}}}},
	}
	for _, want := range tests {
		h := readHeader([]byte(fold(holdField, want.field()) + "\r\n" + fold(claimField, claimText(want.claim)) + "\r\n\r\nbody"))
		got, err := readHold(h[strings.ToLower(holdField)], h[strings.ToLower(claimField)])
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("read %+v, %v; want %+v", got, err, want)
		}
	}
}

// TestLongClaim holds that a claim of many spans is told shorter, and that nothing of it is left out.
func TestLongClaim(t *testing.T) {
	var c calendar.Claim
	for i := range int64(5000) {
		c.Periods = append(c.Periods, calendar.Span{From: time.Unix(i*86400, 500), To: time.Unix(i*86400+3600, 500)})
	}
	text := claimText(c)
	got, err := readClaim(text)
	if err != nil || len(got.Periods) > maxSpans || len(text) > 16<<10 {
		t.Fatalf("%d spans, %d bytes, %v", len(got.Periods), len(text), err)
	}
	for _, s := range c.Periods {
		busy := []calendar.Period{{UID: "x", From: s.From, To: s.To}}
		if len(calendar.Overbooked(got, "", busy)) == 0 {
			t.Fatalf("%v is not claimed any more", s)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, tt := range []struct{ place, own, want uint32 }{{0, 9, 9}, {5, 9, 5}, {9, 5, 5}} {
		h := hold{place: imap.UID(tt.place)}
		if got := h.at(imap.UID(tt.own)); got != imap.UID(tt.want) {
			t.Errorf("place %d of message %d: %d; want %d", tt.place, tt.own, got, tt.want)
		}
	}
}

func FuzzHoldMark(f *testing.F) {
	f.Add("1 claim o -cmVx abc 7", claimText(calendar.Claim{Parallel: 2, Periods: []calendar.Span{{From: time.Unix(0, 0), To: time.Unix(60, 0)}}}))
	f.Fuzz(func(t *testing.T, field, claim string) {
		h, err := readHold(field, claim)
		if err != nil {
			return
		}
		again, err := readHold(h.field(), claimText(h.claim))
		if err != nil || again.owner != h.owner || again.key != h.key || again.base != h.base || again.place != h.place {
			t.Errorf("%+v became %+v, %v", h, again, err)
		}
	})
}

// FuzzMail wants no panic, and no object without a UID.
func FuzzMail(f *testing.F) {
	f.Add(eventMail("a", "09:00", "10:00"))
	f.Add([]byte("X-Kolab-Type: application/x-vnd.kolab.event\r\nX-Kolab-Mime-Version: 3.0\r\n\r\n"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--"))
	f.Fuzz(func(t *testing.T, mail []byte) {
		o, err := readMail(mail, readHeader(mail))
		if err == nil && o != nil && o.UID() == "" && o.Kind() != "" {
			t.Errorf("an object without UID: %s", o.Encode())
		}
	})
}
