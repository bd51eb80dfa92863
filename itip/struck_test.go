package itip

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestStruck(t *testing.T) {
	const series = daily5 + "\n---\n" + movedTue
	tests := []struct {
		name, stored, cancel string
		want                 string // starts, those cancelled with ?
		err                  error
	}{
		{"S5546_36 all of it", series, "SEQUENCE:2", "0302T1000? 0303T1200? 0304T1000? 0305T1000? 0306T1000?", nil},
		{"S5546_38 lower SEQUENCE", series, "SEQUENCE:0\nDTSTAMP:20270101T000000Z", "", ErrOutdated},
		{"S5546_36 one instance", series, "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z", "0302T1000 0303T1200 0304T1000? 0305T1000 0306T1000", nil},
		{"S5546_36 a moved instance by its first start", series, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "0302T1000 0303T1200? 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_36 several", series, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z\n---\nSEQUENCE:2\nRECURRENCE-ID:20260302T090000Z", "0302T1000? 0303T1200? 0304T1000 0305T1000 0306T1000", nil},
		{"one that was taken out", daily5 + "EXDATE:20260304T090000Z", "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z", "0302T1000 0303T1000 0305T1000 0306T1000", nil},
		{"no such instance", series, "SEQUENCE:2\nRECURRENCE-ID:20260304T093000Z", "", ErrNoInstance},
		{"S5546_36 this and future", series, "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z", "0302T1000 0303T1200", nil},
		{"this and future from the first", series, "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z", "0302T1000? 0303T1200? 0304T1000? 0305T1000? 0306T1000?", nil},
		{"one instance of this and future", daily5 + "\n---\n" + strings.Replace(movedTue, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1), "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "0302T1000 0304T1200 0305T1200 0306T1200", nil},
		{"one that follows this and future", daily5 + "\n---\n" + strings.Replace(movedTue, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1), "SEQUENCE:2\nRECURRENCE-ID:20260305T090000Z", "0302T1000 0303T1200 0304T1200 0305T1200? 0306T1200", nil},
		{"single event by its start", "DTSTART:20260302T090000Z\nDURATION:PT1H", "SEQUENCE:2\nRECURRENCE-ID:20260302T090000Z", "0302T1000?", nil},
		{"days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=2", "SEQUENCE:2\nRECURRENCE-ID;VALUE=DATE:20260302", "0302/0303? 0303/0304", nil},
		{"instance stored alone", movedTue, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "0303T1200?", nil},
		{"another than the one stored alone", movedTue, "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z", "", ErrNoInstance},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stored, cancel := object(t, tt.stored), object(t, "METHOD:CANCEL\n"+tt.cancel)
			before := stored.Encode()
			got, err := Struck(stored, cancel)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if !bytes.Equal(stored.Encode(), before) {
				t.Error("the stored object was changed")
			}
			if err != nil {
				return
			}
			if is := starts(t, reparse(t, got), "2026-03-01", "2026-04-20", berlin); is != tt.want {
				t.Errorf("\n got %s\nwant %s\n%s", is, tt.want, got.Encode())
			}
			again, err := Struck(got, cancel)
			if err != nil && !errors.Is(err, ErrNoInstance) || err == nil && !SameContent(got, again) {
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

func TestS5546_55_WhatIsStruckIgnoresOlderRequests(t *testing.T) {
	request := func(sequence, stamp string) *Object {
		return object(t, "METHOD:REQUEST\nSEQUENCE:"+sequence+"\nDTSTAMP:"+stamp+"\nDTSTART:20260302T090000Z\nDURATION:PT1H\n"+people)
	}
	stored, err := Merge(nil, request("1", "20260101T000000Z"), ann)
	if err != nil {
		t.Fatal(err)
	}
	stored, err = Struck(stored, object(t, "METHOD:CANCEL\nSEQUENCE:2\nDTSTAMP:20260103T000000Z\n"+boss), ann)
	if err != nil || !stored.Master().Cancelled() {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		sequence, stamp string
		err             error
	}{
		{"1", "20260104T000000Z", ErrOutdated}, {"2", "20260102T000000Z", ErrOutdated}, {"2", "20260103T000000Z", ErrOutdated},
		{"2", "20260104T000000Z", nil}, {"3", "20260101T000000Z", nil}, // D_05: it comes back
	} {
		for name, apply := range map[string]func() (*Object, error){
			"Merge":  func() (*Object, error) { return Merge(stored, request(tt.sequence, tt.stamp), ann) },
			"Update": func() (*Object, error) { return Update(stored, request(tt.sequence, tt.stamp)) },
		} {
			got, err := apply()
			if !errors.Is(err, tt.err) || err == nil && got.Master().Cancelled() {
				t.Errorf("%s with SEQUENCE %s of %s: %v", name, tt.sequence, tt.stamp, err)
			}
		}
	}
}

func TestStruckIsForTheOrganizer(t *testing.T) {
	stored := object(t, daily5+people)
	if _, err := Struck(stored, object(t, "METHOD:CANCEL\nSEQUENCE:2\nORGANIZER:mailto:eve@example.org")); !errors.Is(err, ErrTakeover) {
		t.Errorf("S6638_17: %v", err)
	}
	if _, err := Struck(stored, object(t, "METHOD:CANCEL\nSEQUENCE:2\n"+boss+"ATTENDEE:mailto:bob@example.org"), ann); !errors.Is(err, ErrNotListed) {
		t.Errorf("D_04: %v", err)
	}
}
