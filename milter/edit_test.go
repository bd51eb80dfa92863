package milter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

// outcome is a pipeline that says what f makes of the mail.
func outcome(f func(*filter.Tx) filter.Outcome) *fake {
	return &fake{run: func(_ context.Context, tx *filter.Tx) filter.Outcome { return f(tx) }}
}

func TestEdits(t *testing.T) {
	from := address.Must("new@example.org")
	null := address.Address("")
	tests := []struct {
		name   string
		make   func(*filter.Tx) filter.Outcome
		want   []string
		result Result
	}{
		{"nothing", func(*filter.Tx) filter.Outcome { return filter.Outcome{} }, nil, Passed},
		{"the same mail", func(tx *filter.Tx) filter.Outcome { return filter.Outcome{Message: tx.Message} }, nil, Passed},
		{"the same fields", func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithHeader(slices.Clone(tx.Message.Header))}
		}, nil, Passed},
		{"drop, by the argument as it came", func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Drop: []filter.Recipient{tx.Rcpts[0], tx.Rcpts[0]}}
		}, []string{"- <Bob@Example.org>"}, Edited},
		{"add", func(*filter.Tx) filter.Outcome {
			return filter.Outcome{Add: []filter.Recipient{{Address: "d@example.org"}}}
		}, []string{"+ <d@example.org>"}, Edited},
		{"add with arguments", func(*filter.Tx) filter.Outcome {
			return filter.Outcome{Add: []filter.Recipient{{Address: "d@example.org", Args: []string{"NOTIFY=NEVER", "ORCPT=rfc822;x"}}}}
		}, []string{"2 <d@example.org> NOTIFY=NEVER ORCPT=rfc822;x"}, Edited},
		{"sender keeps the DSN arguments", func(*filter.Tx) filter.Outcome { return filter.Outcome{From: &from} },
			[]string{"e <new@example.org> RET=HDRS ENVID=x"}, Edited},
		{"null sender", func(*filter.Tx) filter.Outcome { return filter.Outcome{From: &null} },
			[]string{"e <> RET=HDRS ENVID=x"}, Edited},
		{"quarantine", func(*filter.Tx) filter.Outcome { return filter.Outcome{Quarantine: "looks\r\nodd"} },
			[]string{"q looks odd"}, Quarantined},
		{"body last", func(tx *filter.Tx) filter.Outcome {
			h := append(slices.Clone(tx.Message.Header), message.NewField("X-New", "value"))
			return filter.Outcome{
				Drop: []filter.Recipient{tx.Rcpts[1]}, Quarantine: "held",
				Message: tx.Message.WithBody(message.Bytes("new\r\n")).WithHeader(h),
			}
		}, []string{"- <carol@example.org>", "h X-New: value", "q held", "b 4 bytes"}, Quarantined},
		{"empty body", func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithBody(message.Bytes(nil))}
		}, []string{"b 0 bytes"}, Edited},
	}
	for _, tt := range tests {
		h := start(t, filter.Inbound, outcome(tt.make))
		m := simple()
		m.FromArgs = []string{"SIZE=100", "RET=HDRS", "ENVID=x", "BODY=8BITMIME"}
		m.Rcpts = miltertest.To("Bob@Example.org", "carol@example.org")
		d := h.deliver(m)
		var got []string
		for _, a := range d.Actions {
			got = append(got, a.String())
		}
		if !slices.Equal(got, tt.want) || !d.Accepted() {
			t.Errorf("%s: %q, want %q; %v", tt.name, got, tt.want, d.Final)
		}
		if r := h.done(1)[0]; r.Result != tt.result {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}

func TestBodyIsReplacedInChunks(t *testing.T) {
	for _, size := range []int{1, 65534, 65535, 65536, 131070, 500_001} {
		body := strings.Repeat("0123456789abcde\r\n", size/17+1)[:size-1] + "\n"
		body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
		h := start(t, filter.Inbound, outcome(func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithBody(message.Bytes(body))}
		}))
		d := h.deliver(simple()) // fails on a chunk of more than 65535 bytes or one that is interrupted
		if string(d.Body) != body {
			t.Errorf("%d bytes became %d", len(body), len(d.Body))
		}
	}
}

