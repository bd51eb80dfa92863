package ldif

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/address"
	example "usher/examples/office"
	"usher/ldapdir"
)

// office is the directory of the example office.
var office = func() string {
	text, err := example.Files.ReadFile("office.ldif")
	if err != nil {
		panic(err)
	}
	return string(text)
}()

func fileOf(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.ldif")
	replace(t, path, text, time.Now().Add(-time.Hour))
	return path
}

// replace writes a file as if somebody had done so at a given time.
func replace(t testing.TB, path, text string, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func officeDir(t testing.TB) *ldapdir.Dir {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base = fileOf(t, office), "dc=example,dc=org"
	cfg.DomainSearch.Base = "ou=Domains,dc=example,dc=org"
	d, err := ldapdir.New(cfg, Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestOffice reads the example office through the Kolab mapping.
func TestOffice(t *testing.T) {
	d := officeDir(t)
	if err := d.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		addr     address.Address
		name     string
		kind     ldapdir.Kind
		calendar string
	}{
		{"john.doe@example.org", "John Doe", ldapdir.Person, ""},
		{"doe@example.org", "John Doe", ldapdir.Person, ""},
		{"john.doe+lists@office.example", "John Doe", ldapdir.Person, ""},
		{"meier@example.org", "Jürgen Meier", ldapdir.Person, ""},
		{"room@example.org", "Blue Room", ldapdir.Resource, "shared/Resources/Blue@example.org"},
		{"green@example.org", "Green Room", ldapdir.Resource, "shared/Resources/Green@example.org"},
		{"car@example.org", "Car", ldapdir.Resource, "shared/Resources/Car@example.org"},
		{"rooms@example.org", "Rooms", ldapdir.Collection, ""},
		{"wheels@example.org", "wheels", ldapdir.Collection, ""},
		{"staff@example.org", "staff", ldapdir.Group, ""},
		{"english@example.org", "english", ldapdir.Group, ""},
		{"info@example.org", "info", ldapdir.Forward, ""},
		{"support@example.org", "Support", ldapdir.Folder, "shared/Support@example.org"},
	} {
		e, ok, err := d.Lookup(t.Context(), tt.addr)
		if !ok || err != nil || e.Name != tt.name || e.Kind != tt.kind || e.Calendar != tt.calendar {
			t.Errorf("%s = %+v, %v, %v; want %+v", tt.addr, e, ok, err, tt)
		}
	}
	for _, nobody := range []address.Address{"gwen.gone@example.org", "nobody@example.org", "claire@elsewhere.example"} {
		if e, ok, err := d.Lookup(t.Context(), nobody); ok || err != nil {
			t.Errorf("%s = %+v, %v", nobody, e, err)
		}
	}
	everything, _, _ := d.Lookup(t.Context(), "everything@example.org")
	if rooms, err := d.Members(t.Context(), everything); len(rooms) != 3 || err != nil {
		t.Errorf("everything = %v, %v", rooms, err)
	}
	john, _, _ := d.Login(t.Context(), "doe")
	if len(john.Delegates) != 1 || !ldapdir.SameDN(john.Delegates[0], "uid=smith,ou=people,dc=example,dc=org") || john.Language != "en" || john.Attr("mailhost") != "imap.example.org" {
		t.Errorf("john = %+v", john)
	}
}

// TestReload: a changed file is read once it is left alone; a bad or missing one changes nothing.
func TestReload(t *testing.T) {
	const doe, jane = "dn: uid=doe,dc=x\nuid: doe\n", "dn: uid=jane,dc=x\nuid: jane\n"
	path := fileOf(t, doe)
	var log bytes.Buffer
	b, err := Open(ldapdir.Profile{LDIF: path}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	d := b.(*Directory)
	now := time.Now()
	d.now = func() time.Time { return now }
	has := func(step, uid string, want bool) {
		t.Helper()
		found, err := d.Search(t.Context(), ldapdir.Query{Filter: "(uid=" + uid + ")"})
		if err != nil || (len(found) > 0) != want {
			t.Errorf("%s: %s = %v, %v; want %v", step, uid, found, err, want)
		}
	}
	has("at first", "doe", true)
	replace(t, path, doe+"\n"+jane, now.Add(-time.Minute))
	has("looked at a moment ago", "jane", false)
	now = now.Add(time.Second)
	has("a second later", "jane", true)

	replace(t, path, doe, now.Add(time.Second)) // as if half written just now
	now = now.Add(time.Second)
	has("still being written", "jane", true)
	now = now.Add(time.Second)
	has("left alone", "jane", false)

	replace(t, path, "uid: doe\n", now.Add(-time.Minute))
	now = now.Add(time.Second)
	has("a bad file", "doe", true)
	now = now.Add(time.Second)
	has("still the bad file", "doe", true)
	if n := strings.Count(log.String(), "people.ldif:1: an entry begins with its dn"); n != 1 {
		t.Errorf("the mistake was logged %d times:\n%s", n, &log)
	}
	os.Remove(path)
	for range 2 {
		now = now.Add(time.Second)
		has("no file", "doe", true)
	}
	if n := strings.Count(log.String(), "no such file"); n != 1 {
		t.Errorf("the missing file was logged %d times:\n%s", n, &log)
	}
	if err := d.Reload(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Reload = %v", err)
	}
	replace(t, path, jane, now)
	if err := d.Reload(); err != nil {
		t.Error(err)
	}
	has("Reload", "jane", true)
	if _, err := Open(ldapdir.Profile{LDIF: t.TempDir()}, nil); err == nil {
		t.Error("a folder was read")
	}
}

// TestAnEditedFileCountsAtOnce, not after the ttl of the cache: somebody who adds a room wants to book it.
func TestAnEditedFileCountsAtOnce(t *testing.T) {
	const person = "dn: uid=%[1]s,dc=x\nobjectClass: inetOrgPerson\nuid: %[1]s\nmail: %[1]s@example.org\n\n"
	path := fileOf(t, fmt.Sprintf(person, "doe"))
	var backend *Directory
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains = path, "dc=x", []string{"example.org"}
	d, err := ldapdir.New(cfg, func(p ldapdir.Profile, log *slog.Logger) (ldapdir.Backend, error) {
		b, err := Open(p, log)
		backend = b.(*Directory)
		return b, err
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	known := func(uid string) bool {
		_, ok, err := d.Lookup(t.Context(), address.Must(uid+"@example.org"))
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !known("doe") || known("jane") {
		t.Fatal("the file is not read as it is")
	}
	replace(t, path, fmt.Sprintf(person, "jane"), time.Now().Add(-time.Minute))
	if err := backend.Reload(); err != nil {
		t.Fatal(err)
	}
	if known("doe") || !known("jane") {
		t.Error("answers are those of the file as it was")
	}
}

// TestIndexes: with and without an index the answers are the same.
func TestIndexes(t *testing.T) {
	records, err := read("office", strings.NewReader(office))
	if err != nil {
		t.Fatal(err)
	}
	plain := newStore(records, hints{})
	indexed := newStore(records, hints{indexed: []string{"mail", "Alias", "uid", "uniqueMember", "objectClass", "jpegPhoto"}})
	if len(indexed.indexes) != 4 {
		t.Errorf("%d indexes", len(indexed.indexes))
	}
	for _, filter := range []string{
		"(mail=ROOM@example.org)", "(|(mail=doe@example.org)(alias=doe@example.org))", "(|(mail=room@example.org)(alias=blue@example.org))",
		"(&(objectClass=device)(mail=room@example.org))", "(&(mail=room@example.org)(cn=green room))", "(!(mail=room@example.org))",
		"(|(mail=room@example.org)(cn=green room))", "(uniqueMember=UID=doe,ou=people,dc=example,dc=org)", "(|(uid=doe)(uid=nosuch)(nosuch=x))",
		"(&(uid=doe)(|(mail=x)(nosuch=x)))", "(&(nosuch=x)(cn=green room))",
	} {
		q := ldapdir.Query{Base: "dc=example,dc=org", Filter: filter, Attrs: []string{"mail"}}
		want, err1 := plain.search(context.Background(), q)
		got, err2 := indexed.search(context.Background(), q)
		if fmt.Sprint(got) != fmt.Sprint(want) || err1 != nil || err2 != nil {
			t.Errorf("%s: %v, %v; without index %v, %v", filter, got, err2, want, err1)
		}
	}
}

// TestKnownAttributes: an attribute the configuration names exists, even if nobody has it yet; otherwise
// "not disabled" would be nobody.
func TestKnownAttributes(t *testing.T) {
	d, err := Parse("f", []byte("dn: uid=doe,dc=x\nuid: doe\n"), ldapdir.Profile{Schema: ldapdir.Schema{
		Logins: []string{"uid"}, LoginFilter: "(&(uid=%s)(!(accountStatus=disabled)))", Extra: []string{"locked"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]int{
		"(&(uid=doe)(!(accountStatus=disabled)))": 1, "(!(LOCKED=*))": 1, "(!(nosuch=*))": 0, "(uid>=a)": 0, "(!(uid:caseExactMatch:=doe))": -1,
	} {
		found, err := d.Search(t.Context(), ldapdir.Query{Filter: filter})
		if (err != nil) != (want < 0) || err == nil && len(found) != want {
			t.Errorf("%s: %v, %v; want %d", filter, found, err, want)
		}
	}
}

// FuzzFilter holds that no filter breaks the evaluation, that not is not, and that indexes change nothing.
func FuzzFilter(f *testing.F) {
	records, err := read("office", strings.NewReader(office))
	if err != nil {
		f.Fatal(err)
	}
	plain, indexed := newStore(records, hints{}), newStore(records, hints{indexed: []string{"mail", "alias", "uid", "owner"}})
	for _, s := range []string{
		"(mail=*)", "(&(objectClass=person)(|(mail=a*b*c)(!(uid>=x))))", `(cn=\4a\c3\bc*)`, "(owner=uid=doe,ou=People,dc=example,dc=org)",
		"(cn:caseExactMatch:=x)", "(cn;lang-de=*x)", "(&)", "(telephoneNumber=*-5 *)", "(uidNumber<=-0)", "(cn=**)", "((uid=x))",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := ldapdir.Query{Base: "dc=example,dc=org", Filter: text}
		got, err := plain.search(context.Background(), q)
		again, errIndexed := indexed.search(context.Background(), q)
		if (err == nil) != (errIndexed == nil) || len(got) != len(again) {
			t.Fatalf("%d entries, %v; with indexes %d, %v", len(got), err, len(again), errIndexed)
		}
		if err != nil {
			return
		}
		q.Filter = "(!" + text + ")"
		rest, err := plain.search(context.Background(), q)
		if err == nil && len(got)+len(rest) > len(records) {
			t.Fatalf("%d match, %d do not, of %d", len(got), len(rest), len(records))
		}
		q.Filter = "(|" + text + "(!" + text + "))"
		if all, err := plain.search(context.Background(), q); err == nil && len(all) != len(got)+len(rest) {
			t.Fatalf("%d match, %d do not, but %d do either", len(got), len(rest), len(all))
		}
	})
}

func crowd(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "dn: uid=u%d,ou=People,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: u%d\ncn: Person %d\nsn: %d\nmail: person.%d@example.org\nalias: p%d@example.org\n\n", i, i, i, i, i, i)
	}
	return b.Bytes()
}

func BenchmarkSearch(b *testing.B) {
	profile := ldapdir.Config{Profile: ldapdir.Profile{LDIF: "x"}}.Complete().Profile
	d, err := Parse("crowd", crowd(5000), profile)
	if err != nil {
		b.Fatal(err)
	}
	for name, filter := range map[string]string{
		"indexed": "(|(mail=person.77@example.org)(alias=person.77@example.org))", "scan": "(sn=4711)",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				found, err := d.Search(b.Context(), ldapdir.Query{Filter: filter, Attrs: []string{"mail", "cn", "uid"}})
				if len(found) != 1 || err != nil {
					b.Fatal(found, err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	text := crowd(5000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse("crowd", text, ldapdir.Profile{}); err != nil {
			b.Fatal(err)
		}
	}
}
