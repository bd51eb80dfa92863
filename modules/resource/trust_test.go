package resource

import (
	"context"
	"errors"
	"strings"
	"testing"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/evidence"
	"usher/milter/filter"
	"usher/milter/message"
)

// people is a directory of one person; err is an outage.
type people struct {
	directory
	err error
}

func (p people) Lookup(_ context.Context, a address.Address) (*ldapdir.Entry, bool, error) {
	if a == "john.doe@example.org" {
		return &ldapdir.Entry{DN: "uid=doe", Addresses: []address.Address{a}}, true, p.err
	}
	return nil, false, p.err
}

func (p people) Domain(_ context.Context, domain string) (ldapdir.Domain, bool, error) {
	return ldapdir.Domain{Name: domain}, domain == "example.org", p.err
}

// TestADirectoryOutageIsNoMistrust: who could not be looked up is not nobody; the sender tries again.
func TestADirectoryOutageIsNoMistrust(t *testing.T) {
	down := errors.New("ldap down")
	tests := []struct {
		name      string
		organizer address.Address
		tx        filter.Envelope
		outage    error // while the mail is planned
		why       string
		err       bool
	}{
		{"login not resolved", "john.doe@example.org", filter.Envelope{From: "john.doe@example.org", User: "doe", Err: down}, nil, "", true},
		{"login known, sender not resolved", "john.doe@example.org", filter.Envelope{From: "x@example.org", User: "doe",
			Principal: &ldapdir.Entry{DN: "uid=doe"}, Err: down}, nil, "", false},
		{"login of two people", "john.doe@example.org", filter.Envelope{From: "john.doe@example.org", User: "doe", Err: ldapdir.ErrAmbiguous}, nil, "nobody in the directory", false},
		{"login of nobody", "john.doe@example.org", filter.Envelope{From: "john.doe@example.org", User: "x"}, nil, "nobody in the directory", false},
		{"domain not to be found out", "ann@outside.example", filter.Envelope{From: "ann@outside.example"}, down, "", true},
	}
	for _, tt := range tests {
		d := people{err: tt.outage}
		m := &module{directory: d, evidence: evidence.Judge{Directory: d, Outsiders: true}}
		var entry *ldapdir.Entry
		if tt.outage == nil {
			entry, _, _ = m.directory.Lookup(t.Context(), tt.organizer)
		}
		tx := &filter.Tx{Envelope: tt.tx, Message: message.New(message.Header{message.NewField("From", tt.organizer.String())}, message.Bytes(nil))}
		why, err := m.mistrust(t.Context(), tx, itip.User{Address: tt.organizer}, entry)
		if (err != nil) != tt.err || (why == "") != (tt.why == "") || !strings.Contains(why, tt.why) {
			t.Errorf("%s: mistrust = %q, %v; want %q, error %v", tt.name, why, err, tt.why, tt.err)
		}
	}
}

// TestAnOwnerWithoutAnAddressDecidesNothing: there is nobody a mail could be from.
func TestAnOwnerWithoutAnAddressDecidesNothing(t *testing.T) {
	m := &module{evidence: evidence.Judge{Directory: people{}}}
	tx := &filter.Tx{Envelope: filter.Envelope{From: "ann@outside.example"}, Message: message.New(nil, message.Bytes(nil))}
	if why, err := m.mistrustOwner(t.Context(), tx, &ldapdir.Entry{DN: "cn=x"}); why != "the owner has no address" || err != nil {
		t.Errorf("%q, %v", why, err)
	}
}
