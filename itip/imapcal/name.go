package imapcal

import (
	"errors"
	"net/url"
	"strings"
)

// A calendar's name is what the service account calls a server-wide folder,
//
//	shared/Resources/Blue@example.org
//
// or, for a folder of a user, ~, the user as percent-encoded as a path segment of a URL, and what that user calls it:
//
//	~jane@example.org/INBOX/Calendar

// personal gives the name of a user's calendar.
func personal(user, mailbox string) string { return "~" + url.PathEscape(user) + "/" + mailbox }

// split tells as whom to log in ("": as the service account itself) and which mailbox to open.
func split(cal string) (login, mailbox string, err error) {
	if rest, ok := strings.CutPrefix(cal, "~"); ok {
		user, mailbox, ok := strings.Cut(rest, "/")
		if login, err = url.PathUnescape(user); err == nil && ok && login != "" && mailbox != "" {
			if strings.ContainsFunc(login, isControl) {
				return "", "", errors.New("a user has no control characters in his name")
			}
			return login, mailbox, plain(mailbox)
		}
		return "", "", errors.New("a user's calendar is named ~user/mailbox")
	}
	if cal == "" {
		return "", "", errors.New("a calendar has a name")
	}
	return "", cal, plain(cal)
}

// plain refuses what no mailbox is called.
func plain(name string) error {
	if len(name) > 1000 || strings.ContainsFunc(name, isControl) || strings.ContainsAny(name, "*%") {
		return errors.New("no mailbox is named so")
	}
	return nil
}
