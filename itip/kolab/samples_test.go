package kolab

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"usher/itip"
)

// samples are mails as Kolab's own software writes them. They are not ours, so they stay outside.
func samples(t testing.TB) []string {
	t.Helper()
	dir := os.Getenv("USHER_KOLAB")
	if dir == "" {
		t.Skip("NOT TESTED: USHER_KOLAB names no folder with objects that Kolab's software wrote")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.eml"))
	more, _ := filepath.Glob(filepath.Join(dir, "*", "*.eml"))
	if files = append(files, more...); len(files) < 50 {
		t.Fatalf("only %d objects in %s", len(files), dir)
	}
	return files
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reduced takes away what the shapes of the samples, made by another program, say otherwise or not at all.
func reduced(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if k == "mimetype" && inner == "audio/x-wav" {
				delete(v, k) // the type that Kolab's writer makes up
				continue
			}
			v[k] = reduced(inner)
		}
	case []any:
		for i := range v {
			v[i] = reduced(v[i])
		}
	}
	return v
}

func TestSamplesSayWhatKolabReads(t *testing.T) {
	checked := 0
	for _, name := range samples(t) {
		want := strings.TrimSuffix(name, ".eml") + ".read.json"
		if _, err := os.Stat(want); err != nil {
			continue
		}
		var read struct{ Object map[string]any }
		if err := json.Unmarshal(readFile(t, want), &read); err != nil {
			t.Fatal(err)
		}
		got := shape(t, mustRead(t, readFile(t, name)).Object)
		if !reflect.DeepEqual(reduced(got), reduced(read.Object)) {
			t.Errorf("%s\n%s", filepath.Base(name), contrast(got, read.Object))
		}
		checked++
	}
	if checked < 20 {
		t.Errorf("only %d compared", checked)
	}
}

func TestSamplesSurvive(t *testing.T) {
	for _, name := range samples(t) {
		first := mustRead(t, readFile(t, name))
		mail, err := Write(first)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again := mustRead(t, mail)
		if d := different(first.Object, again.Object); d != "" {
			t.Errorf("%s\n%s", name, d)
		}
		if len(first.Parts) != len(again.Parts) || first.From != again.From || first.To != again.To || !first.Date.Equal(again.Date) {
			t.Errorf("%s: %d parts, from %q to %q %v; want %d, %q, %q, %v", name, len(again.Parts), again.From, again.To, again.Date,
				len(first.Parts), first.From, first.To, first.Date)
		}
		for i := range first.Parts {
			if string(withCRLF(first.Parts[i].Raw)) != string(again.Parts[i].Raw) || first.Parts[i].ContentID != again.Parts[i].ContentID {
				t.Errorf("%s: attachment %q is now\n%s", name, first.Parts[i].ContentID, again.Parts[i].Raw)
			}
		}
		if kept := strings.Contains(xmlOf(t, mail), keptName); kept != strings.Contains(strings.ReplaceAll(string(first.Object.Encode()), "\r\n ", ""), "CUTYPE=ROOM") {
			t.Errorf("%s: kept beside what Kolab wrote: %v", name, kept)
		}
	}
}

func TestSamplesAreReadByKolab(t *testing.T) {
	o, count := newOracle(t), 0
	for _, name := range samples(t) {
		m := mustRead(t, readFile(t, name))
		mail, err := Write(m)
		if err != nil {
			t.Fatal(err)
		}
		before := o.ask(t, question{Op: "read", Kind: kindOf(m.Object), XML: xmlOf(t, readFile(t, name))})
		after := o.ask(t, question{Op: "read", Kind: kindOf(m.Object), XML: xmlOf(t, mail)})
		if after.Code != 0 || !reflect.DeepEqual(before.Object, withoutKept(after.Object)) {
			t.Errorf("%s: %d %s\n%s", name, after.Code, after.Message, contrast(after.Object, before.Object))
		}
		count++
	}
	t.Logf("%d objects", count)
}

func kindOf(o *itip.Object) string {
	if o.Kind() == itip.Todo {
		return "task"
	}
	return "event"
}

// withoutKept takes away what we keep for ourselves.
func withoutKept(o map[string]any) map[string]any {
	var custom []any
	list, _ := o["custom"].([]any)
	for _, c := range list {
		if m, _ := c.(map[string]any); m["name"] != keptName {
			custom = append(custom, c)
		}
	}
	if delete(o, "custom"); custom != nil {
		o["custom"] = custom
	}
	inner, _ := o["exceptions"].([]any)
	for _, e := range inner {
		withoutKept(e.(map[string]any))
	}
	return o
}
