package milter

import (
	"testing"

	"usher/milter/filter"
	"usher/milter/miltertest"
)

func TestNegotiation(t *testing.T) {
	const ours = 0x80 | 0x1000 | 0x2000 | 0x80000 | 0x100 | 0x200 | 0x400 | 0x100000
	tests := []struct {
		name  string
		offer miltertest.Offer
		want  miltertest.Offer
		lists int
	}{
		{"Postfix", miltertest.Postfix, miltertest.Offer{Version: 6, Actions: 0x1ff, Protocol: ours}, 4},
		{"a future one", miltertest.Offer{Version: 7, Actions: 0xffff, Protocol: 0xffffffff}, miltertest.Offer{Version: 6, Actions: 0x1ff, Protocol: ours}, 4},
		{"version 4", miltertest.Version4, miltertest.Offer{Version: 4, Actions: 0x3f, Protocol: 0x380}, 0},
		{"version 2", miltertest.Version2, miltertest.Offer{Version: 2, Actions: 0x3f, Protocol: 0}, 0},
		{"nothing at all", miltertest.Offer{Version: 2}, miltertest.Offer{Version: 2}, 0},
	}
	h := start(t, filter.Inbound, &fake{})
	for _, tt := range tests {
		s := h.dial(tt.offer)
		if s.Agreed != tt.want || len(s.Macros) != tt.lists {
			t.Errorf("%s: %x and %d lists, want %x and %d", tt.name, s.Agreed, len(s.Macros), tt.want, tt.lists)
		}
		// Every command the mail server waits for must be answered, and no other.
		if d := deliver(t, s, simple()); !d.Accepted() {
			t.Errorf("%s: %v", tt.name, d.Final)
		}
		s.Quit()
	}
	if s := h.dial(miltertest.Postfix); len(s.Macros[2]) != 4 || s.Macros[5][0] != "i" {
		t.Errorf("macros asked for: %v", s.Macros)
	}
}