// TestOtherMailServers: one that eats a space before values gets it back the same way, one without
// arguments gets none.
func TestOtherMailServers(t *testing.T) {
	h := start(t, filter.Inbound, outcome(func(tx *filter.Tx) filter.Outcome {
		now := slices.Clone(tx.Message.Header)
		now[1].Raw = "   three spaces"
		now = append(message.Header{message.NewField("X-Top", "1")}, now...)
		return filter.Outcome{
			Message: tx.Message.WithHeader(now),
			Add:     []filter.Recipient{{Address: "d@example.org", Args: []string{"NOTIFY=NEVER"}}},
		}
	}))
	for name, offer := range map[string]miltertest.Offer{"postfix": miltertest.Postfix, "4": miltertest.Version4, "2": miltertest.Version2} {
		s := h.dial(offer)
		d := deliver(t, s, simple())
		want := strings.Replace(string(simple().Raw), "Subject:  two spaces", "Subject:   three spaces", 1)
		if got := string(d.Raw()); got != "X-Top: 1\r\n"+want {
			t.Errorf("%s: %q", name, got)
		}
		if len(d.Rcpts) != 3 || d.Rcpts[2].Addr != "d@example.org" || (len(d.Rcpts[2].Args) == 1) != (name == "postfix") {
			t.Errorf("%s: %v", name, d.Rcpts)
		}
		s.Quit()
	}
}

// TestWhatCannotBeDoneIsDeferred: half of an outcome is not the outcome.
func TestWhatCannotBeDoneIsDeferred(t *testing.T) {
	from := address.Must("new@example.org")
	tests := []struct {
		name  string
		offer miltertest.Offer
		make  func(*filter.Tx) filter.Outcome
	}{
		{"sender, version 2", miltertest.Version2, func(*filter.Tx) filter.Outcome { return filter.Outcome{From: &from} }},
		{"body not offered", miltertest.Offer{Version: 6, Actions: 0x1fd, Protocol: 0x1fffff}, func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithBody(message.Bytes("x"))}
		}},
		{"body cannot be read", miltertest.Postfix, func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithBody(broken{})}
		}},
		{"name with a line end", miltertest.Postfix, func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithHeader(message.Header{{Name: "A\r\nB", Raw: " x"}})}
		}},
		{"address with a NUL", miltertest.Postfix, func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Add: []filter.Recipient{{Address: "a@[\x00]"}}}
		}},
	}
	for _, tt := range tests {
		h := start(t, filter.Inbound, outcome(tt.make))
		s := h.dial(tt.offer)
		d := deliver(t, s, simple())
		if d.Final.SMTP != 451 || string(d.Raw()) != string(simple().Raw) {
			t.Errorf("%s: %v", tt.name, d.Final)
		}
		h.logged("mail not edited")
		s.Quit()
	}
}

// TestBodyNobodySawIsNotReplaced: what is not kept would be lost.
func TestBodyNobodySawIsNotReplaced(t *testing.T) {
	h := start(t, filter.Inbound, &fake{
		header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
			return filter.Header, nil
		},
		run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Message: tx.Message.WithBody(message.Bytes("x"))}
		},
	})
	if d := h.deliver(simple()); d.Final.SMTP != 451 {
		t.Errorf("%v %v", d.Final, d.Actions)
	}
}

type broken struct{}

func (broken) Size() int64                       { return 100 }
func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk gone") }

func TestLastRecipientGoneDiscards(t *testing.T) {
	tests := []struct {
		name      string
		make      func(*filter.Tx) filter.Outcome
		discarded bool
	}{
		{"said so", func(*filter.Tx) filter.Outcome { return filter.Outcome{Discard: true} }, true},
		{"all dropped", func(tx *filter.Tx) filter.Outcome { return filter.Outcome{Drop: tx.Rcpts} }, true},
		{"all dropped, one added", func(tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Drop: tx.Rcpts, Add: []filter.Recipient{{Address: "new@example.org"}}}
		}, false},
		{"one dropped", func(tx *filter.Tx) filter.Outcome { return filter.Outcome{Drop: tx.Rcpts[:1]} }, false},
	}
	for _, tt := range tests {
		h := start(t, filter.Inbound, outcome(tt.make))
		d := h.deliver(simple())
		if d.Discarded != tt.discarded || (d.Final.Code == 'd') != tt.discarded {
			t.Errorf("%s: %v %v", tt.name, d.Final, d.Rcpts)
		}
		if r := h.done(1)[0]; (r.Result == Discarded) != tt.discarded {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}
