package milter

import (
	"context"
	"strings"
	"testing"

	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

// TestLocalNeverRefusesAtRcpt: Postfix keeps such a mail in maildrop and tries for ever.
func TestLocalNeverRefusesAtRcpt(t *testing.T) {
	tests := []struct {
		name  string
		rcpts string
		run   *filter.Outcome // nil: nobody is interested
		final string          // "" is 250
		left  string
		ran   string
		drops int
	}{
		{"all good", "a@x.example b@x.example", nil, "", "a@x.example b@x.example", "", 0},
		{"one refused for good", "a@x.example no@x.example", nil, "", "a@x.example", "", 1},
		{"one refused for good, planned", "a@x.example no@x.example", &filter.Outcome{}, "", "a@x.example", "a@x.example", 1},
		{"all refused for good", "no@x.example no2@x.example", &filter.Outcome{}, "550 5.1.1 no@x.example is nobody", "no@x.example no2@x.example", "", 0},
		{"one refused for now", "a@x.example later@x.example no@x.example", &filter.Outcome{}, "450 4.2.0 later", "a@x.example later@x.example no@x.example", "", 0},
		{"the rest leaves by the plan", "a@x.example no@x.example", &filter.Outcome{Drop: []filter.Recipient{{Arg: "a@x.example"}}}, "", "", "a@x.example", 0},
		{"the plan discards", "a@x.example no@x.example", &filter.Outcome{Discard: true}, "", "", "a@x.example", 0},
		{"the plan refuses", "a@x.example no@x.example", &filter.Outcome{Refuse: refusal(554, "5.7.1", "x")}, "554 5.7.1 x", "a@x.example no@x.example", "a@x.example", 0},
	}
	for _, tt := range tests {
		ran := ""
		p := &fake{rcpt: func(_ context.Context, _ *filter.Envelope, r filter.Recipient) *filter.Refusal {
			switch {
			case strings.HasPrefix(r.Arg, "no"):
				return refusal(550, "5.1.1", r.Arg+" is nobody")
			case strings.HasPrefix(r.Arg, "later"):
				return refusal(450, "4.2.0", "later")
			}
			return nil
		}}
		if tt.run != nil {
			p.run = func(_ context.Context, tx *filter.Tx) filter.Outcome {
				ran = args(tx.Rcpts)
				return *tt.run
			}
		}
		h := start(t, filter.Local, p)
		m := simple()
		m.Rcpts = miltertest.To(strings.Fields(tt.rcpts)...)
		d := h.deliver(m)
		for _, a := range d.RcptTo {
			if a.Refused() {
				t.Errorf("%s: refused at RCPT: %v", tt.name, a)
			}
		}
		if tt.final != d.Final.Text || ran != tt.ran || len(d.Actions) != tt.drops {
			t.Errorf("%s: %v %v, judged with %q", tt.name, d.Final, d.Actions, ran)
		}
		if left := addrs(d.Rcpts); !d.Discarded && left != tt.left || d.Discarded != (tt.left == "") {
			t.Errorf("%s: left %q, discarded %v", tt.name, left, d.Discarded)
		}
	}
}

// TestLocalPanicAtRcpt is a temporary refusal like any other.
func TestLocalPanicAtRcpt(t *testing.T) {
	h := start(t, filter.Local, &fake{
		rcpt: func(context.Context, *filter.Envelope, filter.Recipient) *filter.Refusal { panic("at rcpt") },
		header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
			t.Error("asked about the header")
			return 0, nil
		},
	})
	d := h.deliver(simple())
	if d.RcptTo[0].Refused() || d.Final.SMTP != 451 {
		t.Errorf("%v, %v", d.RcptTo, d.Final)
	}
}

func addrs(rs []miltertest.Rcpt) string {
	var all []string
	for _, r := range rs {
		all = append(all, r.Addr)
	}
	return strings.Join(all, " ")
}
