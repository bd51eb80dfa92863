package itip

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestCorpus reads the calendar parts of real clients' mails, which have other licences and stay outside:
// USHER_IMIP names their folder.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("USHER_IMIP")
	if folder == "" {
		t.Skip("SKIPPED: USHER_IMIP does not name a folder of .eml files; no mail of a real client was read")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no .eml files in %s: %v", folder, err)
	}
	parts := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, part := range calendarParts(t, m.Header.Get, m.Body) {
			parts++
			t.Run(filepath.Base(file), func(t *testing.T) { readReal(t, part) })
		}
	}
	if parts == 0 {
		t.Error("no calendar part was found")
	}
}

func readReal(t *testing.T, data []byte) {
	objects, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if again := reparse(t, o); !reflect.DeepEqual(o.Root, again.Root) {
			t.Errorf("changed by writing:\n%s\n%s", o.Encode(), again.Encode())
		}
		master := o.Scheduled()[0]
		p, ok := master.Prop("DTSTART")
		if !ok {
			continue
		}
		w, err := p.when()
		if err != nil {
			t.Fatal(err)
		}
		start := time.Unix(w.wall, 0)
		is, err := o.Instances(start.AddDate(0, 0, -2), start.AddDate(1, 0, 0), berlin)
		if err != nil || len(is) == 0 {
			t.Errorf("%d instances, %v", len(is), err)
		}
	}
}

// calendarParts are the decoded text/calendar parts of a mail.
func calendarParts(t *testing.T, header func(string) string, body io.Reader) [][]byte {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		return nil
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if kind == "text/calendar" {
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return [][]byte{data}
	}
	var found [][]byte
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err != nil {
				return found
			}
			found = append(found, calendarParts(t, p.Header.Get, p)...)
		}
	}
	return found
}
