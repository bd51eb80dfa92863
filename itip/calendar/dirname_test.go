package calendar

import (
	"slices"
	"strings"
	"testing"
)

func TestFolderParts(t *testing.T) {
	tests := []struct {
		cal  string
		want []string
	}{
		{"shared/Resources/Blue@example.org", []string{"shared", "Resources", "Blue@example.org"}},
		{"Raum Grün", []string{"Raum%20Grün"}},
		{"../../etc", []string{"%2E.", "%2E.", "etc"}},
		{".holds", []string{"%2Eholds"}},
		{"/a//b/", []string{"%", "a", "%", "b", "%"}},
		{"%", []string{"%25"}},
		{"a~b", []string{"a%7Eb"}},
		{"a\x00\xff\\", []string{"a%00%FF%5C"}},
		{"\uFFFD", []string{"%EF%BF%BD"}},
	}
	for _, tt := range tests {
		got, err := folderParts(tt.cal)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("folderParts(%q) = %q, %v; want %q", tt.cal, got, err, tt.want)
		}
	}
	for _, cal := range []string{"", strings.Repeat("x", 1025)} {
		if got, err := folderParts(cal); err == nil {
			t.Errorf("folderParts of %d bytes = %q", len(cal), got)
		}
	}
}

func TestPartOf(t *testing.T) {
	for _, folder := range []string{"%zz", "%2", "a~b", "%2e.", "%41", "a b", ".", "..", ""} {
		if part, ok := partOf(folder); ok {
			t.Errorf("partOf(%q) = %q; want none", folder, part)
		}
	}
}

// FuzzFolderParts holds that no name climbs, hides or is too long, and that no two share a folder.
func FuzzFolderParts(f *testing.F) {
	for _, s := range []string{"a/b", "../x", "%", "~", strings.Repeat("ü", 300), "a\xffb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cal string) {
		parts, err := folderParts(cal)
		if err != nil {
			return
		}
		names := strings.Split(cal, "/")
		for i, part := range parts {
			if part == "" || part[0] == '.' || len(part) > longestPart || strings.ContainsAny(part, "/\x00") {
				t.Errorf("%q lies in %q", cal, part)
			}
			back, whole := partOf(part)
			if whole && back != names[i] {
				t.Errorf("%q lies in %q, which is %q", names[i], part, back)
			}
			if !whole && !strings.HasSuffix(part, "~"+digest(names[i])) {
				t.Errorf("%q lies in %q, which says nothing", names[i], part)
			}
		}
	})
}

// FuzzFileName holds that every UID has a file of its own that is seen and fits.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a", "a/b", "../x", ".hidden", strings.Repeat("x", 1024), "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uid string) {
		name := fileName(uid)
		if !isObjectFile(name) || len(name) > 200 || strings.ContainsAny(name, "/\x00") {
			t.Errorf("%q lies in %q", uid, name)
		}
		if name == fileName(uid+"x") || name == fileName(strings.ToUpper(uid)+".") {
			t.Errorf("%q shares %q", uid, name)
		}
	})
}

func TestMentions(t *testing.T) {
	tests := []struct {
		data, uid string
		want      bool
	}{
		{"UID:abcdef\r\n", "abcdef", true},
		{"UID:abc\r\n def\r\n", "abcdef", true},
		{"UID:abc\n\tdef\n", "abcdef", true},
		{"UID:a\\,b\r\n", "a,b", true},
		{"UID:abc\r\nX:def\r\n", "abcdef", false},
	}
	for _, tt := range tests {
		if got := mentions([]byte(tt.data), tt.uid); got != tt.want {
			t.Errorf("mentions(%q, %q) = %v", tt.data, tt.uid, got)
		}
	}
}

// FuzzDecodeHold holds that a hold that is understood is written as it was understood.
func FuzzDecodeHold(f *testing.F) {
	h := &claimed{Number: 7, Key: "k\xff", Owner: "o", UID: "a/b c", Base: "1", Version: "2", Taken: m(5),
		Claim: Claim{[]Span{{m(1), m(2)}}, 3}}
	line, err := encodeHold(h)
	if err != nil {
		f.Fatal(err)
	}
	if back, err := decodeHold(line); err != nil || back.UID != h.UID || back.Key != h.Key || !back.sameClaim(h.Claim) || !back.Taken.Equal(h.Taken) {
		f.Fatalf("%s is %+v, %v", line, back, err)
	}
	f.Add(line)
	f.Add([]byte(`{"Key":"%zz"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := decodeHold(data)
		if err != nil {
			return
		}
		line, err := encodeHold(h)
		if err != nil {
			return // a year that RFC 3339 does not have
		}
		again, err := decodeHold(line)
		if err != nil || again.UID != h.UID || again.Key != h.Key || !again.sameClaim(h.Claim) {
			t.Errorf("%+v was written as %s", h, line)
		}
	})
}

func TestLRU(t *testing.T) {
	c := NewLRU[string, int](3)
	c.Put("a", 1, 1)
	c.Put("b", 2, 1)
	c.Put("c", 3, 1)
	c.Get("a")
	c.Put("d", 4, 1) // b was not asked for longest
	c.Put("huge", 5, 4)
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true, "huge": false} {
		if _, ok := c.Get(key); ok != want {
			t.Errorf("%s is remembered: %v", key, ok)
		}
	}
	if v, ok := c.Take("a"); !ok || v != 1 {
		t.Errorf("took %d, %v", v, ok)
	}
	if _, ok := c.Get("a"); ok {
		t.Error("what was taken is still there")
	}
	c.Put("c", 6, 3) // in the place of the old one
	if v, _ := c.Get("c"); v != 6 || c.used != 3 {
		t.Errorf("c is %d, used %d", v, c.used)
	}
}
