package ldif

import (
	"slices"
	"strings"
	"testing"

	library "github.com/go-ldap/ldif"
)

func TestRead(t *testing.T) {
	const text = "\ufeff# a comment\n  that goes on\n\nversion: 1\n\n" +
		"dn: uid=a,dc=x\r\nobjectClass: top\nCN: Long va\n lue\n  with a space\r\ncn:: SsO8cmdlbg==\ndescription:\nsn:x \n# inside\n goes on\nrfc822Mailbox;X-a: a@x\n\n\n" +
		"dn:: dWlkPWIsZGM9eA==\nchangetype: add\nUid: b\nuid:   c"
	got, err := read("f", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range got {
		lines = append(lines, r.dn+" "+r.name)
		for _, a := range r.attrs {
			lines = append(lines, a.spelled+" "+a.base+a.options+" "+strings.Join(a.values, "|"))
		}
	}
	want := []string{
		"uid=a,dc=x uid=a,dc=x", "objectClass objectclass top", "CN cn Long value with a space|Jürgen", "description description ", "sn sn x ",
		"mail;x-a mail;x-a a@x", "uid=b,dc=x uid=b,dc=x", "Uid uid b|c",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%q\nwant\n%q", lines, want)
	}
}

// TestReadMistakes: each is named with its line, and all at once.
func TestReadMistakes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"dn: uid=a,dc=x\nuid: a\nno colon\n", "f:3: no colon after the attribute"},
		{"dn: uid=a,dc=x\njpegPhoto:< file:///etc/passwd\n", "f:2: jpegPhoto: values from other files (:<) are not read"},
		{"dn: uid=a,dc=x\njpegPhoto:\n < file:///etc/passwd\n", "f:2: jpegPhoto: values from other files (:<) are not read"},
		{"dn: uid=a,dc=x\ndescription: <https://example.org/>\n", ""}, // a text
		{"dn: uid=a,dc=x\njpegPhoto\n :<file:///etc/passwd\n", "f:2: jpegPhoto: values from other files (:<) are not read"},
		{"dn:< file:///etc/passwd\nuid: a\n", "f:1: dn: values from other files (:<) are not read"},
		{"dn: uid=a,dc=x\ncn:: ****\n", "f:2: cn: illegal base64 data at input byte 0"},
		{"dn: uid=a,dc=x\ncn: J\xfcrgen\n", "f:2: cn: neither UTF-8 nor base64 (::)"},
		{"dn: uid=a,dc=x\nc n: a\n", `f:2: "c n" cannot be the name of an attribute`},
		{"uid: a\n", "f:1: an entry begins with its dn, not with uid"},
		{"dn: nonsense\nuid: a\n", `f:1: "nonsense" is not a distinguished name`},
		{"dn: uid=a,dc=x\nuid: a\ndn: uid=b,dc=x\n", "f:3: an empty line belongs between two entries"},
		{"dn: uid=a,dc=x\nuid: a\n\ndn: UID=A, dc=X\nuid: a\n", "f:4: UID=A, dc=X is there already (line 1)"},
		{"dn: uid=a,dc=x\nchangetype: modify\n", "f:2: this file holds entries, not changes: changetype modify"},
		{"dn: uid=a,dc=x\ncontrol: 1.2.3 true\n", "f:2: this file holds entries, not changes: control"},
		{"dn: uid=a,dc=x\n\n", "f:1: an entry without attributes"},
		{"dn: uid=a,dc=x", "f:1: an entry without attributes"},
		{"version: 2\n\ndn: uid=a,dc=x\nuid: a\n", `f:1: version "2" is not 1`},
		{"dn: uid=a,dc=x\nuid: a\n\n goes on\n", "f:4: a line that continues nothing"},
		{"dn: uid=a\nbad\nuid: x\n\n# fine\n\ndn: uid=b\nuid: b\n\ndn: uid=c\nworse\n", "f:2: no colon after the attribute\nf:11: no colon after the attribute"},
	} {
		_, err := read("f", strings.NewReader(tt.text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
	if _, err := read("f", strings.NewReader(strings.Repeat("bad\n\n", 1000))); strings.Count(err.Error(), "\n") != maxMistakes-1 {
		t.Errorf("%d mistakes named", strings.Count(err.Error(), "\n")+1)
	}
	if _, err := read("f", strings.NewReader("dn: uid=a\ncn: "+strings.Repeat("x", maxLine))); err == nil || !strings.HasPrefix(err.Error(), "f:2: line longer") {
		t.Errorf("a line without end: %.80v", err)
	}
}

// FuzzRead holds that whatever both we and go-ldap/ldif read, we read the same, and that no file is opened.
func FuzzRead(f *testing.F) {
	f.Add("dn: uid=a,dc=x\nuid: a\ncn:: SsO8cmdlbg==\n\n# c\n x\ndn:: dWlkPWI=\nCN: long\n er\n")
	f.Add("version: 1\n\ndn: a=b\nc:d\nc:<file:///etc/hostname\n")
	f.Add("dn: a=b\r\nc: d\r\n\r\n\r\ndn: e=f\nc;lang-de: d")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read("f", strings.NewReader(text))
		if err != nil || strings.Contains(text, "<") || strings.Contains(strings.ToLower(text), "change") ||
			strings.Contains(strings.ToLower(text), "control") || strings.HasPrefix(text, "\ufeff") {
			return
		}
		other, err := library.Parse(text)
		if err != nil {
			return
		}
		if len(got) != len(other.Entries) {
			t.Fatalf("%d entries; go-ldap/ldif reads %d", len(got), len(other.Entries))
		}
		for i, r := range got {
			var mine, theirs []string
			for _, a := range r.attrs {
				for _, v := range a.values {
					mine = append(mine, a.base+a.options+"="+v)
				}
			}
			for _, a := range other.Entries[i].Entry.Attributes {
				for _, v := range a.Values {
					theirs = append(theirs, described(a.Name).base+described(a.Name).options+"="+v)
				}
			}
			slices.Sort(mine)
			slices.Sort(theirs)
			if r.dn != other.Entries[i].Entry.DN || !slices.Equal(mine, theirs) {
				t.Fatalf("entry %d is\n%s %q\ngo-ldap/ldif reads\n%s %q", i, r.dn, mine, other.Entries[i].Entry.DN, theirs)
			}
		}
	})
}
