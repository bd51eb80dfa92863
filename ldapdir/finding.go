package ldapdir

// Finding is something about an entry that is wrong, or that somebody may not mean.
type Finding struct {
	DN    string `json:"dn"`
	Attr  string `json:"attribute"`
	Value string `json:"value,omitempty"` // which of its values
	Text  string `json:"wrong"`
	Right string `json:"right,omitempty"` // what would be right, where that is known
	Hint  bool   `json:"hint"`            // it is allowed, and worth a look
}
