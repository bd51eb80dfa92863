package itip

import "testing"

// TestStanding: each answer makes it another one, also one that takes back another; everything else leaves it.
func TestStanding(t *testing.T) {
	o := object(t, daily5+people)
	seen := map[string]string{}
	look := func(after string, o *Object) {
		t.Helper()
		is := o.Master().Standing()
		if before, ok := seen[is]; ok {
			t.Errorf("after %s as after %s", after, before)
		}
		seen[is] = after
	}
	look("nothing", o)
	for stamp, partstat := range map[string]string{"20260101T000000Z": "ACCEPTED", "20260102T000000Z": "DECLINED", "20260103T000000Z": "ACCEPTED"} {
		now, _, err := Answered(object(t, daily5+people), object(t, "METHOD:REPLY\nSEQUENCE:1\nDTSTAMP:"+stamp+"\nATTENDEE;PARTSTAT="+partstat+":mailto:ann@example.org"), nil)
		if err != nil {
			t.Fatal(err)
		}
		look(stamp, now)
		is := now.Master().Standing()
		now.Master().SetText("SUMMARY", "Other words")
		now.SetCause("cause")
		if again := reparse(t, now).Master().Standing(); again != is {
			t.Error("other words make it another one")
		}
	}
}
