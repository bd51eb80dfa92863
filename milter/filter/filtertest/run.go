package filtertest

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/world"
)

var update = flag.Bool("update", false, "write what came into the cases as what is wanted")

// Run plays every case that matches the pattern against the module. directory is the LDIF file of cases that
// bring none of their own. The order of the pipeline is that of defs; all are enabled.
func Run(t *testing.T, pattern, directory string, defs ...filter.Definition) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases at %s: %v", pattern, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			c := load(t, file)
			r := runner{c: c, directory: directory, defs: defs}
			s := r.check(t)
			t.Run("planning twice gives the same plan and changes nothing", func(t *testing.T) { r.twice(t) })
			t.Run("a crash and a retry end in the same world", func(t *testing.T) { r.crashes(t, s) })
		})
	}
}

type runner struct {
	c         *Case
	directory string
	defs      []filter.Definition
}

// check plays the case and compares what came with what is wanted. It returns the world as it is then.
func (r *runner) check(t testing.TB) *stage {
	t.Helper()
	s := r.stage(t)
	got, err := s.play(t.Context(), r.c, s.world(calm))
	if err != nil {
		t.Fatal(err)
	}
	came := r.came(t, s, got)
	if *update {
		r.rewrite(t, came)
	} else {
		r.compare(t, came)
	}
	return s
}

// stage builds the world before the case, with its calendars in memory.
func (r *runner) stage(t testing.TB) *stage {
	t.Helper()
	s := r.stageOn(t, func(clock func() time.Time) calendars { return calendar.NewMemory(calendar.Options{Now: clock}) })
	r.fill(t, s.calendars)
	return s
}

// stageOn builds the world around the calendars that open makes.
func (r *runner) stageOn(t testing.TB, open func(clock func() time.Time) calendars) *stage {
	t.Helper()
	env, _, err := r.c.envelope()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{outbox: new(world.Outbox), done: new(world.MemoryLog)}
	s.clock = func() time.Time { return env.Time.Add(s.later) }
	s.calendars = open(s.clock)
	s.directory = r.open(t)
	host := filter.Host{Directory: s.directory, Calendars: s.calendars, Hostname: hostname, Signer: filter.NewSigner([]byte(secret)), Trust: r.trust(t)}
	for _, def := range r.defs {
		s.steps = append(s.steps, r.step(t, def, host))
	}
	return s
}

// fill stores what is in the calendars before.
func (r *runner) fill(t testing.TB, into calendar.Store) {
	t.Helper()
	for name, texts := range r.c.calendars() {
		for _, text := range texts {
			r.store(t, into, name, text)
		}
	}
}

func (r *runner) store(t testing.TB, into calendar.Store, name, text string) {
	t.Helper()
	objects, err := itip.Parse([]byte(text))
	if err != nil {
		t.Fatalf("calendar %s: %v", name, err)
	}
	for _, o := range objects {
		if err := into.Put(t.Context(), calendar.Put{Calendar: name, UID: o.UID(), Object: o}); err != nil {
			t.Fatalf("calendar %s: %v", name, err)
		}
	}
}

