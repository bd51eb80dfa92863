package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// whose finds the account somebody means: a login, an address, or a name of the modules' settings such as
// host:scanner. It is the name that modules count under, whichever of his names somebody is given by.
func (e *engine) whose(ctx context.Context, name string) (string, error) {
	entry, ok, err := e.directory.Login(ctx, name)
	if err != nil && !errors.Is(err, ldapdir.ErrAmbiguous) {
		return "", failed(exitTemporary, err)
	}
	if account, has := accountOf(entry); ok && has {
		return account, nil
	}
	if account, err := e.whoseAddress(ctx, name); account != "" || err != nil {
		return account, err
	}
	if err != nil {
		return "", failed(exitNoUser, err)
	}
	for _, account := range []string{name, ldapdir.Fold(name)} {
		if _, ok := limitsOf(e.steps, account, nil); ok {
			return account, nil
		}
	}
	return "", failed(exitNoUser, fmt.Errorf("no account %q: no login and no address of the directory, and no account or host of the configuration", name))
}

// whoseAddress is the account of an address's one owner; "" if the directory does not know it.
func (e *engine) whoseAddress(ctx context.Context, name string) (string, error) {
	a, err := address.Parse(name)
	if err != nil || a == "" || a.Domain() == "" {
		return "", nil
	}
	m, ok, err := e.directory.Resolve(ctx, a)
	if err != nil {
		return "", failed(exitTemporary, err)
	}
	if !ok {
		return "", nil
	}
	var accounts []string
	for _, owner := range m.Owners {
		if account, has := accountOf(owner); has && !slices.Contains(accounts, account) {
			accounts = append(accounts, account)
		}
	}
	switch len(accounts) {
	case 1:
		return accounts[0], nil
	case 0:
		return "", failed(exitNoUser, fmt.Errorf("no account %q: %s logs in nowhere", name, whois(m.Entry(), nil)))
	}
	return "", failed(exitNoUser, fmt.Errorf("%s belongs to several accounts, say which: %s", a, strings.Join(accounts, ", ")))
}

// accountOf is that of somebody who can log in. Some directories log in by address, and groups have one, too; still
// nobody is one.
func accountOf(e *ldapdir.Entry) (string, bool) {
	if e == nil || e.Kind == ldapdir.Group || e.Kind == ldapdir.Collection {
		return "", false
	}
	return filter.AccountOf(e)
}
