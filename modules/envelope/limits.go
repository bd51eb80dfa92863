package envelope

import (
	"cmp"
	"strconv"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
)

// The counters of an account.
const (
	counterRcpts  = "rcpt"   // recipients accepted
	counterDenied = "denied" // recipients refused by policy
)

// deniedWindow is that of denied_rcpt_10m.
const deniedWindow = 10 * time.Minute

// limitsOf are the limits of a principal: those of its entry, else of its account, else of everybody. A host has
// those it is given, a stranger has none: what may come in is for the mail server to say.
func (p *policy) limitsOf(pr principal) Limits {
	l := p.Limits
	switch {
	case pr.anonymous():
		return Limits{}
	case pr.own.limits != nil:
		l = *pr.own.limits
	case pr.host != nil:
		return Limits{}
	}
	if pr.entry == nil {
		return l
	}
	for _, one := range []struct {
		attrs []string
		limit *int
	}{{p.attrs.RcptPerMessage, &l.RcptPerMessage}, {p.attrs.RcptPerHour, &l.RcptPerHour}, {p.attrs.RcptPerDay, &l.RcptPerDay}} {
		if n, ok := number(pr.entry, one.attrs); ok {
			*one.limit = int(n)
		}
	}
	if n, ok := number(pr.entry, p.attrs.Size); ok {
		l.Size = filter.Size(n)
	}
	return l
}

// number is the first value of an entry that is one; a malformed one is no limit of its own.
func number(e *ldapdir.Entry, attrs []string) (int64, bool) {
	for _, v := range values(e, attrs) {
		if n, ok := limitOf(v); ok {
			return n, true
		}
	}
	return 0, false
}

// limitOf reads a limit as a directory has it.
func limitOf(value string) (int64, bool) {
	n, err := strconv.ParseInt(value, 10, 63)
	return n, err == nil && n >= 0
}

// rate tells whether the account may send to one recipient more.
func (p *policy) rate(f *facts, env *filter.Envelope, pr principal) outcome {
	limits := p.limitsOf(pr)
	if pr.account == "" || p.rateExempt[pr.account] {
		return outcome{}
	}
	for _, l := range []struct {
		most   int
		window time.Duration
	}{{limits.RcptPerHour, time.Hour}, {limits.RcptPerDay, 24 * time.Hour}} {
		if l.most <= 0 {
			continue
		}
		used, t := f.usedBy(pr.account, counterRcpts, l.window)
		if t == unsure {
			return unavailable()
		}
		if used.Used >= l.most {
			since := cmp.Or(used.Since, env.Time)
			return outcome{reason: limitRate, limit: limit{int64(l.most), int64(used.Used), l.window, since.Add(l.window)}}
		}
	}
	return outcome{}
}

// overDenied tells whether an account guessed too many addresses, and how many it has.
func (p *policy) overDenied(f *facts, pr principal, more int) truth {
	most := p.limitsOf(pr).DeniedRcpt10m
	if most <= 0 || pr.account == "" {
		return no
	}
	used, t := f.usedBy(pr.account, counterDenied, deniedWindow)
	if t == unsure {
		return unsure
	}
	return truthOf(used.Used+more >= most)
}
