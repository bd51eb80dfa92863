package resource

import (
	"strings"
	"testing"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
)

var (
	aSigner  = filter.NewSigner([]byte("a secret for this test"))
	anOwner  = &ldapdir.Entry{DN: "uid=smith,ou=People,dc=example,dc=org"}
	aRequest = question{id: "q1", state: waiting}
)

// TestReferenceSaysOneThing: whatever a reference was signed for being another, the reference is another.
func TestReferenceSaysOneThing(t *testing.T) {
	ref := referenceTo(aSigner, "blue", "u1", aRequest, anOwner)
	if !isReference(string(ref)) {
		t.Fatalf("%q is no reference", ref)
	}
	if again := referenceTo(aSigner, "blue", "u1", aRequest, &ldapdir.Entry{DN: "UID=Smith, ou=people,dc=example,dc=org"}); !again.is(ref) {
		t.Error("another spelling of the owner's name makes another reference")
	}
	for name, other := range map[string]reference{
		"calendar": referenceTo(aSigner, "green", "u1", aRequest, anOwner),
		"booking":  referenceTo(aSigner, "blue", "u2", aRequest, anOwner),
		"question": referenceTo(aSigner, "blue", "u1", question{id: "q2"}, anOwner),
		"owner":    referenceTo(aSigner, "blue", "u1", aRequest, &ldapdir.Entry{DN: "uid=doe"}),
		"secret":   referenceTo(filter.NewSigner([]byte("another secret for this test")), "blue", "u1", aRequest, anOwner),
	} {
		if other.is(ref) {
			t.Errorf("another %s has the same reference", name)
		}
	}
}

// TestTagged: the reference comes back out of every address it was put into, and out of no other.
func TestTagged(t *testing.T) {
	ref := referenceTo(aSigner, "blue", "u1", aRequest, anOwner)
	tests := []struct {
		address    address.Address
		delimiters string
		tag        string // what stands between, "": the address stays as it is
	}{
		{"room@example.org", "+", "+"},
		{"room@example.org", "-+", "-"},
		{"room-1@example.org", "-+", "+"},
		{"room-1@example.org", "-", ""},
		{"room@example.org", "", ""},
		{address.Address(strings.Repeat("r", maxLocal-referenceLetters-1) + "@example.org"), "+", "+"},
		{address.Address(strings.Repeat("r", maxLocal-referenceLetters) + "@example.org"), "+", ""},
	}
	for _, tt := range tests {
		got, want := ref.tagged(tt.address, tt.delimiters), tt.address
		if tt.tag != "" {
			want = address.Must(tt.address.Local() + tt.tag + string(ref) + "@" + tt.address.Domain())
		}
		if got != want || len(got.Local()) > maxLocal {
			t.Errorf("tagged(%s, %q) = %s; want %s", tt.address, tt.delimiters, got, want)
		}
		if back := referenceIn(got, tt.delimiters); (tt.tag != "") != back.is(ref) || tt.tag == "" && back != "" {
			t.Errorf("of %s came back %q", got, back)
		}
	}
	for _, a := range []address.Address{"room@example.org", "room+lists@example.org", address.Address("+" + string(ref) + "@example.org"),
		address.Address("room+" + string(ref) + "x@example.org"), address.Address("room." + string(ref) + "@example.org"), ""} {
		if got := referenceIn(a, "+"); got != "" {
			t.Errorf("referenceIn(%s) = %q", a, got)
		}
	}
}

// TestQuestionUID: it names any booking that leaves room for it.
func TestQuestionUID(t *testing.T) {
	ref := referenceTo(aSigner, "blue", "u1", aRequest, anOwner)
	longest := itip.MaxUID - len(questionPrefix) - referenceLetters - 1
	for _, uid := range []string{"u1", "http://a-totally.stupid/?uid", "usher-x", "ü", strings.Repeat("u", longest)} {
		q, ok := ref.questionUID(uid)
		back, booking, known := bookingOf(q)
		if !ok || !known || !back.is(ref) || booking != uid {
			t.Errorf("%q, %v: of %q came back %q, %q, %v", q, ok, uid, back, booking, known)
		}
	}
	if q, ok := ref.questionUID(strings.Repeat("u", longest+1)); ok {
		t.Errorf("a UID of %d bytes has room", len(q))
	}
	for _, uid := range []string{"", "u1", "usher-", "usher-" + string(ref), "usher-" + string(ref) + "-", "usher-" + strings.ToUpper(string(ref)) + "-u1"} {
		if _, _, ok := bookingOf(uid); ok {
			t.Errorf("%q is the UID of a question", uid)
		}
	}
}

// FuzzReference: what comes by mail is a reference or none, and never a panic.
func FuzzReference(f *testing.F) {
	ref := string(referenceTo(aSigner, "blue", "u1", aRequest, anOwner))
	f.Add("room+"+ref+"@example.org", "usher-"+ref+"-u1", "id;ASKED;by")
	f.Add("@", "usher-", ";;")
	f.Fuzz(func(t *testing.T, to, uid, mark string) {
		if r := referenceIn(address.Address(to), "+-"); r != "" && !isReference(string(r)) {
			t.Errorf("%q holds %q", to, r)
		}
		if r, booking, ok := bookingOf(uid); ok {
			if again, fits := r.questionUID(booking); again != uid || !fits && len(uid) <= itip.MaxUID {
				t.Errorf("%q became %q", uid, again)
			}
		}
		c := &itip.Component{Name: itip.Event}
		c.SetText(questionProperty, mark)
		if q := questionOn(c); q.id != "" {
			q.mark(c)
			if again := questionOn(c); again != q {
				t.Errorf("%+v became %+v", q, again)
			}
		}
	})
}