// open serves the directory of the case, or the suite's.
func (r *runner) open(t testing.TB) *ldapdir.Dir {
	t.Helper()
	file := r.directory
	if text, ok := r.c.section("directory.ldif"); ok {
		file = filepath.Join(t.TempDir(), "directory.ldif")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = file, "dc=example,dc=org", []string{"example.org"}, "kolab"
	cfg.Schema.Wanted = r.wanted(t)
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// wanted are the attributes that the modules read beside those the directory's schema names, as in a configuration.
func (r *runner) wanted(t testing.TB) (all []string) {
	t.Helper()
	for _, def := range r.defs {
		_, _ = def.Build(filter.Host{}, func(into any) error {
			if err := r.settings(def, into); err != nil {
				return err // told when the module is built
			}
			if a, ok := into.(interface{ DirectoryAttributes(string) []string }); ok {
				all = append(all, a.DirectoryAttributes("kolab")...)
			}
			return errLooking
		})
	}
	return all
}

var errLooking = errors.New("only looking at the settings")

// settings decodes those of the case.
func (r *runner) settings(def filter.Definition, into any) error {
	text, _ := r.c.section("settings")
	if text == "" {
		return nil
	}
	return config.Decode(def.Name, filepath.Dir(r.c.file), []byte(text), into)
}

// trust is whose word counts in this case.
func (r *runner) trust(t testing.TB) filter.Trust {
	t.Helper()
	var trust config.Trust
	if text, ok := r.c.section("trust"); ok {
		if err := config.Decode("trust", filepath.Dir(r.c.file), []byte(text), &trust); err != nil {
			t.Fatal(err)
		}
	}
	return trust.ForModules()
}

// step builds the module with the settings of the case.
func (r *runner) step(t testing.TB, def filter.Definition, host filter.Host) filter.Step {
	t.Helper()
	m, err := def.Build(host, func(into any) error { return r.settings(def, into) })
	if err != nil {
		t.Fatal(err)
	}
	return filter.Step{Name: def.Name, PerRecipient: def.PerRecipient, Own: def.Own, Setting: filter.Setting{Module: m, OnError: def.OnError}}
}

// twice plans without performing, twice, and looks whether anything differs or was touched.
func (r *runner) twice(t testing.TB) {
	s := r.stage(t)
	before := s.calendars.Snapshot()
	one, err := s.play(t.Context(), r.c, onlooker{})
	if err != nil {
		t.Fatal(err)
	}
	input := bytesOf(t, one.mail)
	two, err := s.play(t.Context(), r.c, onlooker{})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := r.plan(t, one), r.plan(t, two); a != b {
		t.Errorf("planned\n%s\nand then\n%s", a, b)
	}
	if wanted, _ := r.c.mail(); !bytes.Equal(input, bytesOf(t, wanted)) {
		t.Error("planning changed the mail it was given")
	}
	if one.touched || two.touched {
		t.Error("planning changed the envelope it was given")
	}
	if !reflect.DeepEqual(before, s.calendars.Snapshot()) || len(s.outbox.Mails()) > 0 {
		t.Error("planning changed the world")
	}
}

// crashes dies at each point of Apply in turn, lets the sender try again, and compares worlds.
func (r *runner) crashes(t testing.TB, calmEnd *stage) {
	var points []string
	s := r.stage(t)
	if _, err := s.play(t.Context(), r.c, s.world(func(p string) error { points = append(points, p); return nil })); err != nil {
		t.Fatal(err)
	}
	for i, point := range points {
		s := r.stage(t)
		n := 0
		die := func(string) error {
			if n++; n > i {
				return errCrash
			}
			return nil
		}
		if _, err := s.play(t.Context(), r.c, s.world(die)); err != nil {
			t.Fatal(err)
		}
		r.retry(t, s, "a crash at "+point, calmEnd)
	}
	// The answer itself may be lost: everything is done, and the mail comes again.
	if len(points) > 0 {
		r.retry(t, s, "a lost answer", calmEnd)
	}
}

// retryAfter is when a queue brings a mail again: other times stand in it then, and holds of the first attempt have
// lost their meaning.
const retryAfter = time.Hour

func (r *runner) retry(t testing.TB, s *stage, after string, want *stage) {
	t.Helper()
	s.later = retryAfter
	again, err := s.play(t.Context(), r.c, s.world(calm))
	if err != nil {
		t.Fatal(err)
	}
	if again.outcome.Refuse != nil && again.outcome.Refuse.Temporary() {
		t.Errorf("after %s the retry is answered %s", after, again.outcome.Refuse)
	}
	if got, want := s.calendars.Snapshot(), want.calendars.Snapshot(); !reflect.DeepEqual(got, want) {
		t.Errorf("after %s and a retry the calendars are\n%s\nwant\n%s", after, stored(got), stored(want))
	}
	if got, want := s.outbox.Distinct(), want.outbox.Distinct(); !slices.Equal(got, want) {
		t.Errorf("after %s and a retry %q was sent; want %q", after, got, want)
	}
	if holds := s.calendars.Holds(); len(holds) > 0 {
		t.Errorf("after %s and a retry holds are left: %v", after, holds)
	}
}

// compare looks at every wanted file, and for wanted files that are missing.
func (r *runner) compare(t testing.TB, came []txtar.File) {
	t.Helper()
	for _, f := range came {
		if want, ok := r.c.section(f.Name); !ok || want != string(f.Data) {
			t.Errorf("%s: %s is\n%s\nwant\n%s", r.c.file, f.Name, f.Data, want)
		}
	}
	for _, f := range r.c.archive.Files {
		if isWanted(f.Name) && !slices.ContainsFunc(came, func(c txtar.File) bool { return c.Name == f.Name }) {
			t.Errorf("%s: nothing came for %s", r.c.file, f.Name)
		}
	}
}

func isWanted(name string) bool { return name == "want" || strings.HasPrefix(name, "want-") }

func (r *runner) rewrite(t testing.TB, came []txtar.File) {
	t.Helper()
	a := *r.c.archive
	a.Files = slices.DeleteFunc(slices.Clone(a.Files), func(f txtar.File) bool { return isWanted(f.Name) })
	a.Files = append(a.Files, came...)
	if err := os.WriteFile(r.c.file, txtar.Format(&a), 0o644); err != nil {
		t.Fatal(err)
	}
}
