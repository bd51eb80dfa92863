package ldap

import (
	"fmt"

	"github.com/go-ldap/ldap/v3"

	"usher/ldapdir"
)

// maxEntries bounds a search that has no limit of its own.
const maxEntries = 1_000_000

var scopes = map[ldapdir.Scope]int{
	ldapdir.Sub: ldap.ScopeWholeSubtree, ldapdir.Base: ldap.ScopeBaseObject, ldapdir.One: ldap.ScopeSingleLevel,
}

// search asks page by page, so that a server's size limit for one answer does not cut the whole.
func (c *conn) search(q ldapdir.Query, p ldapdir.Profile) ([]ldapdir.Raw, error) {
	if _, err := ldapdir.FilterAttrs(q.Filter); err != nil { // go-ldap's compiler has no bound on depth
		return nil, fmt.Errorf("%w: %w", ldapdir.ErrRefused, err)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = maxEntries
	}
	req := ldap.NewSearchRequest(q.Base, scopes[q.Scope], ldap.NeverDerefAliases, 0, 0, false, q.Filter, q.Attrs, nil)
	var paging *ldap.ControlPaging
	if q.Scope != ldapdir.Base && limit > p.PageSize {
		// Our limit is not told: slapd refuses one above its own, though the pages would stay below it.
		paging = ldap.NewControlPaging(uint32(p.PageSize))
		req.Controls = []ldap.Control{paging}
	} else if q.Limit > 0 {
		req.SizeLimit = q.Limit
	}
	var found []ldapdir.Raw
	for {
		page, err := c.Conn.Search(req)
		if notThere(err, q) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if len(page.Referrals) > 0 && p.Referrals != "ignore" {
			return nil, fmt.Errorf("%w: part of the answer is elsewhere: %s", ldapdir.ErrRefused, page.Referrals[0])
		}
		for _, e := range page.Entries {
			found = append(found, raw(e))
		}
		if len(found) > limit {
			// The pages not fetched are forgotten with the connection or the next search on it.
			return nil, fmt.Errorf("%w: more than %d match", ldapdir.ErrTooMany, limit)
		}
		if paging == nil || !next(page, paging) {
			return found, nil
		}
	}
}

// next prepares the request for the page after this; false when there is none.
func next(page *ldap.SearchResult, paging *ldap.ControlPaging) bool {
	answer, ok := ldap.FindControl(page.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
	if !ok || len(answer.Cookie) == 0 {
		return false
	}
	paging.SetCookie(answer.Cookie)
	return true
}

// notThere: an entry that is asked for by name and does not exist is no failure; a name the server cannot read
// names nobody. For a deeper search both mean that the configuration is wrong.
func notThere(err error, q ldapdir.Query) bool {
	return q.Scope == ldapdir.Base && ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax)
}

func raw(e *ldap.Entry) ldapdir.Raw {
	r := ldapdir.Raw{DN: e.DN, Attrs: make(map[string][]string, len(e.Attributes))}
	for _, a := range e.Attributes {
		r.Attrs[a.Name] = append(r.Attrs[a.Name], a.Values...)
	}
	return r
}
