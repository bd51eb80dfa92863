package imapcal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// box is what SELECT says of a mailbox.
type box struct {
	validity uint32
	count    int                  // of messages
	state    state                // zero if the server does not count changes
	keeps    func(imap.Flag) bool // whether a keyword stays on a message
}

// state tells whether something happened in a folder: as long as it stays the same and no message goes away, nothing
// did (RFC 7162).
type state struct {
	next   imap.UID // UIDNEXT
	modseq uint64   // HIGHESTMODSEQ
}

func (c *conn) noop(ctx context.Context, timeout time.Duration) error {
	return c.do(ctx, timeout, func(client *imapclient.Client) error { return client.Noop().Wait() })
}

// open selects a mailbox, also when it is selected: that is as quick as NOOP, shows what others did as NOOP does,
// and finds out when the mailbox was deleted or made anew behind our back.
func (c *conn) open(ctx context.Context, timeout time.Duration, mailbox string) (b box, err error) {
	err = c.do(ctx, timeout, func(client *imapclient.Client) error {
		data, err := client.Select(mailbox, &imap.SelectOptions{CondStore: c.counts()}).Wait()
		if err != nil {
			return err
		}
		if data.UIDValidity == 0 {
			return errors.New("the server tells no UIDVALIDITY")
		}
		c.fresh, b.validity, b.count = true, data.UIDValidity, int(data.NumMessages)
		if data.HighestModSeq > 0 && data.UIDNext > 0 {
			b.state = state{data.UIDNext, data.HighestModSeq}
		}
		b.keeps = func(f imap.Flag) bool {
			return hasFlag(data.PermanentFlags, imap.FlagWildcard) || hasFlag(data.PermanentFlags, f)
		}
		return nil
	})
	return b, err
}

// counts tells whether the server counts changes.
func (c *conn) counts() bool { return c.caps.Has(imap.CapCondStore) }

// hasFlag compares keywords as RFC 9051 2.3.2 says: without case.
func hasFlag(flags []imap.Flag, f imap.Flag) bool {
	return slices.ContainsFunc(flags, func(g imap.Flag) bool { return strings.EqualFold(string(g), string(f)) })
}

// list gives the UIDs of all messages that are not deleted, in order. Unless the folder was opened right before, a
// NOOP goes first: on Dovecot another connection's new message is invisible without. It is waited for: Cyrus answers
// two commands sent together with two small packets, of which TCP (Nagle, delayed ACK) holds the second for 40 ms.
func (c *conn) list(ctx context.Context, timeout time.Duration, limit int) ([]imap.UID, error) {
	var data *imap.SearchData
	criteria := &imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}
	var options *imap.SearchOptions
	if c.caps.Has(imap.CapESearch) || c.caps.Has(imap.CapIMAP4rev2) {
		options = &imap.SearchOptions{ReturnAll: true}
	}
	fresh := c.fresh
	err := c.do(ctx, timeout, func(client *imapclient.Client) (err error) {
		if !fresh {
			if err := client.Noop().Wait(); err != nil {
				return err
			}
		}
		data, err = client.UIDSearch(criteria, options).Wait()
		return err
	})
	if err != nil {
		return nil, err
	}
	return numbers(data, limit)
}

// numbers spells a set of UIDs out, if it is not too many.
func numbers(data *imap.SearchData, limit int) ([]imap.UID, error) {
	set, _ := data.All.(imap.UIDSet)
	count := 0
	for _, r := range set {
		if r.Stop < r.Start || r.Start == 0 {
			return nil, errors.New("the server answers with an endless set of messages")
		}
		if count += int(r.Stop-r.Start) + 1; count > limit {
			return nil, fmt.Errorf("more than %d messages", limit)
		}
	}
	uids, _ := set.Nums()
	slices.Sort(uids)
	return uids, nil
}

// flags gives the flags of messages as of the last look or NOOP; those that are gone are left out.
func (c *conn) flags(ctx context.Context, timeout time.Duration, uids []imap.UID) (map[imap.UID][]imap.Flag, error) {
	return c.flagsOf(ctx, timeout, imap.UIDSetNum(uids...), 0)
}

// changed gives the flags of all messages that are new, or whose flags changed, since a state.
func (c *conn) changed(ctx context.Context, timeout time.Duration, since state) (map[imap.UID][]imap.Flag, error) {
	return c.flagsOf(ctx, timeout, imap.UIDSet{{Start: 1}}, since.modseq)
}

