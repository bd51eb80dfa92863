package filtertest

import (
	"fmt"
	"testing"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/world"
)

const (
	told = "From: room@example.org\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\n" +
		"BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260301T120000Z\r\nDTSTART:20260309T090000Z\r\nDTEND:20260309T100000Z\r\n" +
		"ORGANIZER:mailto:john.doe@example.org\r\nATTENDEE;PARTSTAT=%s:mailto:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	stands = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260301T120000Z\r\n" +
		"DTSTART:20260309T090000Z\r\nDTEND:20260309T100000Z\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n"
)

// TestWitness: an answer that the calendars do not bear out is a lie.
func TestWitness(t *testing.T) {
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = "../../../examples/office/office.ldif", "dc=example,dc=org", []string{"example.org"}, "kolab"
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const nothing = "nothing"
	for _, tt := range []struct {
		says, who, stored string
		lies              int
	}{
		{"ACCEPTED", "room@example.org", nothing, 1},
		{"ACCEPTED", "room@example.org", "", 0},
		{"ACCEPTED", "room@example.org", "STATUS:CANCELLED\r\n", 1},
		{"TENTATIVE", "room@example.org", "TRANSP:TRANSPARENT\r\n", 1},
		{"DECLINED", "room@example.org", "", 1},
		{"DECLINED", "room@example.org", nothing, 0},
		{`DELEGATED;DELEGATED-TO="mailto:room@example.org"`, "rooms@example.org", nothing, 1},
		{`DELEGATED;DELEGATED-TO="mailto:room@example.org"`, "rooms@example.org", "", 0},
		{"ACCEPTED", "jane.smith@example.org", nothing, 0},
	} {
		m := calendar.NewMemory(calendar.Options{})
		if tt.stored != nothing {
			all, err := itip.Parse([]byte(fmt.Sprintf(stands, tt.stored)))
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Put(t.Context(), calendar.Put{Calendar: "shared/Resources/Blue@example.org", UID: "u", Object: all[0]}); err != nil {
				t.Fatal(err)
			}
		}
		w := witness{calendars: m, directory: d}
		if err := w.hear(t.Context(), world.Mail{Data: []byte(fmt.Sprintf(told, tt.says, tt.who))}); err != nil {
			t.Fatal(err)
		}
		if len(w.lies) != tt.lies {
			t.Errorf("%s of %s, with %q stored: %q", tt.says, tt.who, tt.stored, w.lies)
		}
		if err := w.lastWords(t.Context()); err != nil || len(w.lies) != 2*tt.lies {
			t.Errorf("%s of %s, with %q stored, in the end: %q, %v", tt.says, tt.who, tt.stored, w.lies, err)
		}
	}
}
