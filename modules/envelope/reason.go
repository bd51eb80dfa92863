package envelope

// reason is the stable name of a refusal: it stands at the end of every text, in logs and in metrics.
type reason string

// The reasons. The zero reason accepts.
const (
	accepted reason = ""

	principalNone      reason = "principal.none"
	principalUnknown   reason = "principal.unknown"
	principalSuspended reason = "principal.suspended"
	principalDisabled  reason = "principal.disabled"
	principalNetwork   reason = "principal.network"

	senderNotOwned      reason = "sender.not-owned"
	senderUnknownLocal  reason = "sender.unknown-local"
	senderExternal      reason = "sender.external"
	senderOwnerDisabled reason = "sender.owner-disabled"
	senderNull          reason = "sender.null"
	senderNotLoggedIn   reason = "sender.not-logged-in"
	senderNullNotMDN    reason = "sender.null-not-mdn"

	limitSize  reason = "limit.size"
	limitRcpts reason = "limit.rcpt-per-message"
	limitRate  reason = "limit.rate"

	rcptSenderRestricted reason = "rcpt.sender-restricted"
	rcptRecipientDenies  reason = "rcpt.recipient-denies"
	rcptDisabled         reason = "rcpt.disabled"
	rcptUnknown          reason = "rcpt.unknown"
	rcptGroupClosed      reason = "rcpt.group-closed"
	rcptGroupMembers     reason = "rcpt.group-members"
	rcptGroupInternal    reason = "rcpt.group-internal"

	headerFromMalformed    reason = "header.from-malformed"
	headerFromNotOwned     reason = "header.from-not-owned"
	headerNotAligned       reason = "header.not-aligned"
	headerReplyToNotOwned  reason = "header.reply-to-not-owned"
	directoryUnavailable   reason = "directory.unavailable"
	policyMalformed        reason = "policy.malformed"
	moderationNotAvailable reason = "moderation.unavailable"
)

// reply is how SMTP says a reason.
type reply struct {
	code     int
	enhanced string
}

var replies = map[reason]reply{
	principalNone:          {530, "5.7.0"},
	principalUnknown:       {550, "5.7.1"},
	principalSuspended:     {550, "5.7.13"},
	principalDisabled:      {550, "5.7.13"},
	principalNetwork:       {550, "5.7.1"},
	senderNotOwned:         {553, "5.7.1"},
	senderUnknownLocal:     {553, "5.7.1"},
	senderExternal:         {553, "5.7.1"},
	senderOwnerDisabled:    {553, "5.7.1"},
	senderNull:             {553, "5.7.1"},
	senderNotLoggedIn:      {553, "5.7.1"},
	senderNullNotMDN:       {550, "5.7.1"},
	limitSize:              {552, "5.3.4"},
	limitRcpts:             {550, "5.5.3"},
	limitRate:              {450, "4.7.1"},
	rcptSenderRestricted:   {550, "5.7.1"},
	rcptRecipientDenies:    {550, "5.7.1"},
	rcptDisabled:           {550, "5.2.1"},
	rcptUnknown:            {550, "5.1.1"},
	rcptGroupClosed:        {550, "5.7.2"},
	rcptGroupMembers:       {550, "5.7.2"},
	rcptGroupInternal:      {550, "5.7.2"},
	headerFromMalformed:    {550, "5.6.0"},
	headerFromNotOwned:     {550, "5.7.1"},
	headerNotAligned:       {550, "5.7.1"},
	headerReplyToNotOwned:  {550, "5.7.1"},
	directoryUnavailable:   {451, "4.4.3"},
	policyMalformed:        {451, "4.3.5"},
	moderationNotAvailable: {451, "4.3.0"},
}

// permanent tells whether the client would not come back.
func (r reason) permanent() bool { return replies[r].code/100 == 5 }

// denied are the refusals that a program guessing addresses collects, counted towards denied_rcpt_10m.
func (r reason) denied() bool {
	switch r {
	case rcptSenderRestricted, rcptRecipientDenies, rcptDisabled, rcptUnknown, rcptGroupClosed, rcptGroupMembers, rcptGroupInternal:
		return true
	}
	return false
}
