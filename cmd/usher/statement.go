package main

import (
	"context"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/ledger"
)

// maxReported bounds the accounts of one statement.
const maxReported = 10_000

// statement is what accounts have used and may use, and which of them are suspended.
type statement struct {
	Accounts []spending `json:"accounts"`
	More     int        `json:"more,omitempty"` // accounts that found no room
}

// spending is that of one account.
type spending struct {
	Account   string      `json:"account"`
	Suspended *suspension `json:"suspended,omitempty"`
	Counters  []reading   `json:"counters"`
}

// reading is a counter within one window.
type reading struct {
	Counter string     `json:"counter"`
	Window  int        `json:"window"` // seconds
	Used    int        `json:"used"`
	Limit   int        `json:"limit,omitempty"` // 0: none
	Resets  *time.Time `json:"resets,omitempty"`
}

// suspension is why an account was stopped.
type suspension struct {
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
	By    string    `json:"by"`
}

// known tells whether anything was ever written about an account.
func (u spending) known() bool {
	for _, r := range u.Counters {
		if r.Used > 0 {
			return true
		}
	}
	return u.Suspended != nil
}

// reporter reads the ledger beside the limits of an engine.
type reporter struct {
	engine *engine
	ledger *ledger.Ledger
	now    time.Time
}

// all reports on everybody something is known of.
func (r reporter) all(ctx context.Context) statement {
	accounts, more := r.ledger.Accounts(maxReported)
	all := statement{Accounts: []spending{}, More: more}
	for _, a := range accounts {
		all.Accounts = append(all.Accounts, r.usage(ctx, a))
	}
	return all
}

// one reports on an account, also if nothing is known of it.
func (r reporter) one(ctx context.Context, name string) statement {
	a, ok := r.ledger.Account(name)
	if !ok {
		a = ledger.Account{Name: name}
	}
	return statement{Accounts: []spending{r.usage(ctx, a)}}
}

func (r reporter) usage(ctx context.Context, a ledger.Account) spending {
	u := spending{Account: a.Name, Counters: []reading{}}
	if s, ok := r.ledger.Suspended(a.Name); ok {
		u.Suspended = &suspension{s.Since, s.Why, s.By}
	}
	for _, l := range r.limits(ctx, a) {
		one := reading{Counter: l.Counter, Window: int(l.Window / time.Second), Limit: l.Most}
		if used := r.ledger.Used(a.Name, l.Counter, l.Window, r.now); used.Used > 0 {
			resets := used.Since.Add(l.Window)
			one.Used, one.Resets = used.Used, &resets
		}
		u.Counters = append(u.Counters, one)
	}
	return u
}

// limits are those that modules know, and what is counted without.
func (r reporter) limits(ctx context.Context, a ledger.Account) []filter.Limit {
	all, _ := limitsOf(r.engine.steps, a.Name, r.entry(ctx, a.Name))
	limited := map[string]bool{}
	for _, l := range all {
		limited[l.Counter] = true
	}
	for _, counter := range a.Counters {
		if !limited[counter] {
			all = append(all, filter.Limit{Counter: counter, Window: time.Hour}, filter.Limit{Counter: counter, Window: 24 * time.Hour})
		}
	}
	return all
}

// entry is whose account it is; nil: nobody's, or the directory does not say so in time.
func (r reporter) entry(ctx context.Context, name string) *ldapdir.Entry {
	if ctx.Err() != nil {
		return nil
	}
	e, _, err := r.engine.directory.Login(ctx, name)
	if account, ok := filter.AccountOf(e); err != nil || !ok || account != name {
		return nil
	}
	return e
}

// limitsOf asks the modules in their order, as they are for everybody, then as they are for some listener or domain.
func limitsOf(steps []filter.Step, account string, e *ldapdir.Entry) ([]filter.Limit, bool) {
	for _, s := range steps {
		settings := []filter.Setting{s.Setting}
		for _, v := range s.Variants {
			settings = append(settings, v.Setting)
		}
		for _, set := range settings {
			m, ok := set.Module.(filter.Limiter)
			if !ok {
				continue
			}
			if limits, ok := m.Limits(account, e); ok {
				return limits, true
			}
		}
	}
	return nil, false
}
