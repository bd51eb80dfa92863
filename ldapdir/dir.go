package ldapdir

// Dir answers questions about people, groups, resources and domains.
type Dir struct{}
