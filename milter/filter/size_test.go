package filter

import "testing"

func TestSize(t *testing.T) {
	tests := []struct {
		in   string
		want Size
		out  string
	}{
		{"25MB", 25_000_000, "25MB"},
		{"10MiB", 10 << 20, "10MiB"},
		{"1 gib", 1 << 30, "1GiB"},
		{"64k", -1, ""},
		{"2048KiB", 2 << 20, "2MiB"},
		{"1500", 1500, "1500"},
		{"0", 0, "0"},
		{"0MB", 0, "0"},
		{"12B", 12, "12"},
		{"3kb", 3000, "3kB"},
		{"", -1, ""},
		{"MB", -1, ""},
		{"-1MB", -1, ""},
		{"1.5MB", -1, ""},
		{"9223372036854775807GB", -1, ""},
		{"5 apples", -1, ""},
	}
	for _, tt := range tests {
		var s Size
		err := s.UnmarshalText([]byte(tt.in))
		if tt.want < 0 {
			if err == nil {
				t.Errorf("%q = %d; want an error", tt.in, s)
			}
			continue
		}
		if err != nil || s != tt.want || s.String() != tt.out {
			t.Errorf("%q = %d (%s), %v; want %d (%s)", tt.in, s, s, err, tt.want, tt.out)
		}
	}
}

func FuzzSize(f *testing.F) {
	for _, seed := range []string{"25MB", "10MiB", "0", "7 GB", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again Size
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(s.String())); err != nil || s != again || s < 0 {
			t.Errorf("%q = %d, written %s, read again %d, %v", text, s, s, again, err)
		}
	})
}
