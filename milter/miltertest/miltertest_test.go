package miltertest

import (
	"encoding/binary"
	"net"
	"reflect"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		raw    string
		fields []Field
		body   string
	}{
		{"A: 1\nB:2\n\nbody\n", []Field{{"A", " 1"}, {"B", "2"}}, "body\r\n"},
		{"A: 1\r\n\tfolded\r\n\r\nno end", []Field{{"A", " 1\r\n\tfolded"}}, "no end\r\n"},
		{"A : 1\n\n", []Field{{"A", " 1"}}, ""},
		{"A: 1\njunk line\nmore\n", []Field{{"A", " 1"}}, "junk line\r\nmore\r\n"},
		{"A: 1\ntwo words: x\n", []Field{{"A", " 1"}}, "two words: x\r\n"},
		{"A: 1", []Field{{"A", " 1"}}, ""},
		{"\nonly a body", nil, "only a body\r\n"},
	}
	for _, tt := range tests {
		fields, body := Split([]byte(tt.raw))
		if !slices.Equal(fields, tt.fields) || string(body) != tt.body {
			t.Errorf("Split(%q) = %q, %q", tt.raw, fields, body)
		}
	}
}

// filter answers one mail with these packets at its end, and "continue" before.
func filter(t *testing.T, conn net.Conn, packets ...string) {
	t.Helper()
	s := &Session{conn: conn, Timeout: 10e9}
	s.in, s.out = newBuffers(conn)
	for {
		code, data, err := s.Receive()
		if err != nil {
			return
		}
		switch code {
		case 'O':
			binary.BigEndian.PutUint32(data[8:], 0) // answers are expected to everything
			s.Send('O', append(data, "\x00\x00\x00\x03i {rcpt_addr}\x00"...))
		case 'E':
			for _, p := range packets {
				s.Send(p[0], []byte(p[1:]))
			}
		case 'D', 'A':
			continue
		case 'Q':
			return
		default:
			s.Send('c', nil)
		}
		s.Flush()
	}
}

func play(t *testing.T, packets ...string) (Delivery, error) {
	t.Helper()
	here, there := net.Pipe()
	done := make(chan struct{})
	go func() { filter(t, there, packets...); there.Close(); close(done) }()
	s, err := New(here, Postfix)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s.Macros, map[uint32][]string{3: {"i", "{rcpt_addr}"}}) {
		t.Errorf("macro lists %v", s.Macros)
	}
	d, err := s.Deliver(Mail{From: "a@example.org", Rcpts: To("b@example.org", "c@example.org"),
		Raw: []byte("A: 1\nB: 1\nA: 2\n\nbody\n")})
	s.Close()
	<-done
	return d, err
}

func TestActionsAreApplied(t *testing.T) {
	tests := []struct {
		name    string
		packets []string
		raw     string
		from    string
		rcpts   []string
	}{
		{"none", []string{"a"}, "A: 1\r\nB: 1\r\nA: 2\r\n\r\nbody\r\n", "a@example.org", []string{"b@example.org", "c@example.org"}},
		{"recipients and sender", []string{"-<B@example.org>\x00", "+<d@example.org>\x00", "2<e@example.org>\x00NOTIFY=NEVER\x00", "e<n@example.org>\x00RET=HDRS\x00", "c"},
			"A: 1\r\nB: 1\r\nA: 2\r\n\r\nbody\r\n", "n@example.org", []string{"c@example.org", "d@example.org", "e@example.org"}},
		{"header", []string{"m\x00\x00\x00\x02a\x00two\x00", "m\x00\x00\x00\x01B\x00\x00", "m\x00\x00\x00\x09X\x00nine\x00", "i\x00\x00\x00\x00T\x00top\x00", "hE\x00a\n\tb\x00", "a"},
			"T: top\r\nA: 1\r\na: two\r\nX: nine\r\nE: a\r\n\tb\r\n\r\nbody\r\n", "a@example.org", []string{"b@example.org", "c@example.org"}},
		{"body", []string{"p", "bnew\n", "bbody", "a"}, "A: 1\r\nB: 1\r\nA: 2\r\n\r\nnew\r\nbody\r\n", "a@example.org", []string{"b@example.org", "c@example.org"}},
		{"refused: nothing happens", []string{"-<b@example.org>\x00", "bnew\n", "y550 5.7.1 100%%\x00"}, "A: 1\r\nB: 1\r\nA: 2\r\n\r\nbody\r\n", "a@example.org", []string{"b@example.org", "c@example.org"}},
	}
	for _, tt := range tests {
		d, err := play(t, tt.packets...)
		var rcpts []string
		for _, r := range d.Rcpts {
			rcpts = append(rcpts, r.Addr)
		}
		if err != nil || string(d.Raw()) != tt.raw || d.From != tt.from || !slices.Equal(rcpts, tt.rcpts) {
			t.Errorf("%s: %v\n%q\n%s %v", tt.name, err, d.Raw(), d.From, rcpts)
		}
	}
}

func TestLastWords(t *testing.T) {
	tests := []struct {
		packets     []string
		smtp        int
		text        string
		accepted    bool
		discarded   bool
		quarantined bool
		beats       int
	}{
		{[]string{"a"}, 250, "250 (a)", true, false, false, 0},
		{[]string{"p", "p", "c"}, 250, "250 (c)", true, false, false, 2},
		{[]string{"d"}, 250, "250 (d)", true, true, false, 0},
		{[]string{"qheld\x00", "a"}, 250, "250 (a)", true, false, true, 0},
		{[]string{"-<b@example.org>\x00", "-<c@example.org>\x00", "a"}, 250, "250 (a)", true, true, false, 0},
		{[]string{"r"}, 550, "550 5.7.1 Command rejected", false, false, false, 0},
		{[]string{"t"}, 451, "451 4.7.1 Service unavailable - try again later", false, false, false, 0},
		{[]string{"y554-5.7.1 a\r\n554 5.7.1 50%%\x00"}, 554, "554-5.7.1 a\r\n554 5.7.1 50%", false, false, false, 0},
	}
	for _, tt := range tests {
		d, err := play(t, tt.packets...)
		if err != nil || d.Stage != "end" || d.Final.SMTP != tt.smtp || d.Final.String() != tt.text || d.Accepted() != tt.accepted ||
			d.Discarded != tt.discarded || d.Quarantined != tt.quarantined || d.Beats != tt.beats {
			t.Errorf("%q: %v, %+v", tt.packets, err, d)
		}
	}
}

// TestFaultsOfAFilter are those a mail server punishes.
func TestFaultsOfAFilter(t *testing.T) {
	for _, packets := range [][]string{
		{"y250 2.0.0 fine\x00"},
		{"y550 4.7.1 class\x00"},
		{"y550-5.7.1 a\r\n551 5.7.1 b\x00"},
		{"y550 5.7.1 a\r\n550 5.7.1 b\x00"},
		{"y550 5.7.1 50%\x00"},
		{"y550 5.7.1 a\nb\x00"},
		{"bnew", "hX\x00y\x00", "bmore", "a"},
		{"b" + string(make([]byte, 65536)), "a"},
		{"z"},
	} {
		if d, err := play(t, packets...); err == nil {
			t.Errorf("%.30q: %v", packets, d.Final)
		}
	}
}
