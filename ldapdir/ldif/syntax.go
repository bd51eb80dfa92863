package ldif

import (
	"math/big"
	"strings"
	"unicode"

	"usher/ldapdir"
)

// syntax is how the values of an attribute compare. slapd leaves what an attribute has no rule for Undefined,
// and so do we.
type syntax struct {
	equal func(string) (string, bool) // gives the form in which equal values are the same; nil: no rule
	part  bool                        // has a substrings rule
	order func(a, b string) int       // compares two forms; nil: no rule
	ascii bool                        // IA5: a value asserted beyond ASCII is Undefined
}

var (
	text      = syntax{equal: foldValue, part: true}
	ascii     = syntax{equal: foldValue, part: true, ascii: true}
	exact     = syntax{equal: squeezeValue, part: true}
	uri       = syntax{equal: squeezeValue}
	octets    = syntax{equal: sameValue}
	dn        = syntax{equal: ldapdir.CanonicalDN}
	phone     = syntax{equal: phoneValue, part: true}
	integer   = syntax{equal: integerValue, order: compareIntegers}
	timestamp = syntax{equal: sameValue, order: strings.Compare}
	class     = syntax{equal: foldValue}
	opaque    = syntax{}
	// unknown is what a file may hold that no schema of ours names.
	unknown = syntax{equal: foldValue, part: true, order: strings.Compare}
)

// syntaxes are the attributes of the standard schemas (RFC 4519, 4524, 2798, groups) and Kolab's.
var syntaxes = map[string]syntax{"objectclass": class}

func init() {
	for names, s := range map[string]syntax{
		`cn sn givenname displayname o ou l st street title description name uid initials employeenumber employeetype
		 departmentnumber carlicense roomnumber businesscategory postalcode postofficebox postaladdress serialnumber
		 physicaldeliveryofficename preferredlanguage host userclass c`: text,
		`mail dc associateddomain alias mailalternateaddress mailhost mailforwardingaddress rfc822mailmember
		 kolabdelegate kolabinvitationpolicy kolaballowsmtpsender kolaballowsmtprecipient kolabdeleteflag
		 kolabfoldertype kolabdescattribute acl`: ascii,
		`kolabtargetfolder`:    exact,
		`labeleduri memberurl`: uri,
		`userpassword`:         octets,
		`member uniquemember owner manager secretary seealso roleoccupant memberof inetdomainbasedn`: dn,
		`telephonenumber mobile pager homephone`:                                                     phone,
		`uidnumber gidnumber`:                                                                        integer,
		`createtimestamp modifytimestamp`:                                                            timestamp,
		`jpegphoto usercertificate usersmimecertificate facsimiletelephonenumber`:                    opaque,
	} {
		for _, name := range strings.Fields(names) {
			syntaxes[name] = s
		}
	}
}

func syntaxOf(attr string) syntax {
	if s, ok := syntaxes[attr]; ok {
		return s
	}
	return unknown
}

func foldValue(s string) (string, bool) { return ldapdir.Fold(s), s != "" }

func squeezeValue(s string) (string, bool) { return strings.Join(strings.Fields(s), " "), s != "" }

func sameValue(s string) (string, bool) { return s, true }

func phoneValue(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return s, s != ""
}

func integerValue(s string) (string, bool) {
	n, ok := new(big.Int).SetString(s, 10)
	if len(s) > 100 || !ok {
		return "", false
	}
	return n.String(), true
}

func compareIntegers(a, b string) int {
	x, _ := new(big.Int).SetString(a, 10)
	y, _ := new(big.Int).SetString(b, 10)
	return x.Cmp(y)
}

// superclasses: a filter for person finds every inetOrgPerson, whether or not the entry says both.
var superclasses = map[string]string{
	"inetorgperson": "organizationalperson", "organizationalperson": "person", "organizationalrole": "top",
	"person": "top", "groupofnames": "top", "groupofuniquenames": "top", "groupofurls": "top",
	"organizationalunit": "top", "organization": "top", "dcobject": "top", "domain": "top", "device": "top",
	"room": "top", "account": "top", "applicationprocess": "top", "domainrelatedobject": "top",
	"simplesecurityobject": "top", "uidobject": "top", "extensibleobject": "top", "inetdomain": "top",
	"mailrecipient": "top", "kolabsharedfolder": "top", "kolabinetorgperson": "top",
	"kolabgroupofuniquenames": "top", "kolabresource": "top", "top": "",
}

// isClass tells whether a class is another or comes from it.
func isClass(have, want string) bool {
	for range 10 { // a bound in place of a proof that the table has no cycle
		if have == want {
			return true
		}
		super, known := superclasses[have]
		if !known {
			super = "top"
		}
		if have = super; have == "" {
			return false
		}
	}
	return false
}
