package ledger

import (
	"bytes"
	"testing"

	"usher/milter/filter"
)

var stop = filter.Suspension{Since: noon, Why: "why"}

func TestEntriesAreReadAsTheyWereWritten(t *testing.T) {
	all := []entry{
		{kind: isCharge, account: "doe", counter: "rcpt", at: noon.UnixMicro(), amount: 97},
		{kind: isCharge, account: "host:scanner", at: -1, amount: 1},
		{kind: isResumption, account: "doe"},
	}
	var b []byte
	for _, e := range all {
		b = e.append(b)
	}
	for _, want := range all {
		var e entry
		var err error
		if e, b, err = next(b); err != nil || e != want {
			t.Errorf("%+v, %v; want %+v", e, err, want)
		}
	}
	if len(b) > 0 {
		t.Errorf("%q is left", b)
	}
}

// FuzzNext: whatever a file says is read within bounds, and what was read means the same when it is written.
func FuzzNext(f *testing.F) {
	f.Add(entry{kind: isCharge, account: "doe", counter: "rcpt", at: noon.UnixMicro(), amount: 97}.append(nil))
	f.Add(entry{kind: isResumption, account: "doe"}.append([]byte{}))
	f.Add([]byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Add([]byte{1, 1, 'a', 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, rest, err := next(b)
		if err != nil {
			return
		}
		if len(rest) >= len(b) {
			t.Fatal("nothing was read")
		}
		again, left, err := next(e.append(nil))
		if err != nil || again != e || len(left) > 0 {
			t.Errorf("%+v, then %+v, %q, %v", e, again, left, err)
		}
		if !bytes.HasSuffix(b, rest) {
			t.Error("the rest is not the end")
		}
	})
}
