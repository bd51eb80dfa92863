package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"usher/milter/filter"
)

// maxReply bounds what a usher serve may answer, in bytes: a statement on maxReported accounts.
const maxReply = 64 << 20

// client asks the usher serve that has a state directory.
type client struct {
	path string
	http *http.Client
}

func newClient(dir string) *client {
	c := &client{path: filepath.Join(dir, controlSocket)}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", c.path)
	}
	c.http = &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: 2 * controlTime}
	return c
}

// running tells whether somebody may be there: anything but no socket, or one nobody listens on. What else is wrong
// shows when he is asked.
func (c *client) running() bool {
	conn, err := net.DialTimeout("unix", c.path, time.Second)
	if err == nil {
		conn.Close()
		return true
	}
	return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ECONNREFUSED)
}

// ask sends a question and reads the answer into a value.
func (c *client) ask(ctx context.Context, method, path string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://usher"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(r)
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the address that is none
	}
	if err != nil {
		return fmt.Errorf("ask usher serve: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, controlBytes))
		return fmt.Errorf("usher serve: %s", strings.TrimSpace(string(text)))
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReply)).Decode(answer); err != nil {
		return fmt.Errorf("read the answer of usher serve: %w", err)
	}
	return nil
}

func (c *client) suspend(ctx context.Context, account, why, by string) error {
	return c.ask(ctx, http.MethodPost, "/suspend", wish{account, why, by}, new(struct{}))
}

func (c *client) resume(ctx context.Context, account, by string) (bool, error) {
	var r resumption
	err := c.ask(ctx, http.MethodPost, "/resume", wish{Account: account, By: by}, &r)
	return r.Was, err
}

func (c *client) report(ctx context.Context, account string) (all statement, err error) {
	err = c.ask(ctx, http.MethodGet, "/limits?"+url.Values{"account": {account}}.Encode(), nil, &all)
	return all, err
}

func (c *client) close() error { return nil }

// remote is the ledger of a usher serve, for the modules of this process.
type remote struct {
	client *client
	log    *slog.Logger
}

// Used implements filter.Ledger.
func (r *remote) Used(account, counter string, window time.Duration, now time.Time) (u filter.Usage) {
	r.question("/used", url.Values{"account": {account}, "counter": {counter}, "window": {window.String()},
		"now": {now.Format(time.RFC3339Nano)}}, &u)
	return u
}

// Suspended implements filter.Ledger.
func (r *remote) Suspended(account string) (filter.Suspension, bool) {
	var s *filter.Suspension
	r.question("/suspended", url.Values{"account": {account}}, &s)
	if s == nil {
		return filter.Suspension{}, false
	}
	return *s, true
}

func (r *remote) question(path string, values url.Values, answer any) {
	if err := r.client.ask(context.Background(), http.MethodGet, path+"?"+values.Encode(), nil, answer); err != nil {
		r.log.Warn("what accounts have used is not known, they count as fresh", "err", err)
	}
}
