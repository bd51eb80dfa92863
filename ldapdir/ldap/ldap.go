// Package ldap is the directory behind LDAP servers: a bounded pool of connections with failover, timeouts and
// reconnects around go-ldap.
//
// It knows go-ldap, TLS and which results are worth a second try; not what an entry means or how long an answer
// may be believed.
package ldap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/go-ldap/ldap/v3"

	"usher/ldapdir"
)

// Directory is a backend over one or several servers that hold the same entries. It is for many at once.
type Directory struct {
	profile ldapdir.Profile
	pool    *pool
}

var (
	_ ldapdir.Open      = Open
	_ ldapdir.Prober    = (*Directory)(nil)
	_ ldapdir.Monitored = (*Directory)(nil)
)

// Open makes a directory of a complete, checked profile. The first connection is made by the first question.
func Open(p ldapdir.Profile, log *slog.Logger) (ldapdir.Backend, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if _, err := tlsConfig(p, ""); err != nil {
		return nil, err
	}
	return &Directory{profile: p, pool: newPool(p, log)}, nil
}

// Search asks a server. A connection that died in the pool, a server that does not answer, is busy or shutting
// down is replaced by the next once; so a restart is not noticed.
func (d *Directory) Search(ctx context.Context, q ldapdir.Query) ([]ldapdir.Raw, error) {
	found, again, err := d.try(ctx, q, false)
	if again && ctx.Err() == nil {
		found, _, err = d.try(ctx, q, true)
	}
	return found, classify(err)
}

// try asks once; again tells whether another connection may do better.
func (d *Directory) try(ctx context.Context, q ldapdir.Query, fresh bool) (found []ldapdir.Raw, again bool, err error) {
	c, used, err := d.pool.get(ctx, fresh)
	if err != nil {
		return nil, false, err // every server was tried
	}
	stop := context.AfterFunc(ctx, c.hangup)
	found, err = c.search(q, d.profile)
	stopped, closed := stop(), c.IsClosing()
	d.pool.put(c, stopped && (err == nil || isAnswer(err)))
	if err == nil {
		return found, false, nil
	}
	err = fmt.Errorf("%s: %w", c.server.url, err)
	if !stopped {
		return nil, false, fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	if !unavailable(err) {
		return nil, false, err
	}
	// A pooled connection that was closed says nothing about the server; it may have been restarted since.
	if !used || !closed {
		d.pool.mark(c.server, err)
	}
	return nil, used || len(d.pool.servers) > 1, err
}

// Probe asks each server for the base, over a connection of its own.
func (d *Directory) Probe(ctx context.Context) error {
	var errs []error
	for _, s := range d.pool.servers {
		if err := d.probe(ctx, s); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.url, err))
		}
	}
	return errors.Join(errs...)
}

func (d *Directory) probe(ctx context.Context, s *server) error {
	c, err := dial(ctx, d.profile, s)
	if err != nil {
		return err
	}
	defer c.close()
	stop := context.AfterFunc(ctx, c.hangup)
	defer stop()
	found, err := c.search(ldapdir.Query{Base: d.profile.Base, Scope: ldapdir.Base, Filter: "(objectClass=*)", Attrs: []string{"objectClass"}}, d.profile)
	if err == nil && len(found) == 0 {
		return fmt.Errorf("base %s: no such entry, or not for us to see", d.profile.Base)
	}
	return err
}

// Servers tells which servers are passed over at the moment.
func (d *Directory) Servers() []ldapdir.ServerState { return d.pool.states() }

// Close ends all connections; questions on their way end as they come.
func (d *Directory) Close() error {
	d.pool.close()
	return nil
}

// isAnswer tells whether a server said it, in which case the connection is fine. go-ldap's own troubles have
// codes from 200 on, or none.
func isAnswer(err error) bool {
	var e *ldap.Error
	return errors.As(err, &e) && e.ResultCode < ldap.ErrorNetwork || errors.Is(err, ldapdir.ErrRefused) || errors.Is(err, ldapdir.ErrTooMany)
}

// unavailable tells whether it was the server that failed and not the question.
func unavailable(err error) bool {
	return !isAnswer(err) || ldap.IsErrorAnyOf(err, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable,
		ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultInvalidCredentials)
}

// classify tells a server that is there from one that is not.
func classify(err error) error {
	switch {
	case err == nil, errors.Is(err, ldapdir.ErrRefused), errors.Is(err, ldapdir.ErrTooMany), unavailable(err):
		return err
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultSizeLimitExceeded):
		return fmt.Errorf("%w: %w", ldapdir.ErrTooMany, err)
	}
	return fmt.Errorf("%w: %w", ldapdir.ErrRefused, err)
}
