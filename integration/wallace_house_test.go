package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/itip/imapcal/imaptest"
	"usher/ldapdir/ldap/slapdtest"
)

// house is a site with the directory and the calendars of a suite, and what its entries have done so far.
type house struct {
	*site
	t       *testing.T // of the entry that runs
	fixture wallaceFixture
	slapd   *slapdtest.Server
	imap    *imaptest.Server
	days    int // that the file's times are moved by
	began   time.Time

	uids    map[string]string // what the file calls A
	starts  map[string]string // of events and tasks by UID, as the file says them
	drafts  map[string]lines  // what was stored in a calendar by UID
	drafted string            // the UID of the newest, as the file calls it
	sends   []sendStep        // of the entry
	newest  map[string]string // the newest invitation to somebody by address and UID
	looksAt string            // whose copy of what is looked at, named likewise
	members map[string]string // what the file calls member M: the key of the resource
	letters []*letter
	asked   map[string]*letter // confirmation requests by the names that the file keeps them under
	last    sent               // the newest mail handed in

	calendars map[string][]imaptest.Message // as far as the step that is being taken has read them

	differs []string // what is not as the entry has it
	rows    []string // the statements by which we do something else, on purpose
}

const horizon = "26280h" // three years: the file's times reach two and a half years ahead

// houseOptions is what may differ between suites.
type houseOptions struct {
	imap    func(testing.TB) *imaptest.Server
	modules string // as they stand in the configuration
}

// newHouse starts the servers.
func newHouse(t *testing.T, f wallaceFixture, o houseOptions) *house {
	t.Helper()
	if f.person("john").Key == "" {
		f.Users = append(f.Users, wallacePerson{Key: "john", Name: "John Doe"}) // somebody has to ask
	}
	f.complete()
	h := &house{t: t, fixture: f, days: shiftFrom(time.Now()), began: time.Now().Add(-time.Minute), uids: map[string]string{}, starts: map[string]string{}, newest: map[string]string{}, drafts: map[string]lines{}, members: map[string]string{}, asked: map[string]*letter{}, calendars: map[string][]imaptest.Message{}}
	postfix.Need(t)
	h.slapd = slapdtest.Start(t, f.ldif())
	inMemory(func() { h.imap = o.imap(t) })
	logins := map[string]string{}
	for _, p := range f.Users {
		if !p.Elsewhere {
			logins[p.Mail] = imaptest.Password
		}
	}
	h.layFolders()
	for _, r := range f.Resources {
		if !r.collection() {
			h.imap.CreateShared(r.calendar())
		}
	}
	section := strings.ReplaceAll(imapSection(t, h.imap, imapOptions{}), "timeout: 2s", "timeout: 20s")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("the questions to owners are signed with this\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.site = newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", h.slapd.URL), users: logins, config: func(text string) string {
		return strings.NewReplacer(
			"{dir: calendars, zone: Europe/Berlin}", section,
			"submit: {", fmt.Sprintf("submit: {secret_file: %q, ", secret),
			"resource: {enabled: true}", o.modules).Replace(text)
	}})
	return h
}

// inMemory runs what makes temporary folders so that they lie in memory, if the machine has such a place with room:
// to wait for the disk at each of thousands of messages is most of a minute.
func inMemory(make func()) {
	const shm, room = "/dev/shm", 256 << 20
	var free syscall.Statfs_t
	if err := syscall.Statfs(shm, &free); err == nil && free.Bavail*uint64(free.Bsize) > room {
		before, had := os.LookupEnv("TMPDIR")
		os.Setenv("TMPDIR", shm)
		defer func() {
			if os.Setenv("TMPDIR", before); !had {
				os.Unsetenv("TMPDIR")
			}
		}()
	}
	make()
}

// The file's times are of 2014 and 2015. They are moved by years of 364 days, which keeps weekdays and nearly the
// season; what is compared are times of the clock, so that the changes of summer time do not matter.
var earliest = time.Date(2014, 2, 20, 0, 0, 0, 0, time.UTC)

const year = 364

// shiftFrom is by how many days the file's times are moved, so that the earliest is a week ahead or more.
func shiftFrom(now time.Time) (days int) {
	for earliest.AddDate(0, 0, days).Before(now.AddDate(0, 0, 7)) {
		days += year
	}
	return days
}

// moved reads a time of the file, with or without a clock, and gives it moved.
func (h *house) moved(text string) (at time.Time, dateOnly bool) {
	h.t.Helper()
	at, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		at, err = time.Parse(time.DateOnly, text)
		dateOnly = true
	}
	if err != nil {
		h.t.Fatalf("a time of the file: %v", err)
	}
	return at.AddDate(0, 0, h.days), dateOnly
}

const stamp = "20060102T150405" // iCalendar's way to write a time of the clock

var stamps = regexp.MustCompile(`\d{8}T\d{6}`)

// movedText moves every time in a text.
func (h *house) movedText(text string) string {
	return stamps.ReplaceAllStringFunc(text, func(s string) string {
		at, err := time.Parse(stamp, s)
		if err != nil {
			return s
		}
		return at.AddDate(0, 0, h.days).Format(stamp)
	})
}

// differ notes that something is not as the entry has it.
func (h *house) differ(format string, args ...any) {
	h.differs = append(h.differs, fmt.Sprintf(format, args...))
}

// otherwise notes what we do on purpose in another way than the entry has it; row is the statement that has it so.
func (h *house) otherwise(row string) { h.rows = append(h.rows, row) }

// key is the resource that the file means by a key, or by a letter that stands for the member of a collection.
func (h *house) resource(key string) (wallaceResource, bool) {
	if of, ok := h.members[key]; ok {
		key = of
	}
	r := h.fixture.resource(key)
	return r, r.Key != ""
}

// person is somebody of the fixture, by key.
func (h *house) person(key string) wallacePerson {
	h.t.Helper()
	p := h.fixture.person(key)
	if p.Key == "" {
		h.t.Fatalf("the file's fixture has no %q", key)
	}
	return p
}
