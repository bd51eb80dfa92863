package envelope

import (
	"reflect"
	"slices"
	"strings"

	"usher/ldapdir"
)

// presets name the attributes by the preset of the directory.
var presets = map[string]Attributes{
	"kolab": {
		SenderRules: []string{"kolabAllowSMTPSender"}, RecipientRules: []string{"kolabAllowSMTPRecipient"},
		SendAs: []string{"sendAsDelegate"}, SendAsMembers: []string{"sendAsMembers"}, Patterns: []string{"senderPattern"},
		Posting: []string{"postingMode"}, Moderators: []string{"moderator"}, SkipModeration: []string{"bypassModeration"},
		MemberLogins: []string{"memberUid"}, Status: []string{"mailStatus", "inetUserStatus"},
	},
	"plain": {
		SendAsMembers: []string{}, MemberLogins: []string{"memberUid"}, Status: []string{"mailStatus", "inetUserStatus"},
	},
	// Exchange keeps who may write to whom in pairs of attributes, one for people and one for groups.
	"ad": {
		SenderRules:    []string{"authOrig", "dLMemSubmitPerms", "-unauthOrig", "-dLMemRejectPerms"},
		Posting:        []string{"msExchRequireAuthToSendTo"},
		Moderators:     []string{"msExchModeratedByLink"},
		SkipModeration: []string{"msExchBypassModerationLink"},
		Status:         []string{"userAccountControl"},
	},
}

// roleAttributes tell who holds a role (see holds).
var roleAttributes = []string{"nsRole", "nsRoleDN", "roleOccupant"}

// DirectoryAttributes are those the module reads of entries, beside what the directory's schema names.
func (c *Config) DirectoryAttributes(preset string) []string {
	all := slices.Clone(roleAttributes)
	for _, names := range c.Attributes.over(preset).lists() {
		for _, name := range *names {
			all = append(all, strings.TrimPrefix(name, "-"))
		}
	}
	return all
}

// lists gives every list, in the order of the struct.
func (a *Attributes) lists() []*[]string {
	v := reflect.ValueOf(a).Elem()
	all := make([]*[]string, v.NumField())
	for i := range all {
		all[i] = v.Field(i).Addr().Interface().(*[]string)
	}
	return all
}

// over fills what is left out with the names of presets; several directories may have several.
func (a Attributes) over(names ...string) *Attributes {
	full := a
	for i, list := range full.lists() {
		if *list != nil {
			continue
		}
		for _, name := range names {
			preset := presets[name]
			for _, attr := range *preset.lists()[i] {
				if !slices.Contains(*list, attr) {
					*list = append(slices.Clip(*list), attr)
				}
			}
		}
	}
	return &full
}

// values are those of several attributes of an entry.
func values(e *ldapdir.Entry, attrs []string) []string {
	if e == nil {
		return nil
	}
	var all []string
	for _, attr := range attrs {
		if vs := e.Attrs[attr]; all == nil {
			all = vs
		} else {
			all = append(slices.Clip(all), vs...)
		}
	}
	return all
}

// ruleTexts are the rules on an entry. Each value of an attribute with a minus before its name denies.
func ruleTexts(e *ldapdir.Entry, attrs []string) []string {
	if e == nil {
		return nil
	}
	var all []string
	for _, attr := range attrs {
		name, deny := strings.CutPrefix(attr, "-")
		vs := e.Attrs[name]
		if !deny && all == nil {
			all = vs
			continue
		}
		all = slices.Clip(all)
		for _, v := range vs {
			if deny {
				v = "-" + v
			}
			all = append(all, v)
		}
	}
	return all
}

// lower makes the names as entries have them.
func (a *Attributes) lower() *Attributes {
	low := *a
	for _, list := range low.lists() {
		clone := make([]string, len(*list))
		for i, name := range *list {
			clone[i] = strings.ToLower(name)
		}
		*list = clone
	}
	return &low
}
