package envelope

import (
	"strings"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
)

// Limits implements filter.Limiter: what an account may use, as decisions have it. Accounts are those of entries,
// of logins the configuration names, and of its hosts.
func (m *module) Limits(name string, e *ldapdir.Entry) ([]filter.Limit, bool) {
	pr, ok := m.policy.counted(name, e)
	if !ok {
		return nil, false
	}
	l := m.policy.limitsOf(pr)
	if m.policy.rateExempt[name] {
		l.RcptPerHour, l.RcptPerDay = 0, 0
	}
	return []filter.Limit{
		{Counter: counterRcpts, Window: time.Hour, Most: l.RcptPerHour},
		{Counter: counterRcpts, Window: 24 * time.Hour, Most: l.RcptPerDay},
		{Counter: counterDenied, Window: deniedWindow, Most: l.DeniedRcpt10m},
	}, true
}

// counted is the principal that is counted under a name.
func (p *policy) counted(name string, e *ldapdir.Entry) (principal, bool) {
	if host, ok := strings.CutPrefix(name, "host:"); ok && e == nil {
		for i := range p.hosts {
			if h := &p.hosts[i]; h.name == host {
				return principal{host: h, account: name, own: account{senders: h.senders, limits: h.Limits}}, true
			}
		}
	}
	pr := principal{login: name, entry: e, account: name}
	known := false
	pr.own, known = p.accountNamed(pr)
	return pr, e != nil || known && name == ldapdir.Fold(name) // Robot is counted as robot
}
