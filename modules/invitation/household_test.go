package invitation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/itip/imapcal"
	"usher/itip/imapcal/imaptest"
)

// household is people of three kinds whose calendars lie on an IMAP server.
type household struct {
	t         *testing.T
	server    *imaptest.Server
	config    imapcal.Config
	people    string
	names     []string
	direct    *imapcal.Store    // past the tap
	homes     map[string]string // the calendar of each person
	said      []string          // what the log would say
	summaries int               // that left in the place of answers
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	h := &household{t: t, server: imaptest.Memory(t), names: []string{"boss", "ann", "jane", "jack", "jill"}, homes: map[string]string{}}
	for name, policies := range map[string][]string{
		"boss": {"ALL_UPDATE_AND_NOTIFY"}, "ann": {"ALL_CANCEL_DELETE_AND_NOTIFY", "EVENT_ACCEPT_IF_NO_CONFLICT"},
		"jane": {"ALL_UPDATE_AND_NOTIFY", "ALL_REJECT"}, "jill": {"ALL_UPDATE"},
	} {
		h.people += someone(name, "example.org", policies...)
	}
	h.people += someone("jack", "example.org", "ALL_UPDATE", "ALL_DELEGATE") + "kolabDelegate: jill\n"
	h.config = imapcal.Defaults()
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte(h.server.AdminPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.config.User, h.config.PasswordFile, h.config.Login, h.config.Format = h.server.Admin, secret, imapcal.Login(h.server.Login), imapcal.ICal
	h.direct = h.open(h.server.Addr)
	for _, name := range h.names {
		user := name + "@example.org"
		h.server.AddUser(user)
		h.server.CreateFolder(user, "Calendar", "")
		folders, err := h.direct.Folders(t.Context(), user)
		if err != nil || len(folders) != 1 {
			t.Fatalf("calendars of %s: %v, %v", user, folders, err)
		}
		h.homes[name] = folders[0].Name
	}
	return h
}

// open opens the calendars as one more process would.
func (h *household) open(addr string) *imapcal.Store {
	h.t.Helper()
	c := h.config
	c.URL = []string{"imap://" + addr}
	s, err := imapcal.Open(c, imapcal.Options{Options: calendar.Options{HoldLife: 4 * time.Second, ConfirmWithin: time.Second}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	return s
}

// empty takes everything out of the calendars, but for the boss's event.
func (h *household) empty(attendees string) {
	h.t.Helper()
	for _, cal := range h.homes {
		_, ok, base, err := h.direct.Find(h.t.Context(), cal, "u1")
		if err == nil && ok {
			err = h.direct.Delete(h.t.Context(), cal, "u1", base)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	o := parse(h.t, object("", "u1", attendees))
	if err := h.direct.Put(h.t.Context(), calendar.Put{Calendar: h.homes["boss"], UID: "u1", Object: o}); err != nil {
		h.t.Fatal(err)
	}
}

// holds is how everybody stands to the event, as somebody's calendar has it; "" if it has none.
func (h *household) holds(name string) string {
	h.t.Helper()
	o, ok, _, err := h.direct.Find(h.t.Context(), h.homes[name], "u1")
	switch {
	case err != nil:
		h.t.Fatal(err)
	case !ok:
		return ""
	}
	is := map[string]string{}
	for _, u := range o.Master().Attendees() {
		is[u.Address.Local()] = u.Partstat
	}
	return fmt.Sprint(is, o.Master().Text("STATUS"), o.Master().Text("TRANSP"))
}

// owns is how somebody's copy says that he stands to the event himself, and whether it takes his time.
func (h *household) owns(name string) string {
	h.t.Helper()
	answers, rest, ok := strings.Cut(h.holds(name), "]")
	if !ok {
		return ""
	}
	_, own, _ := strings.Cut(answers, name+":")
	own, _, _ = strings.Cut(own, " ")
	return own + " " + rest
}
