package envelope

import (
	"usher/milter/filter"
)

// Config is the module's settings.
type Config struct {
	// SenderChecks are those at MAIL FROM and at the end of the header, RecipientChecks those at RCPT TO.
	SenderChecks    bool `yaml:"sender_checks"`
	RecipientChecks bool `yaml:"recipient_checks"`
	// Contact is whom a refused person may ask.
	Contact string `yaml:"contact"`

	// LocalSender says what an address of ours is worth on an inbound listener without a login.
	LocalSender    string `yaml:"local_sender" config:"oneof=accept|require-auth"`
	AuthNullSender string `yaml:"auth_null_sender" config:"oneof=mdn-only|reject|allow"`
	// DelegatePolicy says whose list of recipients counts for delegated mail.
	DelegatePolicy string       `yaml:"delegate_policy" config:"oneof=both|owner"`
	HeaderFrom     string       `yaml:"header_from" config:"oneof=none|authorized|aligned"`
	AllowResent    bool         `yaml:"allow_resent"`
	ReplyTo        string       `yaml:"reply_to" config:"oneof=any|local-owned"`
	SenderHeader   SenderHeader `yaml:"sender_header"`

	// AlwaysReachable are local parts that reach somebody in every domain of ours (RFC 2142).
	AlwaysReachable []string `yaml:"always_reachable"`
	// UnknownRecipient says what becomes of addresses of ours that nobody has, by domain; "*" is every other one.
	UnknownRecipient map[string]string `yaml:"unknown_recipient"`
	// KolabCompatOpenAllowlist: a list with allow rules alone restricts nobody, as in Kolab.
	KolabCompatOpenAllowlist bool   `yaml:"kolab_compat_open_allowlist"`
	Groups                   Groups `yaml:"groups"`
	// Posting says who may write to single addresses: public, internal or members.
	Posting map[string]string `yaml:"posting"`
	// SenderRules are who may write to single addresses, in the language of rules.
	SenderRules map[string][]string `yaml:"sender_rules"`

	// BlockSenders and AllowSenders are about senders, ExemptRecipients about recipients nobody is kept from.
	BlockSenders     []string `yaml:"block_senders"`
	AllowSenders     []string `yaml:"allow_senders"`
	ExemptRecipients []string `yaml:"exempt_recipients"`

	Limits     Limits   `yaml:"limits"`
	RateExempt []string `yaml:"rate_exempt"` // accounts

	Accounts map[string]Account `yaml:"accounts"` // by login
	Hosts    map[string]Host    `yaml:"hosts"`    // by name
	// LoginMaps and VirtualTables are tables of Postfix, read as such.
	LoginMaps     []string `yaml:"login_maps" config:"file"`
	VirtualTables []string `yaml:"virtual_tables" config:"file"`

	Attributes Attributes `yaml:"attributes"`
	Status     Status     `yaml:"status"`
}

// SenderHeader says which grants a Sender field tells of; several authors always have one (RFC 5322 3.6.2).
type SenderHeader struct {
	OnBehalf bool `yaml:"on_behalf"`
	Alias    bool `yaml:"alias"`
	SendAs   bool `yaml:"send_as"`
}

// Groups are settings for groups that say nothing themselves.
type Groups struct {
	DefaultMode      string `yaml:"default_mode" config:"oneof=public|internal|members"`
	AcceptNullSender bool   `yaml:"accept_null_sender"`
	// ExternalMembers: whether a member from outside is believed by his envelope sender.
	ExternalMembers string `yaml:"external_members" config:"oneof=envelope|none"`
	MaxDepth        int    `yaml:"max_depth"`
	MaxMembers      int    `yaml:"max_members"`
	// Networks bind the members of groups to client networks for submission.
	Networks []GroupNetwork `yaml:"networks"`
}

// GroupNetwork is a group and where its members may submit from.
type GroupNetwork struct {
	Group string    `yaml:"group" config:"required"` // its name (DN)
	Net   []Network `yaml:"net" config:"required"`
}

// Limits bound what one account may send; 0 is no limit.
type Limits struct {
	RcptPerMessage int         `yaml:"rcpt_per_message"`
	RcptPerHour    int         `yaml:"rcpt_per_hour"`
	RcptPerDay     int         `yaml:"rcpt_per_day"`
	DeniedRcpt10m  int         `yaml:"denied_rcpt_10m"`
	Size           filter.Size `yaml:"size"`
}

// Account is what the configuration says of one login, beside what the directory does.
type Account struct {
	Senders        []string `yaml:"senders"`         // addresses or @domain, also those that somebody owns
	RecipientRules []string `yaml:"recipient_rules"` // to whom it may write
	Limits         *Limits  `yaml:"limits"`          // instead of those for everybody
}

// Host is a machine that may send without a login.
type Host struct {
	Net        []Network `yaml:"net" config:"required"`
	Senders    []string  `yaml:"senders"`     // addresses or @domain
	Relay      bool      `yaml:"relay"`       // it sends for others: any sender
	Internal   bool      `yaml:"internal"`    // its senders are believed to be ours
	NullSender bool      `yaml:"null_sender"` // it may send reports
	Limits     *Limits   `yaml:"limits"`      // none unless given
}

// Attributes names the attributes of the directory that hold policy. A list that is left out is the one of the
// directory's preset.
type Attributes struct {
	SenderRules    []string `yaml:"sender_rules"`    // who may write to the entry; -attr: each value denies
	RecipientRules []string `yaml:"recipient_rules"` // to whom the entry may write
	SendAs         []string `yaml:"send_as"`         // who may write as the entry, and nobody sees it
	SendAsMembers  []string `yaml:"send_as_members"` // TRUE: members of the group may
	Patterns       []string `yaml:"patterns"`        // addresses or @domain that the entry may send as
	Posting        []string `yaml:"posting"`         // public, internal, members or moderated, for one address after a space
	Moderators     []string `yaml:"moderators"`
	SkipModeration []string `yaml:"skip_moderation"`
	MemberLogins   []string `yaml:"member_logins"` // of a group (posixGroup)
	Status         []string `yaml:"status"`

	RcptPerMessage []string `yaml:"rcpt_per_message"` // limits of the entry
	RcptPerHour    []string `yaml:"rcpt_per_hour"`
	RcptPerDay     []string `yaml:"rcpt_per_day"`
	Size           []string `yaml:"size"` // bytes
}

// Status says which values of the status attribute stop an account.
type Status struct {
	Suspended []string `yaml:"suspended"`
	Disabled  []string `yaml:"disabled"`
	// Text is what the account's owner reads; words behind the attribute's value come before it.
	Text string `yaml:"text"`
}

// defaults are the settings of a file that says nothing.
var defaults = Config{
	SenderChecks:     true,
	RecipientChecks:  true,
	LocalSender:      "accept",
	AuthNullSender:   "mdn-only",
	DelegatePolicy:   "both",
	HeaderFrom:       "authorized",
	ReplyTo:          "any",
	SenderHeader:     SenderHeader{OnBehalf: true},
	AlwaysReachable:  []string{"postmaster", "abuse"},
	UnknownRecipient: map[string]string{"*": "pass"},
	Groups:           Groups{DefaultMode: "public", ExternalMembers: "envelope", MaxDepth: 10, MaxMembers: 5000},
	Limits:           Limits{RcptPerMessage: 100, RcptPerHour: 1000, RcptPerDay: 5000, DeniedRcpt10m: 50, Size: 50 << 20},
	Status:           Status{Suspended: []string{"suspended"}, Disabled: []string{"disabled", "inactive", "deleted"}},
}
