package invitation

import "usher/ldapdir"

// deputyNamed is whom a person's invitations are delegated to, as the directory names him: a DN, a login or an
// address. "" if it names nobody.
func (m *module) deputyNamed(e *ldapdir.Entry) string {
	if m.Deputy != "" {
		return e.Attr(m.Deputy)
	}
	if len(e.Delegates) > 0 {
		return e.Delegates[0]
	}
	return ""
}
