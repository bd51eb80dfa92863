package imapcal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// neededRights are those without which a server-wide folder cannot be booked (RFC 4314): l and r to look, w for the
// keyword, i for APPEND, t and e to remove.
const neededRights = "lrwite"

// neededAlone are those of a process that books alone: it appends no holds, and so needs no keyword.
const neededAlone = "lrite"

// holds tells whether holds are written into folders.
func (s *Store) holds() bool { return s.config.Writers != OneWriter }

func (s *Store) neededRights() string {
	if s.holds() {
		return neededRights
	}
	return neededAlone
}

// Probe goes as far as one can without a calendar: connection, TLS, login of the service account.
func (s *Store) Probe(ctx context.Context) error {
	return s.asUser(ctx, "", func(c *conn) error { return c.noop(ctx, s.config.Timeout) })
}

// ProbeCalendar tells why a calendar cannot be booked as far as its folder shows: it is not there, the account
// lacks rights, it keeps no keywords for holds. Nothing is written, and no object is read.
func (s *Store) ProbeCalendar(ctx context.Context, cal string) error {
	login, mailbox, err := split(cal)
	if err == nil {
		err = s.asUser(ctx, login, func(c *conn) error { return s.probeFolder(ctx, c, mailbox) })
	}
	if err != nil {
		return fmt.Errorf("calendar %s: %w", cal, err)
	}
	return nil
}

func (s *Store) probeFolder(ctx context.Context, c *conn, mailbox string) error {
	b, err := c.open(ctx, s.config.Timeout, mailbox)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	if missing, err := c.missingRights(ctx, s, mailbox); err != nil || missing != "" {
		return errors.Join(err, s.lacks(missing))
	}
	if s.holds() && !b.keeps(keyword) {
		return fmt.Errorf("the folder keeps no keywords such as %s", keyword)
	}
	return nil
}

func (s *Store) lacks(rights string) error {
	if rights == "" {
		return nil
	}
	return fmt.Errorf("the account lacks the rights %s of %s (RFC 4314)", rights, s.neededRights())
}

// missingRights asks a server with access control lists which of the rights we lack.
func (c *conn) missingRights(ctx context.Context, s *Store, mailbox string) (missing string, err error) {
	if !c.caps.Has(imap.CapACL) {
		return "", nil
	}
	err = c.do(ctx, s.config.Timeout, func(client *imapclient.Client) error {
		data, err := client.MyRights(mailbox).Wait()
		if err != nil {
			return fmt.Errorf("ask for the rights: %w", err)
		}
		for _, r := range s.neededRights() {
			if !strings.ContainsRune(string(data.Rights), r) {
				missing += string(r)
			}
		}
		return nil
	})
	return missing, err
}
