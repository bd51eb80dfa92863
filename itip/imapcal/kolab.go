package imapcal

import (
	"slices"
	"strings"

	"usher/itip"
	"usher/itip/kolab"
)

// writeKolab makes a mail in Kolab's format. What hung on the mail that it replaces stays, as far as the object still
// refers to it.
func writeKolab(l letter) ([]byte, error) {
	m := &kolab.Message{Object: l.object, Date: l.date}
	if l.old != nil {
		if old, err := kolab.Read(l.old); err == nil {
			m.To, m.Parts = old.To, attached(l.object, old.Parts)
			m.Fields = slices.DeleteFunc(old.Fields, isOwnField)
		}
	}
	mail, err := kolab.Write(m)
	if err != nil || len(l.fields) == 0 {
		return mail, err
	}
	return append([]byte(strings.Join(l.fields, "\r\n")+"\r\n"), mail...), nil
}

// isOwnField tells whether a header field is one that says something about the message it stands in.
func isOwnField(field string) bool {
	return strings.HasPrefix(strings.ToLower(field), "x-usher-")
}

// attached are the parts that an object still refers to.
func attached(o *itip.Object, parts []kolab.Part) []kolab.Part {
	text := string(o.Encode())
	text = strings.ReplaceAll(text, "\r\n ", "")
	return slices.DeleteFunc(slices.Clone(parts), func(p kolab.Part) bool {
		return p.ContentID == "" || !strings.Contains(text, "cid:"+p.ContentID)
	})
}

func readKolab(mail []byte) (*itip.Object, error) {
	m, err := kolab.Read(mail)
	if err != nil {
		return nil, err
	}
	return m.Object, nil
}