func (c *conn) flagsOf(ctx context.Context, timeout time.Duration, uids imap.UIDSet, since uint64) (map[imap.UID][]imap.Flag, error) {
	all := map[imap.UID][]imap.Flag{}
	err := c.do(ctx, timeout, func(client *imapclient.Client) error {
		ms, err := client.Fetch(uids, &imap.FetchOptions{UID: true, Flags: true, ChangedSince: since}).Collect()
		for _, m := range ms {
			all[m.UID] = m.Flags
		}
		return err
	})
	return all, err
}

// message is one message as it was fetched.
type message struct {
	uid      imap.UID
	flags    []imap.Flag
	received time.Time // the server's clock when it was appended, if whoever appended it said nothing else
	size     int64
	body     []byte // at most the limit asked for
	whole    bool   // body and flags were sent
}

// fetch hands out messages one by one, each cut off after limit bytes. Those that are gone are left out.
func (c *conn) fetch(ctx context.Context, timeout time.Duration, uids []imap.UID, limit int, each func(message)) error {
	options := &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true, Partial: &imap.SectionPartial{Size: int64(limit)}}}}
	return c.do(ctx, timeout, func(client *imapclient.Client) error {
		fetch := client.Fetch(imap.UIDSetNum(uids...), options)
		defer fetch.Close()
		var failed error
		for data := fetch.Next(); data != nil; data = fetch.Next() {
			m, err := collect(data, limit)
			if failed = errors.Join(failed, err); failed == nil && m.whole {
				each(m)
			}
		}
		return errors.Join(failed, fetch.Close())
	})
}

// collect reads one message. What was sent unasked about another change of it has no body and is not whole.
func collect(data *imapclient.FetchMessageData, limit int) (m message, err error) {
	var hasBody, hasFlags bool
	for item := data.Next(); item != nil; item = data.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			m.uid = item.UID
		case imapclient.FetchItemDataFlags:
			m.flags, hasFlags = item.Flags, true
		case imapclient.FetchItemDataInternalDate:
			m.received = item.Time
		case imapclient.FetchItemDataRFC822Size:
			m.size = item.Size
		case imapclient.FetchItemDataBodySection:
			hasBody = true
			if item.Literal != nil && err == nil {
				m.body, err = io.ReadAll(io.LimitReader(item.Literal, int64(limit)))
			}
		}
	}
	m.whole = hasBody && hasFlags && m.uid != 0
	return m, err
}

// append stores a message.
func (c *conn) append(ctx context.Context, timeout time.Duration, mailbox string, mail []byte, flags ...imap.Flag) error {
	return c.do(ctx, timeout, func(client *imapclient.Client) error {
		cmd := client.Append(mailbox, int64(len(mail)), &imap.AppendOptions{Flags: flags})
		_, writeErr := cmd.Write(mail)
		closeErr := cmd.Close()
		if _, err := cmd.Wait(); err != nil {
			return err
		}
		return errors.Join(writeErr, closeErr)
	})
}

// cleared is what became of a message whose keyword was to be taken off.
type cleared struct {
	shown bool // the server's answer showed the message without the keyword
	there bool // it was there afterwards
	clear bool // and without the keyword
}

// clear takes a keyword off a message.
func (c *conn) clear(ctx context.Context, timeout time.Duration, uid imap.UID, keyword imap.Flag) (r cleared, err error) {
	err = c.do(ctx, timeout, func(client *imapclient.Client) error {
		store := client.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsDel, Flags: []imap.Flag{keyword}}, nil)
		answers, err := store.Collect()
		for _, m := range answers {
			r.shown = r.shown || m.UID == uid && !hasFlag(m.Flags, keyword)
		}
		return err
	})
	if err != nil {
		return r, err
	}
	// A STORE on a message that is gone is silently OK, so it is looked at again, and not in the view from before.
	if err := c.noop(ctx, timeout); err != nil {
		return r, err
	}
	seen, err := c.flags(ctx, timeout, []imap.UID{uid})
	flags, ok := seen[uid]
	r.there = ok && !hasFlag(flags, imap.FlagDeleted)
	r.clear = r.there && !hasFlag(flags, keyword)
	return r, err
}

// remove deletes messages, and no others.
func (c *conn) remove(ctx context.Context, timeout time.Duration, uids []imap.UID) error {
	return c.do(ctx, timeout, func(client *imapclient.Client) error {
		set := imap.UIDSetNum(uids...)
		store := client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil)
		if err := store.Close(); err != nil {
			return err
		}
		if !c.caps.Has(imap.CapUIDPlus) && !c.caps.Has(imap.CapIMAP4rev2) {
			return nil // others' deleted messages are not ours to expunge; a deleted one counts as gone
		}
		return client.UIDExpunge(set).Close()
	})
}
